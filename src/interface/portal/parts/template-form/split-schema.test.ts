import { describe, expect, test } from 'vitest'
import { splitSchema } from './split-schema.ts'

describe('splitSchema', () => {
  test('words for the form leave the schema at every depth, branches included', () => {
    const { schema, uiSchema } = splitSchema({
      'ui:order': ['b', 'a'],
      properties: {
        a: { type: 'string', 'ui:widget': 'textarea' },
        b: { type: 'array', items: { type: 'object', properties: { c: { type: 'string', 'ui:help': 'h' } } } },
      },
      dependencies: { a: { oneOf: [{ properties: { d: { type: 'string', 'ui:field': 'OwnerPicker' } } }] } },
      if: { properties: { a: { const: 'x' } } },
      // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
      then: { properties: { e: { type: 'string', 'ui:autofocus': true } } },
    })
    expect(JSON.stringify(schema)).not.toContain('ui:')
    expect(uiSchema).toMatchObject({
      'ui:order': ['b', 'a', '*'],
      a: { 'ui:widget': 'textarea' },
      b: { items: { c: { 'ui:help': 'h' } } },
      d: { 'ui:field': 'OwnerPicker' },
      e: { 'ui:autofocus': true },
    })
  })

  test('a field of another portal becomes a plain one, with a note; its widget stays', () => {
    const { uiSchema } = splitSchema({ properties: { token: { type: 'string', 'ui:field': 'HarnessAuthToken', 'ui:widget': 'password' } } })
    expect(uiSchema['token']).toEqual({ 'ui:widget': 'password', 'ui:note': expect.stringContaining('HarnessAuthToken') })
  })

  test.each([
    ['string', 'checkboxes'],
    ['boolean', 'textarea'],
    ['array', 'radio'],
    ['string', 'no-such'],
  ])('of a %s no %s can be made: a plain input with a note', (type, widget) => {
    const { uiSchema } = splitSchema({ properties: { a: { type, 'ui:widget': widget } } })
    expect(uiSchema['a']).toEqual({ 'ui:note': expect.stringContaining(widget) })
  })

  test('a pattern that browsers can not read is left to the server', () => {
    const { schema } = splitSchema({ properties: { a: { type: 'string', pattern: '(?i)x' }, b: { type: 'string', pattern: '^x$' } } })
    expect(schema.properties).toEqual({ a: { type: 'string' }, b: { type: 'string', pattern: '^x$' } })
  })

  test('what is behind a feature flag is neither shown nor needed', () => {
    const { schema } = splitSchema({ required: ['a', 'b'], properties: { a: { type: 'string' }, b: { type: 'string', 'backstage:featureFlag': 'beta' } } })
    expect(schema).toEqual({ required: ['a'], properties: { a: { type: 'string' } } })
  })

  test('a plain list of texts is typed as tags; one with words of its own is not', () => {
    const { uiSchema } = splitSchema({
      properties: { a: { type: 'array', items: { type: 'string' } }, b: { type: 'array', items: { type: 'string', 'ui:field': 'EntityPicker' } } },
    })
    expect([uiSchema['a']?.['ui:widget'], uiSchema['b']?.['ui:widget']]).toEqual(['tags', undefined])
  })
})
