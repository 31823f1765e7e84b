import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import type { Json, JsonObject } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import { actionsOf, type Author } from '../creation-actions.ts'
import { detailsOf } from '../creation-details.ts'
import type { CreationInput } from '../creation-input.ts'
import type { Rendered } from '../creation-render.ts'
import { listEffects } from '../creation-store.ts'
import { effectOwner } from './effect-key.ts'
import { parsePlace, placeInput } from './place.ts'

export interface ContinueDeps {
  db: Database
  /** Renders once more, with what effects have said. */
  render: (input: CreationInput, requestedBy: string, resolved: Readonly<Record<string, JsonObject>>) => Promise<Rendered>
  /** The drivers that carry single effects out. */
  driverOf: (name: string) => Driver | undefined
}

/** Rounds of rendering after which a template has no end. */
const MAX_ROUNDS = 50

/**
 * Goes on with a template where it needs what an effect said (`steps.publish.output.commitHash` in a file, say): it renders again with the outputs
 * so far and carries the new effects out, until there are no more. Each effect keeps its own key, so a run that was cut off does none of them twice.
 */
export class ContinueDriver implements Driver {
  readonly name = 'continue'
  readonly #deps: ContinueDeps

  constructor(deps: ContinueDeps) {
    this.#deps = deps
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const { id, target, dependsOn = [], desired } = request
    return await Promise.resolve({
      id,
      driver: this.name,
      verb: 'run',
      target,
      title: 'Go on with the template',
      concern: 'code',
      changes: [],
      dependsOn,
      input: desired,
    })
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    if (action.verb === 'destroy') return await this.#undo(action, context)
    const { requestedBy, ...input } = action.input['creation'] as unknown as CreationInput & { requestedBy: string }
    const author = action.input['author'] as unknown as Author
    const planned = action.input['effects'] as unknown as Record<string, string>
    const resolved: Record<string, JsonObject> = {}
    for (const [effect, id] of Object.entries(planned)) resolved[effect] = context.outputs[id] ?? {}
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const rendered = await this.#deps.render(input, requestedBy, resolved)
      const fresh = rendered.effects.filter((effect) => !Object.hasOwn(resolved, effect.id))
      const byEffect = fresh.map((effect) => ({ effect, actions: actionsOf(effect, { input, templateTitle: rendered.title, author }) }))
      for (const { effect, actions } of byEffect) {
        if (effect.kind === 'approval')
          return { outcome: 'refused', reason: 'late-approval', message: 'people can not be asked after a step that needs what an effect said' }
        for (const each of actions) {
          context.progress({ message: each.title })
          const outcome = await this.#one(each, context)
          if (outcome.outcome !== 'done') return outcome
          resolved[effect.id] = outcome.outputs
        }
      }
      if (!rendered.run.held) {
        const details = detailsOf(rendered, [])
        return { outcome: 'done', message: 'the rest of the template is done', outputs: { details } }
      }
      if (fresh.length === 0) throw driverFaults.bad_input({ driver: this.name, what: `"${rendered.run.held.effect}" gives no "${rendered.run.held.field}"` })
    }
    throw driverFaults.bad_input({ driver: this.name, what: `this template needs more than ${MAX_ROUNDS} rounds` })
  }

  async observe(_target: string): Promise<Observation> {
    return await Promise.resolve({ exists: false, fingerprint: 'unknown', state: {} })
  }

  async remove(_target: string, _context: ApplyContext): Promise<void> {}

  async #one(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    context.signal.throwIfAborted()
    const driver = this.#deps.driverOf(action.driver)
    if (!driver) throw driverFaults.unknown({ driver: action.driver, known: '' })
    const change = context.key.split(':')[0] ?? context.key
    return await driver.apply(action, { ...context, key: `${change}:${action.id}` })
  }

  /** Takes back the repositories that later steps made: those that the plan itself knows have actions of their own. */
  async #undo(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    const known = (action.input['known'] ?? []) as readonly Json[]
    const repository = this.#deps.driverOf('repository')
    const messages: string[] = []
    for (const text of await listEffects(this.#deps.db, effectOwner(action, context.key))) {
      if (known.includes(text) || !repository) continue
      const input = { ...action.input, ...placeInput(parsePlace('repository', text)) }
      const outcome = await repository.apply({ ...action, driver: 'repository', target: `repository/${text}`, input }, context)
      messages.push(outcome.message)
    }
    return { outcome: 'done', message: messages.join('; ') || 'later steps made no repository', outputs: {} }
  }
}
