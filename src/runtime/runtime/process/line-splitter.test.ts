import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LINE_LIMIT_BYTES, splitLines } from './line-splitter.ts'

it('leaves an unfinished line until it is finished or the stream ends', () => {
  const bytes = Buffer.from('one\ntwo\r\nthr')
  expect(splitLines(bytes, 100, false)).toEqual([
    { text: 'one', end: 104 },
    { text: 'two', end: 109 },
  ])
  expect(splitLines(bytes, 100, true).at(-1)).toEqual({ text: 'thr', end: 112 })
})

it('gives an endless line in parts', () => {
  const lines = splitLines(Buffer.alloc(LINE_LIMIT_BYTES * 2 + 5, 'x'), 0, false)
  expect(lines.map((line) => line.text.length)).toEqual([LINE_LIMIT_BYTES, LINE_LIMIT_BYTES])
})

it('loses and doubles nothing, however the stream is cut into reads', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ''))),
      fc.array(fc.integer({ min: 1, max: 9 })),
      (texts, cuts) => {
        const whole = Buffer.from(texts.map((text) => `${text}\n`).join(''))
        const seen: string[] = []
        let offset = 0
        for (let visible = 0, round = 0; offset < whole.length; round++) {
          visible = Math.min(whole.length, visible + (cuts[round] ?? 50))
          for (const line of splitLines(whole.subarray(offset, visible), offset, false)) {
            seen.push(line.text)
            offset = line.end
          }
        }
        expect(seen).toEqual(texts)
      },
    ),
  )
})
