import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ZERO_SHA } from './git-names.ts'
import { refChanges, UNKNOWN_ACTOR, type WriteIntent } from './ref-changes.ts'

const main = 'refs/heads/main'
const refs = (sha?: string): Map<string, string> => new Map(sha === undefined ? [] : [[main, sha]])
const intent = (actor: string, before: string, after: string, ref = main): WriteIntent => ({ actor, updates: [{ ref, before, after }] })

describe('refChanges', () => {
  it.each([
    ['nothing moved', 'a', 'a', [intent('ana', 'a', 'b')], []],
    ['a new ref', undefined, 'a', [intent('ana', ZERO_SHA, 'a')], [['ana', ZERO_SHA, 'a']]],
    ['a deleted ref', 'a', undefined, [intent('ana', 'a', ZERO_SHA)], [['ana', 'a', ZERO_SHA]]],
    ['a refused push of another is not told', 'a', 'b', [intent('ben', 'a', 'x'), intent('ana', 'a', 'b')], [['ana', 'a', 'b']]],
    [
      'two pushes that were seen together are two',
      'a',
      'c',
      [intent('ben', 'b', 'c'), intent('ana', 'a', 'b')],
      [
        ['ana', 'a', 'b'],
        ['ben', 'b', 'c'],
      ],
    ],
    ['a move that nobody asked for', 'a', 'z', [intent('ana', 'a', 'b')], [[UNKNOWN_ACTOR, 'a', 'z']]],
    ['an intent for another ref explains nothing', 'a', 'b', [intent('ana', 'a', 'b', 'refs/heads/x')], [[UNKNOWN_ACTOR, 'a', 'b']]],
    ['a circle of intents ends', 'a', 'z', [intent('ana', 'a', 'b'), intent('ben', 'b', 'a')], [[UNKNOWN_ACTOR, 'a', 'z']]],
  ])('%s', (_why, before, after, intents, expected) => {
    const changes = refChanges(refs(before), refs(after), intents)
    expect(changes.map((change) => [change.actor, change.before, change.after])).toEqual(expected)
  })

  it('applied to what was seen, the changes always give what is now', () => {
    const sha: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd')
    const state = fc.dictionary<string, string>(fc.constantFrom('refs/heads/x', 'refs/heads/y', 'refs/tags/t'), sha)
    const update = fc.record({ ref: fc.constantFrom('refs/heads/x', 'refs/heads/y'), before: sha, after: sha })
    fc.assert(
      fc.property(state, state, fc.array(fc.record({ actor: fc.constantFrom('ana', 'ben'), updates: fc.array(update) })), (seen, now, intents) => {
        const result = new Map(Object.entries(seen))
        for (const change of refChanges(new Map(Object.entries(seen)), new Map(Object.entries(now)), intents)) {
          expect(result.get(change.ref) ?? ZERO_SHA).toBe(change.before)
          if (change.after === ZERO_SHA) result.delete(change.ref)
          else result.set(change.ref, change.after)
        }
        expect(Object.fromEntries(result)).toEqual(now)
      }),
    )
  })
})
