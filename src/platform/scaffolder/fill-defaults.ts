import type { Json, JsonObject } from '#kernel/common/json'

type Schema = JsonObject
/** Whether a value holds for a schema. */
type Holds = (schema: Schema, value: Json) => boolean

const MAX_ROUNDS = 4
const MAX_DEPTH = 20

/**
 * Fills in the defaults of a schema as the form does: of `properties`, `allOf`, the branch of `if` that holds, the branches of `oneOf`, `anyOf` and
 * `dependencies` that the values choose. A default may make another condition true, so it goes round until nothing changes. Pure.
 */
export function fillDefaults(schema: Schema, values: JsonObject, holds: Holds): JsonObject {
  let filled = values
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = fill(schema, filled, { root: schema, holds }, 0)
    if (next === filled) break
    filled = next
  }
  return filled
}

interface Context {
  root: Schema
  holds: Holds
}

function fill(given: Schema, before: JsonObject, context: Context, depth: number): JsonObject {
  if (depth > MAX_DEPTH) return before
  const schema = resolved(given, context.root)
  let value = before
  for (const [name, sub] of schemasOf(schema['properties'])) value = fillMember(value, name, resolved(sub, context.root), context, depth)
  for (const branch of branchesOf(schema, value, context)) value = fill(branch, value, context, depth + 1)
  return value
}

function fillMember(value: JsonObject, name: string, schema: Schema, context: Context, depth: number): JsonObject {
  if (name === '__proto__') return value
  const present = Object.hasOwn(value, name) ? value[name] : undefined
  if (present === undefined) return schema['default'] === undefined ? value : { ...value, [name]: structuredClone(schema['default']) as Json }
  if (Array.isArray(present)) {
    const items = isSchema(schema['items']) ? schema['items'] : undefined
    const filled = items ? present.map((item: Json) => (isSchema(item) ? fill(items, item, context, depth + 1) : item)) : present
    return filled.some((item, index) => item !== present[index]) ? { ...value, [name]: filled as Json } : value
  }
  if (!isSchema(present)) return value
  const filled = fill(schema, present, context, depth + 1)
  return filled === present ? value : { ...value, [name]: filled }
}

/** Schemas that hold beside `properties`, given the values so far. */
function branchesOf(schema: Schema, value: JsonObject, { root, holds }: Context): Schema[] {
  const lists = (key: string): Schema[] => (Array.isArray(schema[key]) ? (schema[key] as Json[]).filter(isSchema) : [])
  const chosen = ['oneOf', 'anyOf'].flatMap((key) =>
    lists(key)
      .filter((branch) => holds(branch, value))
      .slice(0, 1),
  )
  const conditional = isSchema(schema['if']) ? [schema[holds(schema['if'], value) ? 'then' : 'else']].filter(isSchema) : []
  const dependent = [...schemasOf(schema['dependencies']), ...schemasOf(schema['dependentSchemas'])]
    .filter(([name]) => Object.hasOwn(value, name))
    .flatMap(([name, sub]) => dependentOn(name, resolved(sub, root), value, holds))
  return [...lists('allOf'), ...chosen, ...conditional, ...dependent]
}

/** A dependency's `oneOf` is chosen by the member that it depends on, as forms have it; the rest of the branch need not hold yet. */
function dependentOn(name: string, schema: Schema, value: JsonObject, holds: Holds): Schema[] {
  const { oneOf, ...rest } = schema
  if (!Array.isArray(oneOf)) return [schema]
  const branch = oneOf.filter(isSchema).find((each) => {
    const properties = each['properties']
    const own = isSchema(properties) ? properties[name] : undefined
    return own !== undefined && holds({ properties: { [name]: own } }, value)
  })
  return branch ? [rest, branch] : [rest]
}

function schemasOf(value: Json | undefined): [string, Schema][] {
  return isSchema(value) ? Object.entries(value).filter((entry): entry is [string, Schema] => isSchema(entry[1])) : []
}

function resolved(schema: Schema, root: Schema): Schema {
  const ref = schema['$ref']
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return schema
  let node: Json | undefined = root
  for (const part of ref.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    node = isSchema(node) && Object.hasOwn(node, key) ? node[key] : undefined
  }
  return isSchema(node) ? node : schema
}

function isSchema(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
