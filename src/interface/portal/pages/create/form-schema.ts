import type { Json } from '#contract'
import type { FieldFault, Template } from '../../api/shapes.ts'
import { readFieldSchema, type FieldSchema } from './field-schema.ts'

/** What is filled in, by field. */
export type Values = Record<string, Json | undefined>

/** One field of the form, in its order. */
export interface Field {
  name: string
  schema: FieldSchema
  isRequired: boolean
}

/** A titled part of the form: one of the template's parameter objects. */
export interface FieldGroup {
  title: string
  description: string
  fields: Field[]
}

/** The template's parameter pages as parts of one form. */
export function groupsOf(parameters: Template['parameters']): FieldGroup[] {
  return parameters.map(readFieldSchema).map((page) => ({
    title: page.title ?? '',
    description: page.description ?? '',
    fields: Object.entries(page.properties ?? {}).map(([name, schema]) => ({ name, schema, isRequired: page.required?.includes(name) ?? false })),
  }))
}

/** Defaults of the schema under what was typed before. */
export function startValues(groups: readonly FieldGroup[], draft: Values): Values {
  const values: Values = {}
  for (const { name, schema } of groups.flatMap((group) => group.fields)) {
    const value = draft[name] ?? schema.default ?? (schema.type === 'boolean' ? false : undefined)
    if (value !== undefined) values[name] = value
  }
  return values
}

/** What is sent: the fields that hold something. */
export function filledValues(values: Values): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

/** What is wrong with a value, in words for whoever types; null when it is right. */
export function faultOf({ schema, isRequired }: Field, value: unknown): string | null {
  const isEmpty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  if (isEmpty) return isRequired && schema.type !== 'boolean' ? 'This is needed' : null
  if (schema.enum !== undefined && schema.type !== 'array' && !schema.enum.includes(value as string)) return `Choose one of ${schema.enum.join(', ')}`
  if (schema.type === 'number' || schema.type === 'integer') return numberFault(schema, value)
  return typeof value === 'string' ? textFault(schema, value) : null
}

/** All that is wrong, by field, in the form's order. */
export function faultsOf(groups: readonly FieldGroup[], values: Values): FieldFault[] {
  return groups
    .flatMap((group) => group.fields)
    .flatMap((field) => {
      const message = faultOf(field, values[field.name])
      return message === null ? [] : [{ field: field.name, message }]
    })
}

/** The field that a server's JSON path such as `values.name` or `/name` is about. */
export function fieldNameOf(path: string): string {
  return path.replace(/^(?:\$\.|values[./]|\/)+/, '').split(/[./[]/)[0] ?? path
}

function numberFault(schema: FieldSchema, value: unknown): string | null {
  const number = Number(value)
  if (Number.isNaN(number)) return 'This is not a number'
  if (schema.type === 'integer' && !Number.isInteger(number)) return 'Only whole numbers'
  if (schema.minimum !== undefined && number < schema.minimum) return `At least ${schema.minimum}`
  return schema.maximum !== undefined && number > schema.maximum ? `At most ${schema.maximum}` : null
}

function textFault(schema: FieldSchema, value: string): string | null {
  const { minLength, maxLength, pattern } = schema
  if (minLength !== undefined && value.length < minLength) return `At least ${minLength} characters`
  if (maxLength !== undefined && value.length > maxLength) return `At most ${maxLength} characters; these are ${value.length}`
  if (pattern === undefined || matches(pattern, value)) return null
  const said = typeof schema.errorMessage === 'object' ? schema.errorMessage['pattern'] : schema.errorMessage
  return said ?? describePattern(pattern)
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return true // the server judges what a browser can't read
  }
}

/** The usual name patterns in words; others as they are. */
function describePattern(pattern: string): string {
  if (/^\^\[?\(?\[?a-z/.test(pattern) && !pattern.includes('A-Z') && pattern.includes('-'))
    return 'Lower-case letters, digits and dashes, starting with a letter'
  return `Has to match ${pattern}`
}
