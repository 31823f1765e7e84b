import type { FieldSchema } from './field-schema.ts'

/** Kinds that a picker offers, lower case, from `catalogFilter.kind` or `allowedKinds` of its options; an owner is a group or a person. */
export function pickerKinds(schema: FieldSchema): string[] {
  const options = schema['ui:options'] ?? {}
  const filter = options['catalogFilter']
  const filters = Array.isArray(filter) ? filter : filter === undefined ? [] : [filter]
  const named = [...filters.flatMap((each) => listOf((each as Record<string, unknown>)['kind'])), ...listOf(options['allowedKinds'])]
  if (named.length > 0) return named.map((kind) => kind.toLowerCase())
  return schema['ui:field'] === 'OwnerPicker' ? ['group', 'user'] : ['component', 'system', 'api', 'resource', 'domain', 'group', 'user']
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string')
}
