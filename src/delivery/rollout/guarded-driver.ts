import { driverFaults, type Driver } from '#kernel/common/driver'
import { isFault } from '#kernel/common/fault'

/** The driver, with every failure that is no fault yet made one: `kernel.driver.failed`. An abort stays what the signal says. */
export function guardedDriver(driver: Driver): Driver {
  const guard = async <T>(target: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (isFault(error) || signal?.aborted === true) throw error
      throw driverFaults.failed({ target, what: error instanceof Error ? error.message : String(error) }, { cause: error })
    }
  }
  return {
    name: driver.name,
    plan: async (request) => await guard(request.target, undefined, () => driver.plan(request)),
    apply: async (action, context) => await guard(action.target, context.signal, () => driver.apply(action, context)),
    observe: async (target) => await guard(target, undefined, () => driver.observe(target)),
    remove: async (target, context) => await guard(target, context.signal, () => driver.remove(target, context)),
  }
}
