import { createHash } from 'node:crypto'
import type { PlannedAction } from '#kernel/common/driver'
import { canonicalJson } from '#kernel/common/json'
import type { Plan } from './change.ts'

/** What an approval binds to: the plan, the verdicts on it, and for which input it was made. SHA-256, hex. */
export function planHashOf(kind: string, input: unknown, plan: Plan): string {
  return createHash('sha256').update(canonicalJson({ kind, input, plan })).digest('hex')
}

/** Fingerprint of an input, to tell a repeated request from another one under the same key. */
export function inputHashOf(kind: string, input: unknown): string {
  return createHash('sha256').update(canonicalJson({ kind, input })).digest('hex')
}

export type Ordering = { outcome: 'ordered'; actions: PlannedAction[] } | { outcome: 'impossible'; message: string }

/**
 * Puts actions into the order in which they are applied: each after all that it depends on, and otherwise as listed, so that the
 * same plan always gives the same order. A double id, an unknown dependency or a circle is a fault of the planner.
 */
export function orderActions(actions: readonly PlannedAction[]): Ordering {
  const known = new Set<string>()
  for (const action of actions) {
    if (known.has(action.id)) return { outcome: 'impossible', message: `two actions are called "${action.id}"` }
    known.add(action.id)
  }
  const ordered: PlannedAction[] = []
  const placed = new Set<string>()
  let waiting = [...actions]
  while (waiting.length > 0) {
    const ready = waiting.find((action) => action.dependsOn.every((id) => placed.has(id) || !known.has(id)))
    if (!ready) return { outcome: 'impossible', message: `these actions wait for each other: ${waiting.map((action) => action.id).join(', ')}` }
    const unknown = ready.dependsOn.find((id) => !known.has(id))
    if (unknown !== undefined) return { outcome: 'impossible', message: `action "${ready.id}" depends on "${unknown}", which is not in the plan` }
    ordered.push(ready)
    placed.add(ready.id)
    waiting = waiting.filter((action) => action !== ready)
  }
  return { outcome: 'ordered', actions: ordered }
}

/** `apply` alters, `verify` looks whether it went well, `cleanup` comes after that: a failure there never undoes a verified change. */
export type ActionStage = 'apply' | 'verify' | 'cleanup'

/** The stage of each ordered action. An action called `verify`, or `verify:…`, verifies. */
export function stagesOf(ordered: readonly PlannedAction[]): ActionStage[] {
  const isVerify = (action: PlannedAction): boolean => /^verify(:|$)/.test(action.id)
  const last = ordered.findLastIndex(isVerify)
  const first = ordered.findIndex(isVerify)
  return ordered.map((_, index) => (last === -1 || index < first ? 'apply' : index <= last ? 'verify' : 'cleanup'))
}
