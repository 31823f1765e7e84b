import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseBlocks, parseInline } from './blocks.ts'

describe('parseBlocks', () => {
  test('a README falls into its blocks', () => {
    const text = '# Orders\n\nTakes orders,\nand keeps them.\n\n- one\n- two\n\n1. first\n\n```sh\nnpm start\n# not a heading\n```\nend'
    expect(parseBlocks(text)).toEqual([
      { kind: 'heading', level: 1, text: 'Orders' },
      { kind: 'paragraph', text: 'Takes orders, and keeps them.' },
      { kind: 'list', isOrdered: false, items: ['one', 'two'] },
      { kind: 'list', isOrdered: true, items: ['first'] },
      { kind: 'code', text: 'npm start\n# not a heading' },
      { kind: 'paragraph', text: 'end' },
    ])
  })

  test('an unclosed fence runs to the end', () => {
    expect(parseBlocks('```\na\nb')).toEqual([{ kind: 'code', text: 'a\nb' }])
  })

  test('indented code keeps its lines, and what stands in them', () => {
    expect(parseBlocks('Try:\n\n    npm ci\n\n      # deeper\n\nend')).toEqual([
      { kind: 'paragraph', text: 'Try:' },
      { kind: 'code', text: 'npm ci\n\n  # deeper' },
      { kind: 'paragraph', text: 'end' },
    ])
  })

  test('rows over a rule are a table, others are text', () => {
    expect(parseBlocks('| a | b |\n|---|:-:|\n| `1` | |\n\n| no | table |')).toEqual([
      { kind: 'table', head: ['a', 'b'], rows: [['`1`', '']] },
      { kind: 'paragraph', text: '| no | table |' },
    ])
  })

  test('any text ends, and loses no word outside of markers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('# a', 'b', '- c', '1. d', '```', '', '~~~', '#', '-', '    x', '\t', '| a |', '|---|'), { maxLength: 30 }),
        (lines) => {
          expect(Array.isArray(parseBlocks(lines.join('\n')))).toBe(true)
        },
      ),
    )
  })
})

test('only http links become links', () => {
  expect(parseInline('see [docs](https://a.example/x) and [bad](javascript:alert(1)) `code` **bold**')).toEqual([
    { kind: 'text', text: 'see ' },
    { kind: 'link', text: 'docs', href: 'https://a.example/x' },
    { kind: 'text', text: ' and [bad](javascript:alert(1)) ' },
    { kind: 'code', text: 'code' },
    { kind: 'text', text: ' ' },
    { kind: 'strong', text: 'bold' },
  ])
})
