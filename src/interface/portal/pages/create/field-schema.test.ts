import { expect, test } from 'vitest'
import { readFieldSchema } from './field-schema.ts'

test('what a template says well is read, at every depth', () => {
  const read = readFieldSchema({
    title: 'Service',
    required: ['name'],
    properties: { name: { type: 'string', maxLength: 20, enum: ['a', 1], errorMessage: { pattern: 'Use kebab-case' } }, tags: { items: { type: 'string' } } },
    'ui:options': { allowedKinds: ['Group'] },
  })
  expect(read).toMatchObject({ title: 'Service', required: ['name'], 'ui:options': { allowedKinds: ['Group'] } })
  expect(read.properties?.['name']).toMatchObject({ type: 'string', maxLength: 20, enum: ['a', 1], errorMessage: { pattern: 'Use kebab-case' } })
  expect(read.properties?.['tags']?.items?.type).toBe('string')
})

test.each([[null], ['text'], [[1]], [{ title: 3, enum: 'a', required: [1], properties: [], minimum: '1', 'ui:options': 'x' }]])(
  '%j says nothing that a form could show',
  (json) => {
    const { required = [], 'ui:autofocus': isFocused, default: otherwise, ...rest } = readFieldSchema(json)
    expect([required, isFocused, otherwise]).toEqual([[], false, undefined])
    expect(Object.values(rest).filter((value) => value !== undefined)).toEqual([])
  },
)
