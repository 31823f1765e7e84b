import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFault } from '#kernel/common/fault'
import { pickFields } from './backstage/entity-fields.ts'
import { assertPredicate, parseFilters } from './entity-predicate.ts'

const errorOf = (work: () => unknown): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

describe('parseFilters', () => {
  it.each([
    [[], undefined],
    [[''], undefined],
    [['kind=component'], { kind: 'component' }],
    [['kind'], { kind: { $exists: true } }],
    [['kind=a,kind=b,spec.type=x'], { $all: [{ kind: { $in: ['a', 'b'] } }, { 'spec.type': 'x' }] }],
    [['kind=a', 'kind=b'], { $any: [{ kind: 'a' }, { kind: 'b' }] }],
    [['metadata.annotations.x=a=b'], { 'metadata.annotations.x': 'a=b' }],
  ])('%j', (filters, expected) => {
    expect(parseFilters(filters)).toEqual(expected)
  })
})

describe('assertPredicate', () => {
  it.each([
    null,
    7,
    'x',
    [],
    { $all: {} },
    { $all: [], kind: 'x' },
    { $nor: [] },
    { kind: { $in: 'x' } },
    { kind: { $regex: '.*' } },
    { kind: { $in: [], $exists: true } },
    { kind: null },
    { kind: 'a\u0000' },
  ])('refuses %j', (value) => {
    expect(errorOf(() => assertPredicate(value))).toMatchObject({ code: 'platform.catalog.bad_query', status: 400 })
  })

  it('refuses what is too large or too deep', () => {
    const deep = Array.from({ length: 30 }).reduce<unknown>((inner) => ({ $not: inner }), { kind: 'x' })
    expect(errorOf(() => assertPredicate(deep))).toMatchObject({ status: 400 })
    expect(errorOf(() => assertPredicate({ $any: Array.from({ length: 600 }, () => ({ kind: 'x' })) }))).toMatchObject({ status: 400 })
  })

  it('fails by a fault only, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 4 }), fc.array(fc.string(), { maxLength: 4 }), (value, filters) => {
        const errors = [errorOf(() => assertPredicate(JSON.parse(JSON.stringify(value ?? null) ?? 'null'))), errorOf(() => parseFilters(filters))]
        expect(errors.every((error) => error === undefined || isFault(error))).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('pickFields', () => {
  const entity = { apiVersion: 'a/v1', kind: 'X', metadata: { name: 'n', annotations: { 'a.b/c': '1', d: '2' } } }
  it.each([
    [[], entity],
    [['kind'], { kind: 'X' }],
    [['metadata.name', 'kind'], { kind: 'X', metadata: { name: 'n' } }],
    [['metadata.annotations.a.b/c', 'metadata.annotations.d'], { metadata: { annotations: { 'a.b/c': '1', d: '2' } } }],
    [['absent.x', '__proto__', 'constructor', 'metadata.__proto__'], {}],
  ])('%j', (fields, expected) => {
    expect(pickFields(entity, fields)).toEqual(expected)
  })
})
