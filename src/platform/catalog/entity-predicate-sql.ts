import { sql, type RawBuilder } from 'kysely'
import { catalogFaults } from './catalog-faults.ts'
import type { EntityPredicate, ValuePredicate } from './entity-predicate.ts'

type Condition = RawBuilder<boolean>

/** The SQL condition of a predicate, on the table alias `e`. Values are parameters, always; every look-up is by index. */
export function conditionOf(predicate: EntityPredicate): Condition {
  if ('$all' in predicate) return join((predicate.$all as EntityPredicate[]).map(conditionOf), 'and')
  if ('$any' in predicate) return join((predicate.$any as EntityPredicate[]).map(conditionOf), 'or')
  if ('$not' in predicate) return sql<boolean>`not (${conditionOf(predicate.$not as EntityPredicate)})`
  return join(
    Object.entries(predicate).map(([field, value]) => fieldCondition(field.toLowerCase(), value as ValuePredicate)),
    'and',
  )
}

function join(parts: readonly Condition[], word: 'and' | 'or'): Condition {
  if (parts.length === 0) return word === 'and' ? sql<boolean>`true` : sql<boolean>`false`
  return sql<boolean>`(${sql.join(parts, word === 'and' ? sql` and ` : sql` or `)})`
}

function fieldCondition(field: string, value: ValuePredicate): Condition {
  if (field === 'relations' && typeof value === 'object' && '$contains' in value)
    return containsRelation(value.$contains as { type?: string; targetRef?: string })
  const relation = /^relations\.(.+)$/.exec(field)?.[1]
  if (relation !== undefined)
    return sql<boolean>`exists (select from entity_relation r where r.source_ref = e.ref and lower(r.type) = ${relation} and ${valueCondition(sql`r.target_ref`, value)})`
  const isThere = sql<boolean>`exists (select from entity_fact f where f.uid = e.uid and f.key = ${field}${isExistence(value) ? sql`` : sql` and ${valueCondition(sql`f.value`, value)}`})`
  return isExistence(value) && !value.$exists ? sql<boolean>`not ${isThere}` : isThere
}

function isExistence(value: ValuePredicate): value is { $exists: boolean } {
  return typeof value === 'object' && '$exists' in value
}

function valueCondition(column: RawBuilder<unknown>, value: ValuePredicate): Condition {
  if (typeof value !== 'object') return sql<boolean>`${column} = ${lower(value)}`
  if ('$in' in value) return value.$in.length === 0 ? sql<boolean>`false` : sql<boolean>`${column} in (${sql.join(value.$in.map(lower))})`
  if ('$contains' in value) return sql<boolean>`${column} = ${lower(value.$contains)}`
  if ('$hasPrefix' in value) return sql<boolean>`starts_with(${column}, ${lower(value.$hasPrefix)})`
  return sql<boolean>`${value.$exists}::boolean`
}

function containsRelation(wanted: { type?: string; targetRef?: string }): Condition {
  const type = wanted.type === undefined ? sql`` : sql` and lower(r.type) = ${wanted.type.toLowerCase()}`
  const target = wanted.targetRef === undefined ? sql`` : sql` and r.target_ref = ${wanted.targetRef.toLowerCase()}`
  return sql<boolean>`exists (select from entity_relation r where r.source_ref = e.ref${type}${target})`
}

function lower(value: unknown): string {
  const text = String(value).toLowerCase()
  if (text.includes('\u0000')) throw catalogFaults.bad_query({ what: 'a query has no NUL' })
  return text
}
