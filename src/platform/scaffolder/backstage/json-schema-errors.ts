import { Ajv, type ErrorObject } from 'ajv'
import formats from 'ajv-formats'
import type { Json, JsonObject } from '#kernel/common/json'

/** One error as the package `jsonschema` tells it, which Backstage passes on as it is. */
export interface JsonSchemaError {
  path: (string | number)[]
  property: string
  message: string
  schema: Json
  instance: Json
  name: string
  argument: Json
  stack: string
}

/** Checks values against the pages of a form, without filling anything in. Pure. */
export function jsonSchemaErrors(pages: readonly JsonObject[], values: JsonObject): JsonSchemaError[] {
  return pages.flatMap((page) => {
    const ajv = new Ajv({ allErrors: true, strict: false, useDefaults: false, logger: false, validateSchema: false, verbose: true })
    formats.default(ajv)
    const validate = ajv.compile(page)
    return validate(values) ? [] : (validate.errors ?? []).map(toError)
  })
}

function toError(error: ErrorObject): JsonSchemaError {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  const property = path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${part}`), 'instance')
  const { message, argument } = wordsOf(error)
  return {
    path,
    property,
    message,
    schema: (error.parentSchema ?? {}) as Json,
    instance: (error.data ?? null) as Json,
    name: error.keyword,
    argument,
    stack: `${property} ${message}`,
  }
}

function wordsOf(error: ErrorObject): { message: string; argument: Json } {
  const params = error.params as Record<string, Json>
  const schema = (error.schema ?? null) as Json
  switch (error.keyword) {
    case 'required':
      return { message: `requires property ${JSON.stringify(params['missingProperty'])}`, argument: params['missingProperty'] ?? null }
    case 'type':
      return { message: `is not of a type(s) ${typesOf(params['type']).join(',')}`, argument: typesOf(params['type']) }
    case 'pattern':
      return { message: `does not match pattern ${JSON.stringify(params['pattern'])}`, argument: schema }
    case 'enum':
      return { message: `is not one of enum values: ${(params['allowedValues'] as Json[]).map(String).join(',')}`, argument: params['allowedValues'] ?? null }
    case 'const':
      return { message: `does not exactly match expected constant: ${JSON.stringify(schema)}`, argument: schema }
    case 'minLength':
    case 'minItems':
      return { message: `does not meet minimum length of ${JSON.stringify(params['limit'])}`, argument: schema }
    case 'maxLength':
    case 'maxItems':
      return { message: `does not meet maximum length of ${JSON.stringify(params['limit'])}`, argument: schema }
    case 'minimum':
      return { message: `must be greater than or equal to ${JSON.stringify(params['limit'])}`, argument: schema }
    case 'maximum':
      return { message: `must be less than or equal to ${JSON.stringify(params['limit'])}`, argument: schema }
    case 'format':
      return { message: `does not conform to the ${JSON.stringify(params['format'])} format`, argument: schema }
    case 'additionalProperties':
      return {
        message: `is not allowed to have the additional property ${JSON.stringify(params['additionalProperty'])}`,
        argument: params['additionalProperty'] ?? null,
      }
    case 'uniqueItems':
      return { message: 'contains duplicate item', argument: null }
    default:
      return { message: error.message ?? 'is wrong', argument: schema }
  }
}

function typesOf(type: Json | undefined): string[] {
  return typeof type === 'string' ? [type] : Array.isArray(type) ? type.filter((item) => typeof item === 'string') : []
}
