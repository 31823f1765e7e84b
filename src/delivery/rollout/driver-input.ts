import type { z } from 'zod'
import { pathText } from '#kernel/common/document'
import { driverFaults, type PlanRequest, type PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'

/** @throws `kernel.driver.bad_input` with every wrong field. */
export function parseInput<T>(driver: string, schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const errors = result.error.issues.map((issue) => ({ field: pathText(issue.path), message: issue.message }))
  throw driverFaults.bad_input({ driver, what: errors.map((error) => `${error.field}: ${error.message}`).join('; ') }, { errors })
}

/** A planned action with what every driver here says the same way. */
export function plannedAction(
  driver: string,
  request: PlanRequest,
  rest: Pick<PlannedAction, 'verb' | 'title' | 'concern'> & Partial<Pick<PlannedAction, 'changes' | 'basis'>>,
): PlannedAction {
  return { id: request.id, driver, target: request.target, changes: [], dependsOn: request.dependsOn ?? [], input: request.desired, ...rest }
}

/** Plain JSON of a value that has only JSON in it. */
export function toJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject
}
