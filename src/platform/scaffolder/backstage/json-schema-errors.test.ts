import { expect, it } from 'vitest'
import type { JsonObject } from '#kernel/common/json'
import { jsonSchemaErrors } from './json-schema-errors.ts'

// Words of the package `jsonschema` 1.5, by its own answers.
it.each<[JsonObject, string, unknown, string]>([
  [{ type: 'string' }, 'type', ['string'], 'instance.it is not of a type(s) string'],
  [{ pattern: '^a' }, 'pattern', '^a', 'instance.it does not match pattern "^a"'],
  [{ enum: ['a', 'b'] }, 'enum', ['a', 'b'], 'instance.it is not one of enum values: a,b'],
  [{ minLength: 3 }, 'minLength', 3, 'instance.it does not meet minimum length of 3'],
  [{ maxLength: 0 }, 'maxLength', 0, 'instance.it does not meet maximum length of 0'],
  [{ format: 'email' }, 'format', 'email', 'instance.it does not conform to the "email" format'],
])('%j is told as %s', (schema, name, argument, stack) => {
  const value = schema['type'] === 'string' ? 1 : 'x'
  expect(jsonSchemaErrors([{ properties: { it: schema } }], { it: value })).toMatchObject([
    { path: ['it'], property: 'instance.it', schema, instance: value, name, argument, stack },
  ])
})

it('leads into lists and objects, and fills nothing in', () => {
  const values = { list: [{ a: 1 }] }
  const page = { properties: { list: { items: { properties: { a: { type: 'string', default: 'x' }, b: { default: 1 } } } } } }
  expect(jsonSchemaErrors([page], values)).toMatchObject([{ path: ['list', 0, 'a'], property: 'instance.list[0].a' }])
  expect(values).toEqual({ list: [{ a: 1 }] })
})
