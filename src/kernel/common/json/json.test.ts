import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson } from './json.ts'

it('gives equal values equal texts, whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const shuffled = Object.fromEntries(Object.entries(value).reverse())
      expect(canonicalJson(shuffled)).toBe(canonicalJson(value))
    }),
  )
})

it('leaves out what is undefined and keeps the order of lists', () => {
  expect(canonicalJson({ b: [2, 1], a: undefined, c: { z: 1, y: null } })).toBe('{"b":[2,1],"c":{"y":null,"z":1}}')
})
