import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWithinScopes, SCOPE_PATTERN, scopesAllow, scopesName } from './scope.ts'

const platform = { type: 'Platform', id: 'fairway' }

describe('scopesAllow', () => {
  it.each([
    [['*'], 'change:approve', true],
    [['change:*'], 'change:approve', true],
    [['*:read'], 'change:read', true],
    [['*:read'], 'change:approve', false],
    [['*:read'], 'secret:read-metadata', false],
    [['change:approve'], 'change:approve', true],
    [['change:approv'], 'change:approve', false],
    [['change'], 'change:approve', false],
    [['change:*@Platform/fairway'], 'change:approve', true],
    [['change:*@Platform/fair'], 'change:approve', false],
    [['change:*@Platform/fair*'], 'change:approve', true],
    [[], 'change:read', false],
  ])('%j on %s: %s', (scopes, permission, expected) => expect(scopesAllow(scopes, permission, platform)).toBe(expected))
})

it('knows whether a permission was named or only swept in', () => {
  expect(scopesName(['*', '*:read'], 'change:create', platform)).toBe(false)
  expect(scopesName(['change:*'], 'change:create', platform)).toBe(true)
})

it('never lets a scope within another allow what the other does not', () => {
  const noun = fc.constantFrom('*', 'change', 'run')
  const verb = fc.constantFrom('*', 'read', 'create')
  const resource = fc.constantFrom('', '@A/*', '@A/1', '@A/12', '@B/1')
  const scope = fc.tuple(noun, verb, resource).map(([n, v, r]) => `${n}:${v}${r}`)
  const asked = fc.record({ noun: fc.constantFrom('change', 'run'), verb: fc.constantFrom('read', 'create'), id: fc.constantFrom('1', '12', '2') })
  fc.assert(
    fc.property(scope, fc.array(scope, { maxLength: 3 }), asked, (inner, own, ask) => {
      const permission = `${ask.noun}:${ask.verb}`
      const target = { type: 'A', id: ask.id }
      expect(inner).toMatch(SCOPE_PATTERN)
      if (!isWithinScopes(inner, own) || !scopesAllow([inner], permission, target)) return
      expect(scopesAllow(own, permission, target)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
