import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldDiff } from './field-diff.ts'

const document = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.boolean(), tie('object'), fc.array(fc.oneof(fc.string(), fc.integer()))),
  object: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('value'), { maxKeys: 4 }),
})).object

describe('fieldDiff', () => {
  it.each([
    ['nothing', { a: 1 }, { a: 1 }, []],
    ['a value', { spec: { owner: 'a' } }, { spec: { owner: 'b' } }, [{ path: 'spec.owner', before: 'a', after: 'b' }]],
    [
      'what came and went',
      { spec: { a: 1 } },
      { spec: { b: 2 } },
      [
        { path: 'spec.a', before: 1, after: null },
        { path: 'spec.b', before: null, after: 2 },
      ],
    ],
    [
      'a list of values by value',
      { metadata: { tags: ['java', 'old', 'pci'] } },
      { metadata: { tags: ['new', 'java', 'pci'] } },
      [
        { path: 'metadata.tags', before: 'old', after: null },
        { path: 'metadata.tags', before: null, after: 'new' },
      ],
    ],
    ['doubles of a list', { a: ['x', 'x'] }, { a: ['x'] }, [{ path: 'a', before: 'x', after: null }]],
    ['another order of a list', { a: [1, 2] }, { a: [2, 1] }, [{ path: 'a', before: [1, 2], after: [2, 1] }]],
    [
      'a list of objects by place',
      { links: [{ url: 'a' }] },
      { links: [{ url: 'b' }, { url: 'c' }] },
      [
        { path: 'links.0.url', before: 'a', after: 'b' },
        { path: 'links.1.url', before: null, after: 'c' },
      ],
    ],
    ['a part that came', {}, { spec: { profile: { email: 'x' } } }, [{ path: 'spec.profile.email', before: null, after: 'x' }]],
    ['another sort of value', { a: { b: 1 } }, { a: 'text' }, [{ path: 'a', before: { b: 1 }, after: 'text' }]],
    ['never uid and etag', { metadata: { uid: '1', etag: 'a', name: 'n' } }, { metadata: { uid: '2', etag: 'b', name: 'n' } }, []],
    ['a key named like a part of every object', JSON.parse('{"__proto__": 1}'), {}, [{ path: '__proto__', before: 1, after: null }]],
  ])('tells %s', (_what, before, after, expected) => {
    expect(fieldDiff(before, after)).toEqual(expected)
  })

  it('is empty for equal documents only, and the same the other way round', () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        expect(fieldDiff(before, structuredClone(before))).toEqual([])
        const there = fieldDiff(before, after)
        const back = fieldDiff(after, before)
        const key = (one: { path: string; before: unknown; after: unknown }): string => JSON.stringify([one.path, one.before, one.after])
        expect(there.map(({ path, ...sides }) => key({ path, before: sides.after, after: sides.before })).sort()).toEqual(back.map(key).sort())
      }),
    )
  })
})
