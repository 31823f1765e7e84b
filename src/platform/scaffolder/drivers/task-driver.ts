import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import { findDone, recordDone } from '../creation-store.ts'
import { effectOwner } from './effect-key.ts'

/**
 * A driver of effects that have no state of their own to look at (a request, a message, a pause): what says that one is done is a note by task and
 * effect. An effect that was noted is never carried out again, in no attempt of its task; what can not be repeated is noted before, too: see `once`.
 */
export class TaskDriver implements Driver {
  readonly name: string
  readonly #db: Database
  readonly #perform: (action: PlannedAction, context: ApplyContext) => Promise<Outcome>

  constructor(name: string, deps: { db: Database; perform: (action: PlannedAction, context: ApplyContext) => Promise<Outcome> }) {
    this.name = name
    this.#db = deps.db
    this.#perform = deps.perform
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    return await Promise.resolve({
      id: request.id,
      driver: this.name,
      verb: 'run',
      target: request.target,
      title: `${this.name}: ${request.target}`,
      concern: 'code',
      changes: [],
      dependsOn: request.dependsOn ?? [],
      input: request.desired,
    })
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    const { effect } = action.input
    const id = typeof effect === 'string' ? effect : action.id
    const owner = effectOwner(action, context.key)
    const known = await findDone(this.#db, owner, id)
    if (known) return { outcome: 'done', message: messageOf(known) ?? 'was done before', outputs: known }
    const outcome = await this.#perform(action, context)
    if (outcome.outcome !== 'done') return outcome
    const outputs: JsonObject = { ...outcome.outputs, message: outcome.message }
    await recordDone(this.#db, owner, id, outputs)
    return { ...outcome, outputs }
  }

  async observe(_target: string): Promise<Observation> {
    return await Promise.resolve({ exists: false, fingerprint: 'unknown', state: {} })
  }

  async remove(_target: string, _context: ApplyContext): Promise<void> {}
}

function messageOf(outputs: JsonObject): string | undefined {
  return typeof outputs['message'] === 'string' ? outputs['message'] : undefined
}

/** A text of an action's input. @throws `kernel.driver.bad_input` without it. */
export function textOf(action: PlannedAction, name: string): string {
  const value = action.input[name]
  if (typeof value !== 'string') throw driverFaults.bad_input({ driver: action.driver, what: `"${name}" is missing` })
  return value
}
