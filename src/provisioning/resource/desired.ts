import { z } from 'zod'
import { driverFaults } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'

/** What every resource driver is asked for: the claim, and the recipe that provides it. */
export interface DesiredResource {
  component: string
  environment: string
  /** Name in the workload's `resources`. */
  name: string
  type: string
  class: string
  recipe: string
  /** The platform team's, from the recipe: trusted. */
  parameters: JsonObject
  /** The developer's, from the workload: a driver takes from them only what it knows to be harmless. */
  params: JsonObject
}

/** Lower case: it becomes part of secret paths, host names and role names. */
const segment = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/)
const schema = z.looseObject({
  component: segment,
  environment: segment,
  name: segment,
  type: z.string(),
  class: z.string(),
  recipe: z.string(),
  parameters: z.record(z.string(), z.json()),
  params: z.record(z.string(), z.json()).default({}),
})

/** Reads a driver's `desired` or an action's `input`. @throws `kernel.driver.bad_input`. */
export function readDesired(driver: string, value: JsonObject): DesiredResource {
  const result = schema.safeParse(value)
  if (!result.success)
    throw driverFaults.bad_input({ driver, what: result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') })
  const { component, environment, name, type, class: className, recipe } = result.data
  return {
    component,
    environment,
    name,
    type,
    class: className,
    recipe,
    parameters: result.data.parameters as JsonObject,
    params: result.data.params as JsonObject,
  }
}

/** Id of a resource, and target of its actions: `postgres/orders/production/db`. */
export function targetOf(resource: Pick<DesiredResource, 'type' | 'component' | 'environment' | 'name'>): string {
  return `${resource.type}/${resource.component}/${resource.environment}/${resource.name}`
}

/** The parts of a target again. @throws `kernel.driver.bad_input`. */
export function readTarget(driver: string, target: string): Pick<DesiredResource, 'type' | 'component' | 'environment' | 'name'> {
  const [type, component, environment, name, ...rest] = target.split('/')
  if (type === undefined || component === undefined || environment === undefined || name === undefined || rest.length > 0)
    throw driverFaults.bad_input({ driver, what: `"${target}" is no target; it is type/component/environment/name` })
  return { type, component, environment, name }
}

/** Where a resource's secret output lives: `resources/orders/production/db/url`. */
export function secretPathOf(resource: Pick<DesiredResource, 'component' | 'environment' | 'name'>, output: string): string {
  return `resources/${resource.component}/${resource.environment}/${resource.name}/${output.toLowerCase()}`
}
