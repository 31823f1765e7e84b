import { describe, expect, test } from 'vitest'
import { faultOf, faultsOf, fieldNameOf, groupsOf, startValues } from './form-schema.ts'

const groups = groupsOf([
  {
    title: 'Service',
    required: ['name', 'owner'],
    properties: {
      name: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', maxLength: 20 },
      owner: { type: 'string', 'ui:field': 'OwnerPicker' },
      replicas: { type: 'integer', minimum: 1, maximum: 5, default: 2 },
      isPublic: { type: 'boolean' },
      size: { type: 'string', enum: ['small', 'large'], default: 'small' },
      tags: { type: 'array', items: { type: 'string' } },
    },
  },
])
const field = (name: string) => {
  const found = groups[0]?.fields.find((each) => each.name === name)
  if (found === undefined) throw new Error(name)
  return found
}

describe('form of a template', () => {
  test('defaults stand under the draft', () => {
    expect(startValues(groups, { name: 'orders' })).toEqual({ name: 'orders', replicas: 2, isPublic: false, size: 'small' })
  })

  test.each([
    ['name', '', 'This is needed'],
    ['name', 'orders', null],
    ['name', 'Orders', 'Lower-case letters, digits and dashes, starting with a letter'],
    ['name', 'a'.repeat(21), 'At most 20 characters; these are 21'],
    ['replicas', 0, 'At least 1'],
    ['replicas', 9, 'At most 5'],
    ['replicas', 1.5, 'Only whole numbers'],
    ['replicas', 'x', 'This is not a number'],
    ['replicas', undefined, null],
    ['size', 'huge', 'Choose one of small, large'],
    ['tags', [], null],
  ])('%s = %j: %s', (name, value, message) => {
    expect(faultOf(field(name), value)).toBe(message)
  })

  test('the template author words a pattern best', () => {
    const worded = { ...field('name'), schema: { ...field('name').schema, errorMessage: { pattern: 'Use kebab-case' } } }
    expect(faultOf(worded, 'X')).toBe('Use kebab-case')
  })

  test('all faults come in the order of the form', () => {
    expect(faultsOf(groups, { replicas: 0 }).map((fault) => fault.field)).toEqual(['name', 'owner', 'replicas'])
  })

  test.each([
    ['values.name', 'name'],
    ['/name', 'name'],
    ['name', 'name'],
    ['values.tags[0]', 'tags'],
  ])('a problem at %s is about %s', (path, name) => {
    expect(fieldNameOf(path)).toBe(name)
  })
})
