import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '#kernel/common/json'
import { expandMatrix, matrixJobName } from './matrix.ts'

describe('expandMatrix', () => {
  it.each<[string, Json | undefined, JsonObject[]]>([
    ['no matrix is one job', undefined, [{}]],
    ['one vector', { node: [20, 22] }, [{ node: 20 }, { node: 22 }]],
    [
      'the first vector varies slowest',
      { a: [1, 2], b: ['x', 'y'] },
      [
        { a: 1, b: 'x' },
        { a: 1, b: 'y' },
        { a: 2, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ],
    ['an exclusion may name a part', { a: [1, 2], b: ['x', 'y'], exclude: [{ a: 2 }, { a: 1, b: 'y' }] }, [{ a: 1, b: 'x' }]],
    ['only include', { include: [{ a: 1 }, { a: 2, b: 3 }] }, [{ a: 1 }, { a: 2, b: 3 }]],
    ['an exclusion may name a part of an object', { a: [{ x: 1, y: 2 }, { x: 2 }], exclude: [{ a: { x: 1 } }] }, [{ a: { x: 2 } }]],
  ])('%s', (_why, matrix, expected) => {
    expect(expandMatrix(matrix)).toEqual(expected)
  })

  // The example of GitHub's manual, "Expanding or adding matrix configurations".
  it('extends and adds as the manual says', () => {
    const include = [
      { color: 'green' },
      { color: 'pink', animal: 'cat' },
      { fruit: 'apple', shape: 'circle' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]
    expect(expandMatrix({ fruit: ['apple', 'pear'], animal: ['cat', 'dog'], include })).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ])
  })

  it.each<[Json, string]>([
    [{ a: [] }, '"a" has no values'],
    [{ a: 'x' }, '"a" has to be a list'],
    [[1], 'it has to be a mapping'],
    [{ a: [1], exclude: [{ a: 1 }] }, 'leaves no combination'],
    [{ include: [3] }, '"include" has to be a list of mappings'],
    [{ a: Array.from({ length: 17 }, (_, i) => i), b: Array.from({ length: 17 }, (_, i) => i) }, 'it makes 289 jobs'],
    [Object.fromEntries('abcdefgh'.split('').map((k) => [k, Array.from({ length: 100 }, (_, i) => i)])), 'jobs; at most 256'],
  ])('refuses %j', (matrix, message) => {
    expect(() => expandMatrix(matrix)).toThrow(message)
  })

  const scalar = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y', 'z'), fc.boolean())
  const keys = fc.constantFrom('a', 'b', 'c')
  const vectors = fc.dictionary(keys, fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }), { minKeys: 1, maxKeys: 3, noNullPrototype: true })
  const filters = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), scalar, { minKeys: 1, maxKeys: 2, noNullPrototype: true }), { maxLength: 4 })

  it('makes the product of the vectors, each combination once', () => {
    fc.assert(
      fc.property(vectors, (matrix) => {
        const combinations = expandMatrix(matrix)
        expect(combinations).toHaveLength(Object.values(matrix).reduce((product, values) => product * values.length, 1))
        expect(new Set(combinations.map((combination) => JSON.stringify(combination))).size).toBe(combinations.length)
      }),
    )
  })

  it('never lets an include alter a value of a vector, and uses every include', () => {
    fc.assert(
      fc.property(vectors, filters, (matrix, include) => {
        const plain = expandMatrix(matrix)
        const combinations = expandMatrix({ ...matrix, include })
        plain.forEach((original, index) => expect(combinations[index]).toMatchObject(original))
        for (const added of include) expect(combinations.some((combination) => Object.keys(added).every((key) => key in combination))).toBe(true)
      }),
    )
  })

  it('keeps nothing that an exclusion names, and all that none names', () => {
    fc.assert(
      fc.property(vectors, filters, (matrix, exclude) => {
        const isExcluded = (combination: JsonObject): boolean =>
          exclude.some((filter) => Object.entries(filter).every(([key, value]) => combination[key] === value))
        const expected = expandMatrix(matrix).filter((combination) => !isExcluded(combination))
        expect(outcomeOf({ ...matrix, exclude })).toEqual(expected.length === 0 ? 'the matrix is wrong: "exclude" leaves no combination' : expected)
      }),
    )
  })
})

describe('matrixJobName', () => {
  it.each<[JsonObject, string]>([
    [{}, 'build'],
    [{ node: 20, os: 'ubuntu' }, 'build (20, ubuntu)'],
    [{ target: { os: 'linux', arch: 'x64' } }, 'build (linux, x64)'],
  ])('%j is %s', (combination, name) => expect(matrixJobName('build', combination)).toBe(name))
})

function outcomeOf(matrix: Json): unknown {
  try {
    return expandMatrix(matrix)
  } catch (error) {
    return (error as Error).message
  }
}
