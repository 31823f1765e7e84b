import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { JsonObject } from '#kernel/common/json'
import { checkValues, problemsOfSchema } from './parameters.ts'
import { schemaPattern } from './schema-pattern.ts'

const database: JsonObject = {
  required: ['kind'],
  properties: { kind: { type: 'string', enum: ['none', 'postgres'], default: 'none' } },
  dependencies: {
    kind: {
      oneOf: [
        { properties: { kind: { enum: ['none'] } } },
        { properties: { kind: { enum: ['postgres'] }, size: { type: 'number', default: 10 }, name: { type: 'string', minLength: 1 } }, required: ['name'] },
      ],
    },
  },
}
const publicOnes: JsonObject = {
  properties: { isPublic: { type: 'boolean', default: true } },
  if: { properties: { isPublic: { const: true } }, required: ['isPublic'] },
  // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's word
  then: { properties: { host: { type: 'string', default: 'x.io' } }, required: ['host'] },
  else: { properties: { reason: { type: 'string', title: 'Reason' } }, required: ['reason'] },
}

describe('conditional parameters', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject, string[]]>([
    ['a default alone', database, {}, { kind: 'none' }, []],
    ['the branch of a dependency', database, { kind: 'postgres', name: 'x' }, { kind: 'postgres', name: 'x', size: 10 }, []],
    ['what a branch needs', database, { kind: 'postgres' }, { kind: 'postgres', size: 10 }, ['values.name']],
    ['then', publicOnes, {}, { isPublic: true, host: 'x.io' }, []],
    ['else', publicOnes, { isPublic: false }, { isPublic: false }, ['values.reason']],
    ['allOf', { allOf: [publicOnes, database] }, {}, { isPublic: true, host: 'x.io', kind: 'none' }, []],
    [
      'the branch of oneOf that holds',
      {
        oneOf: [
          { required: ['a'], properties: { a: {}, x: { default: 1 } } },
          { required: ['b'], properties: { b: {}, x: { default: 2 } } },
        ],
      },
      { b: 1 },
      { b: 1, x: 2 },
      [],
    ],
    ['definitions', { definitions: { size: { type: 'number', default: 3 } }, properties: { size: { $ref: '#/definitions/size' } } }, {}, { size: 3 }, []],
    [
      'members of objects and lists',
      { properties: { o: { type: 'object', properties: { a: { default: 1 } } }, l: { items: { properties: { a: { default: 2 } } } } } },
      { o: {}, l: [{}] },
      { o: { a: 1 }, l: [{ a: 2 }] },
      [],
    ],
    [
      'nothing that forms say',
      { properties: { s: { type: 'string', 'ui:field': 'Secret', 'ui:options': { rows: 3 } } }, 'ui:order': ['s'] },
      { s: 'x' },
      { s: 'x' },
      [],
    ],
  ])('%s', (_what, schema, given, filled, problems) => {
    const result = checkValues([schema], given)
    expect(result.values).toEqual(filled)
    expect(result.problems.map((problem) => problem.field)).toEqual(problems)
  })

  it('fill in nothing when the form has done so', () => {
    expect(checkValues([database], {}, { fillsDefaults: false })).toMatchObject({ values: {}, problems: [{ field: 'values.kind' }] })
  })

  it('never alter what is given, and filling in twice is filling in once', () => {
    const page: JsonObject = { allOf: [database, publicOnes] }
    const values = fc.record(
      { kind: fc.constantFrom('none', 'postgres', 'x'), isPublic: fc.boolean(), host: fc.string(), size: fc.nat() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(values, (given) => {
        const before = structuredClone(given)
        const once = checkValues([page], given as JsonObject).values
        expect(given).toEqual(before)
        expect(once).toMatchObject(given)
        expect(checkValues([page], once).values).toEqual(once)
      }),
      { numRuns: 200 },
    )
  })
})

describe('patterns', () => {
  it.each([
    ['^[a-z]+$', 'abc', true],
    ['^[a-z]+$', 'ABC', false],
    ['^(?!-)[a-z-]+$', 'a-b', true],
    ['^(?!-)[a-z-]+$', '-b', false],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(schemaPattern(pattern).test(text)).toBe(expected)
  })

  it.each(['^(a+)+$', '^(?=a)(a+)+$', '^(a|aa)+(?!b)$'])('%s ends in time', (pattern) => {
    const startedAt = process.threadCpuUsage()
    schemaPattern(pattern).test(`${'a'.repeat(60)}!`)
    const used = process.threadCpuUsage(startedAt)
    expect((used.user + used.system) / 1_000).toBeLessThan(300)
  })

  it('that are none are a fault of the schema', () => {
    expect(problemsOfSchema({ properties: { a: { type: 'string', pattern: '(' } } })[0]).toContain('this is no JSON Schema')
  })
})

it('holds each field of a page to its own pattern', () => {
  const page = { properties: { letters: { type: 'string', pattern: '^[a-z]+$' }, digits: { type: 'string', pattern: '^[0-9]+$' } } }
  expect(checkValues([page], { letters: 'abc', digits: '123' }).problems).toEqual([])
  expect(checkValues([page], { letters: '123', digits: 'abc' }).problems.map(({ field }) => field)).toEqual(['values.letters', 'values.digits'])
})
