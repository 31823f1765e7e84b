import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf, mergeLines } from './merge-lines.ts'

const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', '}\n'), { maxLength: 12 })
/** A text, and what somebody made of it: lines taken out, replaced and put in. Lines of a side are its own. */
const edit = (side: string): fc.Arbitrary<(base: string[]) => string[]> =>
  fc.array(fc.record({ at: fc.nat(12), remove: fc.nat(2), insert: fc.nat(2) }), { maxLength: 3 }).map((edits) => (base) => {
    const result = [...base]
    for (const [index, { at, remove, insert }] of edits.entries())
      result.splice(at, remove, ...Array.from({ length: insert }, (_, line) => `${side} ${index}.${line}\n`))
    return result
  })
const count = (text: string, line: string): number => linesOf(text).filter((candidate) => candidate === line).length

describe('mergeLines', () => {
  it.each([
    ['two ends of a text', '1\n2\n3\n4\n', 'ONE\n2\n3\n4\n', '1\n2\n3\nFOUR\n', 'ONE\n2\n3\nFOUR\n'],
    ['the same alteration on both sides', '1\n2\n', '1\nTWO\n', '1\nTWO\n', '1\nTWO\n'],
    ['one side only', '1\n2\n', '1\n2\n', '2\n', '2\n'],
    ['a line without an end', '1\n2\n3\n4', '0\n1\n2\n3\n4', '1\n2\n3\nfour', '0\n1\n2\n3\nfour'],
    ['the same line altered differently', '1\n2\n', '1\nx\n', '1\ny\n', undefined],
    ['a line that one side removed and the other altered', '1\n2\n3\n', '1\n3\n', '1\nTWO\n3\n', undefined],
  ])('%s', (_, base, ours, theirs, expected) => {
    expect(mergeLines(base, ours, theirs)).toBe(expected)
  })

  it('loses no line that one side alone put in, and brings back none that one side alone took out', () => {
    fc.assert(
      fc.property(lines, edit('ours'), edit('theirs'), (base, mine, others) => {
        const [ours, theirs] = [mine(base).join(''), others(base).join('')]
        const merged = mergeLines(base.join(''), ours, theirs)
        if (merged === undefined) return
        const own = [...linesOf(ours), ...linesOf(theirs)].filter((line) => /^(ours|theirs)/.test(line))
        for (const line of new Set(own)) expect(count(merged, line)).toBe(count(ours, line) + count(theirs, line))
        for (const line of new Set(base)) {
          const [b, o, t] = [count(base.join(''), line), count(ours, line), count(theirs, line)]
          // Each side's removals count once; both may have removed the same one.
          expect(count(merged, line)).toBeGreaterThanOrEqual(Math.max(0, o + t - b))
          expect(count(merged, line)).toBeLessThanOrEqual(Math.min(o, t))
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('is the other side where one did nothing, and the same whoever is which', () => {
    fc.assert(
      fc.property(lines, edit('ours'), edit('theirs'), (base, mine, others) => {
        const [text, ours, theirs] = [base.join(''), mine(base).join(''), others(base).join('')]
        expect(mergeLines(text, ours, text)).toBe(ours)
        expect(mergeLines(text, text, theirs)).toBe(theirs)
        expect(mergeLines(text, ours, theirs)).toBe(mergeLines(text, theirs, ours))
      }),
    )
  })
})
