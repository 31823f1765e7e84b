import { relationOf, type EntityPredicate, type ValuePredicate } from '../entity-predicate.ts'
import type { EntityIndex } from './entity-index.ts'
import { SlotSet } from './slot-set.ts'

/** All types of relations, in lower case. */
const RELATIONS = ['ownedby', 'ownerof', 'providesapi', 'apiprovidedby', 'consumesapi', 'apiconsumedby', 'dependson', 'dependencyof', 'parentof', 'childof']
  .concat(['memberof', 'hasmember', 'partof', 'haspart'])
  .map((type) => `relations.${type}`)

/** The slots that satisfy a predicate; without one, all. */
export function evaluate(index: EntityIndex, predicate: EntityPredicate | undefined): SlotSet {
  if (predicate === undefined) return index.everything()
  if ('$all' in predicate)
    return all(
      index,
      (predicate.$all as EntityPredicate[]).map((part) => () => evaluate(index, part)),
    )
  if ('$any' in predicate) return SlotSet.union((predicate.$any as EntityPredicate[]).map((part) => evaluate(index, part)))
  if ('$not' in predicate) return index.everything().minus(evaluate(index, predicate.$not as EntityPredicate))
  if ('$words' in predicate) return all(index, withWords(index, predicate.$words as Words))
  return all(
    index,
    Object.entries(predicate).map(
      ([field, value]) =>
        () =>
          ofField(index, field.toLowerCase(), value as ValuePredicate),
    ),
  )
}

type Words = { terms: readonly string[]; fields: readonly string[] }

/** Every word is somewhere in one of the fields. */
function withWords(index: EntityIndex, { terms, fields }: Words): (() => SlotSet)[] {
  return terms.map((term) => () => SlotSet.union(fields.map((field) => index.withText(field.toLowerCase(), term))))
}

function all(index: EntityIndex, parts: readonly (() => SlotSet)[]): SlotSet {
  if (parts.length === 0) return index.everything()
  const sets: SlotSet[] = []
  for (const part of parts) {
    const set = part()
    if (set.size === 0) return SlotSet.EMPTY
    sets.push(set)
  }
  return SlotSet.intersection(sets)
}

function ofField(index: EntityIndex, field: string, value: ValuePredicate): SlotSet {
  if (typeof value !== 'object') return withValue(index, field, textOf(value))
  if ('$in' in value) return SlotSet.union(value.$in.map((item) => withValue(index, field, textOf(item))))
  if ('$exists' in value) return value.$exists ? existing(index, field) : index.everything().minus(existing(index, field))
  if ('$hasPrefix' in value) return withPrefix(index, field, value.$hasPrefix.toLowerCase())
  if (field === 'relations' && typeof value.$contains === 'object') return withRelation(index, value.$contains as Record<string, unknown>)
  return withValue(index, field, textOf(value.$contains))
}

function textOf(value: unknown): string {
  return String(value).toLowerCase()
}

/** @param value in lower case. */
function withValue(index: EntityIndex, field: string, value: string): SlotSet {
  if (field === 'metadata.uid') {
    const slot = index.uids.slotOf(value)
    return slot === undefined ? SlotSet.EMPTY : SlotSet.ofUnsorted([slot])
  }
  const column = index.column(field)
  const own = column ? SlotSet.union(index.pool.variantsOf(value).map((id) => column.setOf(id))) : SlotSet.EMPTY
  return value === 'true' ? own.or(membersNamed(index, field)) : own
}

function existing(index: EntityIndex, field: string): SlotSet {
  if (field === 'metadata.uid') return index.everything()
  if (field === 'relations') return SlotSet.union(RELATIONS.map((relation) => index.column(relation)?.all() ?? SlotSet.EMPTY))
  return (index.column(field)?.all() ?? SlotSet.EMPTY).or(membersNamed(index, field))
}

function withPrefix(index: EntityIndex, field: string, prefix: string): SlotSet {
  if (field === 'metadata.uid')
    return SlotSet.ofUnsorted(
      index
        .everything()
        .toSorted()
        .filter((slot) => index.uids.uidOf(slot).startsWith(prefix)),
    )
  const own = index.order(field)?.withPrefix(prefix, index.slotCount) ?? SlotSet.EMPTY
  return 'true'.startsWith(prefix) ? own.or(membersNamed(index, field)) : own
}

/** `metadata.tags.java = true` says that the list `metadata.tags` has a member `java`; both the key and the member may have dots. */
export function membersNamed(index: EntityIndex, field: string): SlotSet {
  const found: number[] = []
  for (let at = field.indexOf('.'); at !== -1; at = field.indexOf('.', at + 1)) {
    const list = index.pool.find(field.slice(0, at))
    const ids = list !== 0 && index.hasItems(list) ? index.pool.variantsOf(field.slice(at + 1)) : []
    const column = ids.length > 0 ? index.column(field.slice(0, at)) : undefined
    for (const id of ids) for (const slot of column?.slotsOf(id) ?? []) if (isMember(index, slot, list, id)) found.push(slot)
  }
  return found.length === 0 ? SlotSet.EMPTY : SlotSet.ofUnsorted(found)
}

function isMember(index: EntityIndex, slot: number, list: number, value: number): boolean {
  let isFound = false
  index.forEachFact(slot, (key, candidate, isItem) => {
    if (isItem && key === list && candidate === value) isFound = true
  })
  return isFound
}

function withRelation(index: EntityIndex, wanted: Readonly<Record<string, unknown>>): SlotSet {
  const { type, targets } = relationOf(wanted)
  const key = `relations.${String(type).toLowerCase()}`
  if (targets === undefined) return index.column(key)?.all() ?? SlotSet.EMPTY
  return SlotSet.union(targets.map((target) => withValue(index, key, target.toLowerCase())))
}

/** Keys that a predicate asks for, in lower case. */
export function keysOf(predicate: EntityPredicate): string[] {
  if ('$all' in predicate) return (predicate.$all as EntityPredicate[]).flatMap(keysOf)
  if ('$any' in predicate) return (predicate.$any as EntityPredicate[]).flatMap(keysOf)
  if ('$not' in predicate) return keysOf(predicate.$not as EntityPredicate)
  if ('$words' in predicate) return (predicate.$words as Words).fields.map((field) => field.toLowerCase())
  return Object.keys(predicate).map((key) => key.toLowerCase())
}
