import type { Field } from './api-document.ts'
import { isObject, listIn, textIn, type JsonObject } from './json-value.ts'

/** So often a reference may lead to another one; more is a circle. */
const MAX_HOPS = 30
const MAX_EXAMPLE_DEPTH = 6
const MAX_FIELDS = 300

/** Reads JSON Schemas, as OpenAPI, AsyncAPI and MCP write them, within the one document that they stand in. Nothing is loaded from elsewhere. */
export class JsonSchemas {
  readonly #root: unknown

  constructor(root: unknown) {
    this.#root = root
  }

  /** What a value means: itself, or what its `$ref` leads to; an empty object when that is nowhere here. Circles end. */
  resolve(value: unknown): JsonObject {
    let at = value
    for (let hops = 0; hops < MAX_HOPS; hops += 1) {
      if (!isObject(at)) return {}
      const { $ref } = at
      if (typeof $ref !== 'string') return at
      const { $ref: _, ...beside } = at
      const target = this.#find($ref)
      if (target === undefined) return { ...beside, 'x-elsewhere': $ref }
      at = isObject(target) && Object.keys(beside).length > 0 ? { ...target, ...beside } : target
    }
    return {}
  }

  /** A schema's type in words. */
  typeOf(value: unknown, depth = 0): string {
    if (value === true) return 'anything'
    if (value === false) return 'nothing'
    const name = refName(value)
    if (name !== undefined) return name
    const schema = this.#merged(value)
    const title = textIn(schema, 'title')
    if (depth > 8) return title === '' ? 'object' : title
    const options = [...listIn(schema, 'oneOf'), ...listIn(schema, 'anyOf')]
    if (options.length > 0 && schema['properties'] === undefined) {
      const words = [...new Set(options.map((option) => this.typeOf(option, depth + 1)))]
      return words.length <= 4 ? words.join(' or ') : `one of ${words.length} types`
    }
    if (schema['const'] !== undefined) return JSON.stringify(schema['const'])
    const types = (Array.isArray(schema['type']) ? schema['type'] : [schema['type']]).filter((type): type is string => typeof type === 'string')
    if (schema['nullable'] === true) types.push('null')
    const format = textIn(schema, 'format')
    const words = types.map((type) => {
      if (type === 'array') return `array of ${this.typeOf(schema['items'] ?? true, depth + 1)}`
      if (type === 'object' && isObject(schema['additionalProperties']) && schema['properties'] === undefined)
        return `map of ${this.typeOf(schema['additionalProperties'], depth + 1)}`
      if (type === 'object' && title !== '') return title
      return format === '' || type === 'null' ? type : `${type} (${format})`
    })
    if (words.length > 0) return words.join(' or ')
    if (schema['items'] !== undefined) return `array of ${this.typeOf(schema['items'], depth + 1)}`
    if (schema['properties'] !== undefined) return title === '' ? 'object' : title
    return listIn(schema, 'enum').length > 0 ? 'enum' : 'anything'
  }

  /** A schema as one field of a name. */
  fieldOf(name: string, value: unknown, isRequired: boolean, description = ''): Field {
    const schema = this.#merged(value)
    return {
      name,
      type: this.typeOf(value),
      isRequired,
      isDeprecated: schema['deprecated'] === true,
      description: description === '' ? textIn(schema, 'description') : description,
      notes: notesOf(schema),
      children: this.#hasFields(value) ? () => this.fieldsOf(value) : null,
    }
  }

  /** What an object's schema holds, or the items of a list's, or the alternatives of a choice. */
  fieldsOf(value: unknown): Field[] {
    const schema = this.#merged(value)
    const required = new Set(listIn(schema, 'required'))
    const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : []
    const fields = properties.slice(0, MAX_FIELDS).map(([name, property]) => this.fieldOf(name, property, required.has(name)))
    for (const [name, property] of isObject(schema['patternProperties']) ? Object.entries(schema['patternProperties']) : [])
      fields.push(this.fieldOf(`/${name}/`, property, false))
    if (isObject(schema['additionalProperties']) && Object.keys(schema['additionalProperties']).length > 0)
      fields.push(this.fieldOf('any name', schema['additionalProperties'], false))
    for (const word of ['oneOf', 'anyOf'] as const) {
      const options = listIn(schema, word)
      options.forEach((option, at) => fields.push(this.fieldOf(`${word === 'oneOf' ? 'either' : 'any of'} ${at + 1}`, option, false)))
    }
    if (fields.length === 0 && schema['items'] !== undefined) return this.fieldsOf(schema['items'])
    return fields
  }

  /** A value that fits: the given examples first, else one made up. Circles and depth end in nothing. */
  exampleOf(value: unknown, seen: readonly unknown[] = []): unknown {
    const schema = this.#merged(value)
    for (const given of [schema['example'], listIn(schema, 'examples')[0], schema['default'], schema['const'], listIn(schema, 'enum')[0]])
      if (given !== undefined) return given
    const key = refName(value) ?? value
    if (seen.includes(key) || seen.length > MAX_EXAMPLE_DEPTH) return undefined
    const inner = [...seen, key]
    const option = listIn(schema, 'oneOf')[0] ?? listIn(schema, 'anyOf')[0]
    if (option !== undefined && schema['properties'] === undefined) return this.exampleOf(option, inner)
    const type = Array.isArray(schema['type']) ? schema['type'].find((each) => each !== 'null') : schema['type']
    if (type === 'object' || isObject(schema['properties'])) {
      const entries = Object.entries(isObject(schema['properties']) ? schema['properties'] : {})
        .filter(([, property]) => this.resolve(property)['readOnly'] !== true)
        .slice(0, 50)
        .map(([name, property]) => [name, this.exampleOf(property, inner)] as const)
      return Object.fromEntries(entries.filter(([, example]) => example !== undefined))
    }
    if (type === 'array' || schema['items'] !== undefined) {
      const item = this.exampleOf(schema['items'], inner)
      return item === undefined ? [] : [item]
    }
    return simpleExample(type, textIn(schema, 'format'))
  }

  #hasFields(value: unknown): boolean {
    const schema = this.#merged(value)
    if (isObject(schema['properties']) && Object.keys(schema['properties']).length > 0) return true
    if ([...listIn(schema, 'oneOf'), ...listIn(schema, 'anyOf')].some((option) => this.#holds(option))) return true
    if (isObject(schema['patternProperties'])) return true
    if (isObject(schema['additionalProperties'])) return this.#holds(schema['additionalProperties'])
    return schema['items'] !== undefined && this.#holds(schema['items'])
  }

  #holds(value: unknown): boolean {
    const schema = this.#merged(value)
    return ['properties', 'items', 'oneOf', 'anyOf', 'additionalProperties'].some((name) => typeof schema[name] === 'object' && schema[name] !== null)
  }

  /** With what `allOf` adds. */
  #merged(value: unknown, hops = 0): JsonObject {
    const schema = this.resolve(value)
    const all = listIn(schema, 'allOf')
    if (all.length === 0 || hops > 8) return schema
    const parts = all.map((part) => this.#merged(part, hops + 1))
    const { allOf: _, ...own } = schema
    const merged: JsonObject = {}
    const properties: JsonObject = {}
    const required: unknown[] = []
    for (const part of [...parts, own]) {
      Object.assign(merged, part)
      if (isObject(part['properties'])) Object.assign(properties, part['properties'])
      required.push(...listIn(part, 'required'))
    }
    if (Object.keys(properties).length > 0) merged['properties'] = properties
    if (required.length > 0) merged['required'] = required
    return merged
  }

  #find(ref: string): unknown {
    if (ref === '#') return this.#root
    if (!ref.startsWith('#/')) return undefined
    let at: unknown = this.#root
    for (const part of ref.slice(2).split('/')) {
      const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')
      at = Array.isArray(at) ? at[Number(key)] : isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
    }
    return at
  }
}

/** `Pet` for `{ $ref: '#/components/schemas/Pet' }`. */
export function refName(value: unknown): string | undefined {
  const ref = isObject(value) ? value['$ref'] : undefined
  return typeof ref === 'string' ? decoded(ref.split('/').at(-1) ?? ref) : undefined
}

function notesOf(schema: JsonObject): string[] {
  const said = (name: string, words: string): string[] => (schema[name] === undefined ? [] : [`${words} ${shortly(schema[name])}`])
  const choices = listIn(schema, 'enum')
  return [
    ...(choices.length === 0 ? [] : [`one of ${choices.slice(0, 20).map(shortly).join(', ')}${choices.length > 20 ? ` and ${choices.length - 20} more` : ''}`]),
    ...said('default', 'default'),
    ...said('minimum', 'at least'),
    ...said('maximum', 'at most'),
    ...said('exclusiveMinimum', 'more than'),
    ...said('exclusiveMaximum', 'less than'),
    ...said('minLength', 'at least this long:'),
    ...said('maxLength', 'at most this long:'),
    ...said('minItems', 'at least this many:'),
    ...said('maxItems', 'at most this many:'),
    ...(typeof schema['pattern'] === 'string' ? [`matches ${schema['pattern']}`] : []),
    ...(schema['readOnly'] === true ? ['only read'] : []),
    ...(schema['writeOnly'] === true ? ['only written'] : []),
    ...said('example', 'e.g.'),
    ...(typeof schema['x-elsewhere'] === 'string' ? [`described in ${schema['x-elsewhere']}`] : []),
  ]
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? ''
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`
}

function simpleExample(type: unknown, format: string): unknown {
  if (type === 'integer' || type === 'number') return 0
  if (type === 'boolean') return true
  if (type !== 'string') return undefined
  return (
    {
      'date-time': '2026-01-31T12:00:00Z',
      date: '2026-01-31',
      uuid: '00000000-0000-4000-8000-000000000000',
      email: 'ana@example.com',
      uri: 'https://example.com',
    }[format] ?? 'string'
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
