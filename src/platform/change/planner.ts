import { pathText } from '#kernel/common/document'
import { driverFaults } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import { changeFaults } from './change-faults.ts'
import type { ChangeKind, ChangeKinds, DraftPlan } from './change.ts'
import type { Drivers } from './change-deps.ts'
import { orderActions } from './plan.ts'

/** @throws `platform.change.unknown_kind`. */
export function kindOf(kinds: ChangeKinds, name: string): ChangeKind {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (!kind) throw changeFaults.unknown_kind({ kind: name, known: Object.keys(kinds).sort().join(', ') })
  return kind
}

/** Checks an input against its kind's schema. @throws `platform.change.bad_input` with a problem per field. */
export function parseInput(kind: ChangeKind, input: unknown): JsonObject {
  const parsed = kind.input.safeParse(input)
  if (parsed.success) return parsed.data as JsonObject
  const errors = parsed.error.issues.map((issue) => ({ field: pathText(['input', ...issue.path]), message: issue.message }))
  throw changeFaults.bad_input({ kind: kind.kind, count: errors.length }, { errors })
}

/**
 * Asks the kind for a plan and looks whether it can be applied at all: known drivers, an order, ids that are unique.
 * @throws `platform.change.bad_plan`, `kernel.driver.unknown`, and what the kind throws.
 */
export async function draftPlan(kind: ChangeKind, input: JsonObject, requestedBy: string, drivers: Drivers): Promise<DraftPlan> {
  const draft = await kind.plan(input, { requestedBy })
  for (const actions of [draft.actions, draft.rollback]) {
    const ordering = orderActions(actions)
    if (ordering.outcome === 'impossible') throw changeFaults.bad_plan({ what: ordering.message })
    const stranger = actions.find((action) => !Object.hasOwn(drivers, action.driver))
    if (stranger) throw driverFaults.unknown({ driver: stranger.driver, known: Object.keys(drivers).sort().join(', ') })
  }
  return draft
}
