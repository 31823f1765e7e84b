import { catalogFaults } from './catalog-faults.ts'

/** What an entity must satisfy, as Backstage writes it: `{ $all: [{ kind: 'component' }, { 'spec.type': { $in: ['service'] } }] }`. */
export type EntityPredicate =
  | { readonly $all: readonly EntityPredicate[] }
  | { readonly $any: readonly EntityPredicate[] }
  | { readonly $not: EntityPredicate }
  /** Every one of `terms` is a part of some of `fields`. Ours; not to be had from outside. */
  | { readonly $words: { readonly terms: readonly string[]; readonly fields: readonly string[] } }
  | { readonly [field: string]: ValuePredicate }

export type ValuePredicate =
  | string
  | number
  | boolean
  | { readonly $exists: boolean }
  | { readonly $in: readonly (string | number | boolean)[] }
  | { readonly $contains: unknown }
  | { readonly $hasPrefix: string }

const MAX_TERMS = 500
/** Values of all lists together. */
const MAX_VALUES = 5_000
/** Each looks through all values of its field. */
const MAX_PREFIXES = 20

/**
 * Reads repeated `filter` parameters: several are alternatives; in one, `,` is "and", the same key twice is "one of", a key alone is "is there".
 * @returns undefined when there is no filter.
 */
export function parseFilters(filters: readonly string[]): EntityPredicate | undefined {
  const clauses: EntityPredicate[] = []
  for (const filter of filters) {
    const wanted = new Map<string, string[] | 'exists'>()
    for (const part of filter.split(',').map((text) => text.trim())) {
      if (part === '') continue
      const at = part.indexOf('=')
      const key = at === -1 ? part : part.slice(0, at).trim()
      if (key === '') throw catalogFaults.bad_query({ what: `filter "${filter}" has a value without a key; write key=value` })
      const found = wanted.get(key)
      if (at === -1) wanted.set(key, found ?? 'exists')
      else wanted.set(key, [...(found === undefined || found === 'exists' ? [] : found), part.slice(at + 1).trim()])
    }
    const parts = [...wanted].map(([key, values]): EntityPredicate => {
      if (values === 'exists') return { [key]: { $exists: true } }
      return { [key]: values.length === 1 ? (values[0] ?? '') : { $in: values } }
    })
    if (parts.length === 1 && parts[0]) clauses.push(parts[0])
    else if (parts.length > 1) clauses.push({ $all: parts })
  }
  return clauses.length > 1 ? { $any: clauses } : clauses[0]
}

/** Checks a predicate that came from outside. @throws `platform.catalog.bad_query`. */
export function assertPredicate(value: unknown): EntityPredicate {
  if (JSON.stringify(value ?? null).includes('\\u0000')) throw bad('a query has no NUL')
  let terms = 0
  const counts = { values: 0, prefixes: 0 }
  const visit = (node: unknown, depth: number): void => {
    if (++terms > MAX_TERMS || depth > 20) throw bad(`a query has at most ${MAX_TERMS} terms, 20 deep`)
    if (!isObject(node)) throw bad('a query is an object')
    const entries = Object.entries(node)
    for (const [key, member] of entries) {
      if (key === '$all' || key === '$any') {
        if (!Array.isArray(member) || entries.length > 1) throw bad(`${key} takes a list and stands alone`)
        for (const item of member) visit(item, depth + 1)
      } else if (key === '$not') {
        if (entries.length > 1) throw bad('$not stands alone')
        visit(member, depth + 1)
      } else if (key.startsWith('$')) throw bad(`there is no operator "${key}" here; known are $all, $any, $not`)
      else {
        if (key.length > 300) throw bad('a field has at most 300 characters')
        assertValue(key, member)
        count(member, counts)
      }
    }
  }
  visit(value, 0)
  return value as EntityPredicate
}

function count(value: unknown, counts: { values: number; prefixes: number }): void {
  if (!isObject(value)) return
  if (Array.isArray(value['$in'])) counts.values += value['$in'].length
  if ('$hasPrefix' in value) counts.prefixes++
  if (counts.values > MAX_VALUES) throw bad(`a query has at most ${MAX_VALUES} values`)
  if (counts.prefixes > MAX_PREFIXES) throw bad(`a query has at most ${MAX_PREFIXES} $hasPrefix`)
}

function assertValue(field: string, value: unknown): void {
  if (isPrimitive(value)) return
  const entries = isObject(value) ? Object.entries(value) : []
  const [operator, operand] = entries[0] ?? []
  const isGood =
    entries.length === 1 &&
    ((operator === '$exists' && typeof operand === 'boolean') ||
      (operator === '$in' && Array.isArray(operand) && operand.length <= 1_000 && operand.every(isPrimitive)) ||
      (operator === '$contains' && (isPrimitive(operand) || isRelation(field, operand))) ||
      (operator === '$hasPrefix' && typeof operand === 'string'))
  if (!isGood) throw bad(`"${field}" takes a value, or one of $exists, $in, $contains, $hasPrefix`)
}

/** `{ relations: { $contains: { type: 'ownedBy', targetRef: '…' } } }`, or without a target, or with some: `{ $in: ['…'] }`. */
function isRelation(field: string, operand: unknown): boolean {
  if (field.toLowerCase() !== 'relations' || !isObject(operand)) return false
  const { type, targets, others } = relationOf(operand)
  return typeof type === 'string' && type !== '' && others === 0 && (targets === undefined || targets.length > 0)
}

/** What relation is asked for; names of its keys match whatever their case. `targets` is empty when they can not be read. */
export function relationOf(operand: Readonly<Record<string, unknown>>): { type: unknown; targets: string[] | undefined; others: number } {
  const entries = Object.entries(operand).map(([key, value]) => [key.toLowerCase(), value] as const)
  const [type, target] = ['type', 'targetref'].map((wanted) => entries.find(([key]) => key === wanted)?.[1])
  const listed = isObject(target) && Object.keys(target).length === 1 ? target['$in'] : undefined
  const texts = typeof target === 'string' ? [target] : Array.isArray(listed) && listed.length <= 1_000 ? (listed as unknown[]) : []
  const targets = texts.every((text) => typeof text === 'string') ? texts : []
  return { type, targets: target === undefined ? undefined : targets, others: entries.filter(([key]) => key !== 'type' && key !== 'targetref').length }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPrimitive(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

function bad(what: string): Error {
  return catalogFaults.bad_query({ what })
}
