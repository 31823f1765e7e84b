import { isRecord, textOf } from '../read-foreign.ts'

/** A query as an expression, or what can't be said in one. */
export type Translation = { expression: string; reason?: undefined } | { expression?: undefined; reason: string }

/** CEL over `entity`, by Port's name of the property. A property that is absent makes a comparison false, as in Port. */
const META = new Map(
  Object.entries({
    $identifier: 'entity.metadata.name',
    $title: 'entity.metadata.title',
    $team: 'entity.spec.owner',
    $blueprint: 'entity.spec.type',
  }),
)

const literal = (value: unknown): string => JSON.stringify(value)
const COMPARE = new Map(Object.entries({ '=': '==', '!=': '!=', '>': '>', '>=': '>=', '<': '<', '<=': '<=' }))

/**
 * A Port rule query (`{combinator, conditions | rules}`, nested) as CEL over `entity`. Source: docs.port.io, search and query syntax.
 * Pure.
 */
export function celOfPortQuery(query: unknown): Translation {
  if (!isRecord(query)) return { reason: 'the query is no object' }
  const conditions = query['conditions'] ?? query['rules']
  if (Array.isArray(conditions)) {
    const parts = conditions.map((condition) => celOfPortQuery(condition))
    const failed = parts.find((part) => part.reason !== undefined)
    if (failed) return failed
    const joiner = query['combinator'] === 'or' ? ' || ' : ' && '
    return { expression: parts.length === 0 ? 'true' : parts.map((part) => `(${part.expression})`).join(joiner) }
  }
  const { property, operator, value } = query
  if (typeof property !== 'string' || typeof operator !== 'string') return { reason: 'a condition names no property or no operator' }
  return conditionOf(property, operator, value)
}

function conditionOf(property: string, operator: string, value: unknown): Translation {
  const at = placeOf(property)
  if (at === undefined) return { reason: `"${property}" is read along a relation, which a rule of ours can't do` }
  const compared = COMPARE.get(operator)
  if (compared !== undefined) {
    const comparison = `${at.value} ${compared} ${literal(value)}`
    return { expression: operator === '!=' ? `!(${at.exists}) || ${comparison}` : `${at.exists} && ${comparison}` }
  }
  switch (operator) {
    case 'isEmpty':
      return { expression: `!(${at.exists}) || ${at.value} == null || ${at.value} == ""` }
    case 'isNotEmpty':
      return { expression: `${at.exists} && ${at.value} != null && ${at.value} != ""` }
    case 'contains':
      return { expression: `${at.exists} && string(${at.value}).contains(${literal(textOf(value))})` }
    case 'doesNotContain':
      return { expression: `!(${at.exists} && string(${at.value}).contains(${literal(textOf(value))}))` }
    case 'beginsWith':
      return { expression: `${at.exists} && string(${at.value}).startsWith(${literal(textOf(value))})` }
    case 'doesNotBeginsWith':
      return { expression: `!(${at.exists} && string(${at.value}).startsWith(${literal(textOf(value))}))` }
    case 'endsWith':
      return { expression: `${at.exists} && string(${at.value}).endsWith(${literal(textOf(value))})` }
    case 'doesNotEndsWith':
      return { expression: `!(${at.exists} && string(${at.value}).endsWith(${literal(textOf(value))}))` }
    case 'in':
      return { expression: `${at.exists} && ${at.value} in ${literal(value)}` }
    case 'notIn':
      return { expression: `!(${at.exists} && ${at.value} in ${literal(value)})` }
    default:
      return { reason: `the operator "${operator}" has no counterpart` }
  }
}

function placeOf(property: string): { value: string; exists: string } | undefined {
  const meta = META.get(property)
  if (meta !== undefined) return { value: meta, exists: `has(${meta})` }
  if (property.includes('.') || property.startsWith('$')) return undefined
  return { value: `entity.spec.properties[${literal(property)}]`, exists: `has(entity.spec.properties) && ${literal(property)} in entity.spec.properties` }
}
