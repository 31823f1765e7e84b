import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { globBase, globMatcher, isGlob } from './glob.ts'

describe('globMatcher', () => {
  it.each([
    ['catalog-info.yaml', 'catalog-info.yaml', true],
    ['catalog-info.yaml', 'a/catalog-info.yaml', false],
    ['**/catalog-info.yaml', 'catalog-info.yaml', true],
    ['**/catalog-info.yaml', 'a/b/catalog-info.yaml', true],
    ['services/*/catalog-info.yaml', 'services/orders/catalog-info.yaml', true],
    ['services/*/catalog-info.yaml', 'services/a/b/catalog-info.yaml', false],
    ['**/*.{yaml,yml}', '.github/a.yml', true],
    ['[ab].yaml', 'b.yaml', true],
    ['a+(b).yaml', 'abb.yaml', false],
    ['!a.yaml', 'b.yaml', false],
    ['#a*', '#abc', true],
  ])('%s on %s: %s', (glob, path, isMatch) => {
    expect(globMatcher([glob])(path)).toBe(isMatch)
  })

  it('answers in time whatever the pattern is', () => {
    const hostile = `${'**/a*'.repeat(60)}b`
    const startedAt = performance.now()
    globMatcher([hostile, `{1..1000000}${'*'.repeat(200)}`, '{a,b}'.repeat(20)])(`${'a/'.repeat(200)}c`)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })

  it('never throws, and a path without glob characters matches itself alone', () => {
    const run = fc.check(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (glob, path) => {
        const isMatch = globMatcher([glob])(path)
        return isGlob(glob) || isMatch === (glob === path)
      }),
    )
    expect(run.counterexample).toBeNull()
  })
})

it.each([
  ['services/*/catalog-info.yaml', 'services'],
  ['a/b/c.yaml', 'a/b'],
  ['*.yaml', ''],
  ['a/{b,c}/d', 'a'],
])('globBase of %s is "%s"', (glob, base) => {
  expect(globBase(glob)).toBe(base)
})
