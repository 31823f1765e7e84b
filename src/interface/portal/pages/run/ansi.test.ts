import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAnsi, stripAnsi } from './ansi.ts'

const plain = { tone: null, isBold: false, isFaint: false }

describe('ANSI colours', () => {
  test.each([
    ['hello', [{ text: 'hello', ...plain }]],
    ['', []],
    [
      '\u001b[31mred\u001b[0m rest',
      [
        { text: 'red', ...plain, tone: 'red' },
        { text: ' rest', ...plain },
      ],
    ],
    [
      '\u001b[1;32mok\u001b[22m x',
      [
        { text: 'ok', tone: 'green', isBold: true, isFaint: false },
        { text: ' x', ...plain, tone: 'green' },
      ],
    ],
    [
      '\u001b[38;5;196ma\u001b[mb',
      [
        { text: 'a', ...plain },
        { text: 'b', ...plain },
      ],
    ],
    ['\u001b[2Kdone\u001b]0;title\u0007', [{ text: 'done', ...plain }]],
  ])('%j', (line, pieces) => {
    expect(parseAnsi(line)).toEqual(pieces)
  })

  test('pieces joined are the stripped line, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', ' ', '\u001b[31m', '\u001b[', '\u001b', '0m', '\u001b[0m', '\u001b[38;5;1m', ';', 'ü'), { maxLength: 30 }),
        (parts) => {
          const line = parts.join('')
          expect(
            parseAnsi(line)
              .map((piece) => piece.text)
              .join(''),
          ).toBe(stripAnsi(line))
        },
      ),
    )
  })
})
