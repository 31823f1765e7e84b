import type { Driver } from '#kernel/common/driver'
import type { Telemetry } from '#kernel/node/telemetry'

function tracedDriver(driver: Driver, { tracer }: Telemetry): Driver {
  return {
    name: driver.name,
    plan: async (request) =>
      await tracer.inSpan(`plan ${driver.name}`, { attributes: { 'fairway.target': request.target } }, async () => await driver.plan(request)),
    apply: async (action, context) =>
      await tracer.inSpan(`apply ${driver.name}`, { attributes: { 'fairway.target': action.target, 'fairway.effect': context.key } }, async (span) => {
        const outcome = await driver.apply(action, context)
        if (outcome.outcome === 'refused') span.fail(outcome.reason)
        return outcome
      }),
    observe: async (target) => await driver.observe(target),
    remove: async (target, context) => await driver.remove(target, context),
  }
}

/** Drivers whose work shows in the platform's own traces: a span for each plan and each apply, with its target. */
export function tracedDrivers(drivers: Readonly<Record<string, Driver>>, telemetry: Telemetry): Record<string, Driver> {
  return Object.fromEntries(Object.entries(drivers).map(([name, driver]) => [name, tracedDriver(driver, telemetry)]))
}
