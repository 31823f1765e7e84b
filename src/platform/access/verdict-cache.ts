import type { Caller, Permission, ResourceRef } from '#kernel/node/http'

/** Callers whose verdicts are kept, and verdicts of each: some megabytes at most. */
const MAX_CALLERS = 1_000
const MAX_VERDICTS = 500

/**
 * Keeps verdicts by everything that they depend on: who calls (with groups, scopes and rights), the permission, and the resource with its attributes.
 * The policies of one cache never change, and Cedar decides by nothing else, no clock either; so no verdict is ever out of date, and nothing needs to be
 * forgotten when somebody joins a group or an owner changes: that is another question then.
 */
export class VerdictCache<V> {
  readonly #byCaller = new Map<string, Map<string, V>>()
  /** What was made for this very object: the authenticator hands out the same one for some seconds. */
  readonly #known = new WeakMap<Caller, Map<string, V>>()

  /** The verdict on this question, made by `decide` when it is asked for the first time. What throws is not kept. */
  get(caller: Caller, permission: Permission, resource: ResourceRef, decide: () => V): V {
    const verdicts = this.#verdictsOf(caller)
    const key = questionKey(permission, resource)
    const found = verdicts.get(key)
    if (found !== undefined) return found
    const made = decide()
    if (verdicts.size >= MAX_VERDICTS) verdicts.delete(verdicts.keys().next().value as string)
    verdicts.set(key, made)
    return made
  }

  #verdictsOf(caller: Caller): Map<string, V> {
    const known = this.#known.get(caller)
    if (known) return known
    const key = callerKey(caller)
    const verdicts = this.#byCaller.get(key) ?? new Map<string, V>()
    if (this.#byCaller.size >= MAX_CALLERS) this.#byCaller.delete(this.#byCaller.keys().next().value as string)
    this.#byCaller.set(key, verdicts)
    this.#known.set(caller, verdicts)
    return verdicts
  }
}

/** Every field of a caller that a policy or a scope looks at. */
function callerKey({ principal, kind, isAdministrator, groups, scopes }: Caller): string {
  return JSON.stringify([principal, kind, isAdministrator, groups, scopes])
}

/** The platform itself is asked for most often, and has no attributes. */
function questionKey(permission: Permission, { type, id, attributes }: ResourceRef): string {
  if (attributes === undefined && !id.includes('\n')) return `${permission}\n${type}\n${id}`
  return JSON.stringify([permission, type, id, Object.entries(attributes ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}
