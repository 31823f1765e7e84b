import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeTrees, textOf, type Tree, type TreeFile, type TreeMerge } from './merge-trees.ts'

const file = (text: string, isExecutable = false): TreeFile => ({ content: new TextEncoder().encode(text), isExecutable })
const tree = (files: Record<string, string>): Tree => new Map(Object.entries(files).map(([path, text]) => [path, file(text)]))
const written = (merge: TreeMerge): Record<string, string | null> =>
  Object.fromEntries(merge.writes.map((write) => [write.path, write.file === null ? null : (textOf(write.file) ?? '')]))

describe('mergeTrees', () => {
  it.each([
    ['takes what only the template altered', { a: '1\n' }, { a: '2\n' }, { a: '1\n' }, { a: '2\n' }],
    ['takes a new file', {}, { a: '1\n' }, {}, { a: '1\n' }],
    ['removes what the template removed and nobody edited', { a: '1\n' }, {}, { a: '1\n' }, { a: null }],
    ['leaves what only the child altered', { a: '1\n' }, { a: '1\n' }, { a: '2\n' }, {}],
    ['does nothing where both did the same', { a: '1\n' }, { a: '2\n' }, { a: '2\n' }, {}],
    ['leaves files of the child alone', { a: '1\n' }, { a: '1\n' }, { a: '1\n', mine: 'x' }, {}],
    ['merges lines', { a: '1\n2\n3\n' }, { a: '1\n2\nTHREE\n' }, { a: 'ONE\n2\n3\n' }, { a: 'ONE\n2\nTHREE\n' }],
  ])('%s', (_title, base, theirs, ours, expected) => {
    const merge = mergeTrees({
      base: tree(base as Record<string, string>),
      theirs: tree(theirs as Record<string, string>),
      ours: tree(ours as Record<string, string>),
    })
    expect(written(merge)).toEqual(expected)
    expect(merge.conflicts).toEqual([])
  })

  it.each([
    ['the same line', { a: '1\n' }, { a: '2\n' }, { a: '3\n' }, /same lines/],
    ['a file removed by the template, edited here', { a: '1\n' }, {}, { a: '2\n' }, /removes/],
    ['two new files of one name', {}, { a: '1\n' }, { a: '2\n' }, /already/],
  ])('leaves the child as it is in a conflict: %s', (_title, base, theirs, ours, reason) => {
    const merge = mergeTrees({
      base: tree(base as Record<string, string>),
      theirs: tree(theirs as Record<string, string>),
      ours: tree(ours as Record<string, string>),
    })
    expect(merge.writes).toEqual([])
    expect(merge.conflicts).toMatchObject([{ path: 'a', reason: expect.stringMatching(reason) as string }])
  })

  it('keeps deleted what the child has deleted', () => {
    expect(mergeTrees({ base: tree({ a: '1' }), theirs: tree({ a: '2' }), ours: tree({}) })).toEqual({ writes: [], conflicts: [], staysDeleted: ['a'] })
  })

  it('moves the name of the commit on, in whatever the child has made of the file', () => {
    const merge = mergeTrees(
      {
        base: tree({ a: 'template: t@old\nname: x\n' }),
        theirs: tree({ a: 'template: t@new\nname: x\n' }),
        ours: tree({ a: 'template: t@old\nname: mine\n' }),
      },
      { from: 't@old', to: 't@new' },
    )
    expect(written(merge)).toEqual({ a: 'template: t@new\nname: mine\n' })
  })

  it('takes over the mode, unless the child has altered it', () => {
    const merge = mergeTrees({ base: new Map([['a', file('1')]]), theirs: new Map([['a', file('1', true)]]), ours: new Map([['a', file('2')]]) })
    expect(merge.writes).toMatchObject([{ path: 'a', file: { isExecutable: true } }])
    expect(textOf(merge.writes[0]?.file ?? undefined)).toBe('2')
  })

  it('never merges what is no text', () => {
    const bytes = (value: number): Tree => new Map([['a', { content: new Uint8Array([0, value]), isExecutable: false }]])
    expect(mergeTrees({ base: bytes(1), theirs: bytes(2), ours: bytes(3) }).conflicts).toMatchObject([{ isText: false }])
    expect(mergeTrees({ base: bytes(1), theirs: bytes(2), ours: bytes(1) }).writes).toHaveLength(1)
  })
})

describe('a fleet of children', () => {
  const line = fc.constantFrom('import x\n', 'start()\n', '\n', '}\n', 'port: 8080\n', 'name: a\n')
  const text = fc.array(line, { maxLength: 10 }).map((lines) => lines.join(''))
  const paths = ['README.md', 'src/server.js', 'score.yaml', '.github/ci.yaml', 'docs/index.md']
  const files = fc.dictionary(fc.constantFrom(...paths), text)
  const edits = (side: string): fc.Arbitrary<(base: Record<string, string>) => Record<string, string>> =>
    fc
      .array(
        fc.record({ path: fc.constantFrom(...paths), at: fc.nat(10), remove: fc.nat(2), what: fc.constantFrom('edit', 'edit', 'edit', 'delete', 'add') }),
        { maxLength: 4 },
      )
      .map((list) => (base) => {
        const result = { ...base }
        for (const [index, edit] of list.entries()) {
          const lines = (result[edit.path] ?? '').match(/[^\n]*\n/g) ?? []
          if (edit.what === 'delete') delete result[edit.path]
          else
            result[edit.path] = [...lines.slice(0, edit.at), `${side} ${index}\n`, ...lines.slice(edit.at + (edit.what === 'add' ? 0 : edit.remove))].join('')
        }
        return result
      })

  // Five hundred children a run: every line that somebody wrote into a child is there afterwards, and every file that they deleted is not.
  it('of 500 repositories loses no edit', () => {
    let clean = 0
    let children = 0
    fc.assert(
      fc.property(files, edits('template'), edits('child'), (base, upgrade, edit) => {
        children++
        const theirs = upgrade(base)
        const ours = edit(base)
        const merge = mergeTrees({ base: tree(base), theirs: tree(theirs), ours: tree(ours) })
        const after = new Map(Object.entries(ours))
        for (const [path, content] of Object.entries(written(merge))) {
          if (content === null) after.delete(path)
          else after.set(path, content)
        }
        for (const [path, before] of Object.entries(ours)) {
          const own = before.split('\n').filter((item) => item.startsWith('child '))
          const now = after.get(path)?.split('\n') ?? []
          for (const item of own) expect(now, `${path}: ${item}`).toContain(item)
        }
        expect(Object.keys(base).filter((path) => !(path in ours) && after.has(path))).toEqual([])
        for (const { path } of merge.conflicts) expect(after.get(path)).toBe(ours[path])
        // What is no conflict has all that the template wrote.
        const conflicted = new Set([...merge.conflicts.map(({ path }) => path), ...merge.staysDeleted])
        for (const [path, content] of Object.entries(theirs)) {
          if (conflicted.has(path)) continue
          for (const item of content.split('\n').filter((candidate) => candidate.startsWith('template ')))
            expect(after.get(path)?.split('\n') ?? []).toContain(item)
        }
        if (merge.conflicts.length === 0) clean++
      }),
      { numRuns: 500 },
    )
    expect(children).toBeGreaterThanOrEqual(500)
    expect(clean).toBeGreaterThan(children / 4)
  })

  it('merged once has nothing more to merge', () => {
    fc.assert(
      fc.property(files, edits('template'), edits('child'), (base, upgrade, edit) => {
        const theirs = upgrade(base)
        const ours = edit(base)
        const merge = mergeTrees({ base: tree(base), theirs: tree(theirs), ours: tree(ours) })
        const after = new Map(Object.entries(ours))
        for (const [path, content] of Object.entries(written(merge))) {
          if (content === null) after.delete(path)
          else after.set(path, content)
        }
        const again = mergeTrees({ base: tree(theirs), theirs: tree(theirs), ours: tree(Object.fromEntries(after)) })
        expect(again).toEqual({ writes: [], conflicts: [], staysDeleted: [] })
      }),
    )
  })
})
