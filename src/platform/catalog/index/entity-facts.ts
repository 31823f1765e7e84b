import type { Entity } from '../entity.ts'

/** One thing that is true of an entity and can be asked for. */
export interface Fact {
  /** Dotted path in lower case, e.g. `spec.type`; lists are descended. */
  key: string
  /** As written; null for a null, and for a text that is too long to be compared: it is there, and equals nothing. */
  value: string | null
  /** Member of a list: `key.value = true` holds as well. */
  isItem: boolean
}

/** Longer texts are found by search, not by filters. Source: Backstage's `MAX_VALUE_LENGTH`. */
const MAX_VALUE_LENGTH = 200
const MAX_KEY_LENGTH = 300
/** An entity with more facts than this is filtered by its first ones: a bound against hostile files. */
const MAX_FACTS = 2_000
const MAX_RELATIONS = 100_000

/**
 * Flattens an entity for filters, facets and orders, as Backstage does. `relations.<type>` is a fact, too. Pure.
 * Left out: uid, etag, relations as objects, status.
 */
export function factsOf(entity: Entity): Fact[] {
  const facts: Fact[] = []
  const add = (key: string, value: unknown, isItem: boolean): void => {
    if (facts.length >= MAX_FACTS || key.length > MAX_KEY_LENGTH) return
    const text = typeof value === 'string' ? value : String(value)
    facts.push({ key: key.toLowerCase(), value: value === null || text.length > MAX_VALUE_LENGTH ? null : text, isItem })
  }
  const walk = (path: string, value: unknown, depth: number, isItem: boolean): void => {
    if (value === undefined || depth > 12 || facts.length >= MAX_FACTS) return
    if (Array.isArray(value)) for (const item of value) walk(path, item, depth + 1, true)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value))
        if (path !== 'metadata' || (key !== 'uid' && key !== 'etag')) walk(`${path}.${key}`, member, depth + 1, false)
    } else add(path, value, isItem && typeof value === 'string')
  }
  for (const [key, member] of Object.entries(entity)) if (key !== 'relations' && key !== 'status') walk(key, member, 0, false)
  for (const relation of (entity.relations ?? []).slice(0, MAX_RELATIONS)) {
    facts.push({ key: `relations.${relation.type.toLowerCase()}`, value: relation.targetRef, isItem: false })
  }
  return facts
}
