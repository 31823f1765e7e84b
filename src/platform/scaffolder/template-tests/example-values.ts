import type { Json, JsonObject } from '#kernel/common/json'
import { checkValues } from '../parameters.ts'

/** Values by the form field that asks for them. */
const BY_FIELD: Readonly<Record<string, Json>> = {
  OwnerPicker: 'group:default/payments',
  OwnedEntityPicker: 'component:default/example',
  MyGroupsPicker: 'group:default/payments',
  EntityPicker: 'component:default/example',
  MultiEntityPicker: ['component:default/example'],
  EntityTagsPicker: ['example'],
  RepoUrlPicker: 'fairway?owner=acme&repo=example',
  RepoBranchPicker: 'main',
  Secret: 'example-secret',
}
const TEXTS = [
  'example',
  'Example',
  'example-service',
  'com.example',
  'com.example.service',
  '1',
  '1.0.0',
  'example@example.com',
  'https://example.com',
  '8080',
  'EX',
  'ex',
]

/**
 * Values to try a template with: what it gives itself by `default`, `examples`, `const` and `enum`, and for what is needed beside that a value made up.
 * `missing` are needed fields that nothing was found for. Pure.
 */
export function exampleValues(pages: readonly JsonObject[]): { values: JsonObject; missing: string[] } {
  let values: JsonObject = {}
  for (const page of pages) values = { ...values, ...objectFor(page, values) }
  // Fields that a condition (`then`, `dependencies`) asks for only come up once the others are filled in.
  const problems = checkValues(pages, values).problems
  return { values, missing: [...new Set(problems.map((problem) => problem.field))] }
}

function objectFor(schema: JsonObject, around: JsonObject): JsonObject {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonObject>
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : []
  const given = Object.entries(properties).flatMap(([name, property]) => {
    const value = Object.hasOwn(around, name) ? around[name] : valueFor(property, required.includes(name))
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(given) as JsonObject
}

function valueFor(schema: JsonObject, isNeeded: boolean): Json | undefined {
  for (const own of [schema['default'], (schema['examples'] as Json[] | undefined)?.[0], schema['const'], (schema['enum'] as Json[] | undefined)?.[0]])
    if (own !== undefined && (isNeeded || own === schema['default'])) return own
  if (!isNeeded) return schema['type'] === 'object' && hasDefaults(schema) ? objectFor(schema, {}) : undefined
  const asked = schema['ui:field']
  const field = typeof asked === 'string' ? BY_FIELD[asked] : undefined
  const candidates: Json[] = [...(field === undefined ? [] : [field]), ...candidatesOf(schema)]
  return candidates.find((candidate) => checkValues([{ properties: { it: schema }, required: ['it'] }], { it: candidate }).problems.length === 0)
}

function candidatesOf(schema: JsonObject): Json[] {
  const least = typeof schema['minimum'] === 'number' ? schema['minimum'] : 1
  switch (schema['type']) {
    case 'boolean':
      return [true]
    case 'integer':
    case 'number':
      return [least, least + 1, 0, 8080]
    case 'array': {
      const item = valueFor((schema['items'] ?? {}) as JsonObject, true)
      return [[], ...(item === undefined ? [] : [[item]])]
    }
    case 'object':
      return [objectFor(schema, {})]
    default:
      return [...TEXTS, 'example'.padEnd(Number(schema['minLength'] ?? 0), 'e')]
  }
}

function hasDefaults(schema: JsonObject): boolean {
  return Object.values((schema['properties'] ?? {}) as Record<string, JsonObject>).some((property) => property['default'] !== undefined)
}
