import type { Json } from '#contract'

/** The part of JSON Schema that templates use for their forms. */
export interface FieldSchema {
  type?: string | undefined
  title?: string | undefined
  description?: string | undefined
  default?: Json | undefined
  enum?: (string | number)[] | undefined
  enumNames?: string[] | undefined
  pattern?: string | undefined
  minLength?: number | undefined
  maxLength?: number | undefined
  minimum?: number | undefined
  maximum?: number | undefined
  items?: FieldSchema | undefined
  properties?: Record<string, FieldSchema> | undefined
  required?: string[] | undefined
  errorMessage?: string | Record<string, string> | undefined
  'ui:field'?: string | undefined
  'ui:widget'?: string | undefined
  'ui:autofocus'?: boolean | undefined
  'ui:help'?: string | undefined
  'ui:placeholder'?: string | undefined
  'ui:options'?: Record<string, Json> | undefined
}

/** Reads what a form needs out of a template's JSON; what has another shape than it should is left out. */
export function readFieldSchema(json: Json | undefined): FieldSchema {
  const from = membersOf(json) ?? {}
  return {
    type: textOf(from['type']),
    title: textOf(from['title']),
    description: textOf(from['description']),
    default: from['default'],
    enum: listOf(from['enum'], isChoice),
    enumNames: listOf(from['enumNames'], isText),
    pattern: textOf(from['pattern']),
    minLength: numberOf(from['minLength']),
    maxLength: numberOf(from['maxLength']),
    minimum: numberOf(from['minimum']),
    maximum: numberOf(from['maximum']),
    items: from['items'] === undefined ? undefined : readFieldSchema(from['items']),
    properties: mapOf(from['properties'], readFieldSchema),
    required: listOf(from['required'], isText),
    errorMessage: textOf(from['errorMessage']) ?? mapOf(from['errorMessage'], (said) => textOf(said) ?? ''),
    'ui:field': textOf(from['ui:field']),
    'ui:widget': textOf(from['ui:widget']),
    'ui:autofocus': from['ui:autofocus'] === true,
    'ui:help': textOf(from['ui:help']),
    'ui:placeholder': textOf(from['ui:placeholder']),
    'ui:options': membersOf(from['ui:options']),
  }
}

const isText = (value: Json): value is string => typeof value === 'string'
const isChoice = (value: Json): value is string | number => isText(value) || typeof value === 'number'

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function listOf<T extends Json>(value: Json | undefined, is: (each: Json) => each is T): T[] | undefined {
  return Array.isArray(value) ? value.filter(is) : undefined
}

function membersOf(value: Json | undefined): Record<string, Json> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

function mapOf<T>(value: Json | undefined, read: (each: Json) => T): Record<string, T> | undefined {
  const members = membersOf(value)
  return members === undefined ? undefined : Object.fromEntries(Object.entries(members).map(([name, each]) => [name, read(each)]))
}
