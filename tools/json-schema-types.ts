/** Turns the JSON Schema that our routes use into TypeScript text. Only what zod's `toJSONSchema` makes: named schemas by reference, no conditionals. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  additionalProperties?: boolean | JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  propertyNames?: JsonSchema
}

export function typeText(schema: JsonSchema, indent = ''): string {
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)))
  if (schema.anyOf ?? schema.oneOf) return union((schema.anyOf ?? schema.oneOf ?? []).map((member) => typeText(member, indent)))
  if (schema.allOf) return schema.allOf.map((member) => typeText(member, indent)).join(' & ')
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeText({ ...schema, type }, indent)))
  switch (schema.type) {
    case 'string':
      return 'string'
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return schema.prefixItems ? `[${schema.prefixItems.map((item) => typeText(item, indent)).join(', ')}]` : `Array<${typeText(schema.items ?? {}, indent)}>`
    case 'object':
      return objectText(schema, indent)
    default:
      return 'unknown'
  }
}

function objectText(schema: JsonSchema, indent: string): string {
  const inner = `${indent}  `
  const required = new Set(schema.required)
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const optional = required.has(name) ? '' : '?'
    return `${inner}${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}${optional}: ${typeText(member, inner)}${optional === '' ? '' : ' | undefined'}`
  })
  const rest = schema.additionalProperties
  if (members.length === 0)
    return rest === false ? 'Record<string, never>' : `{ [key: string]: ${typeof rest === 'object' ? typeText(rest, indent) : 'unknown'} }`
  return `{\n${members.join('\n')}\n${indent}}`
}

function union(members: string[]): string {
  const distinct = [...new Set(members)]
  return distinct.length === 0 ? 'never' : distinct.join(' | ')
}
