import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSettable, parseFileCommands } from './file-command.ts'

describe('parseFileCommands', () => {
  it.each<[string, [string, string][]]>([
    [
      'a=1\nb=x=y\n',
      [
        ['a', '1'],
        ['b', 'x=y'],
      ],
    ],
    ['a=\n', [['a', '']]],
    [
      'a<<EOF\n1\n2\nEOF\nb=3\n',
      [
        ['a', '1\n2'],
        ['b', '3'],
      ],
    ],
    ['a<<EOF\nEOF\n', [['a', '']]],
    ['a=1<<2\n', [['a', '1<<2']]],
    ['a<<=\nx\n=\n', [['a', 'x']]],
    ['\n\na=1\r\n', [['a', '1']]],
    ['', []],
  ])('%j is %j', (text, expected) => expect(parseFileCommands(text)).toEqual(expected))

  it.each(['nonsense', '=x', 'a<<', '<<EOF\nx\nEOF', 'a<<EOF\nnever ends\n'])('refuses %j', (text) => {
    expect(() => parseFileCommands(text)).toThrow(/Invalid/)
  })

  it('gives back any value that was written as a block', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\r')),
        (value) => {
          expect(parseFileCommands(`name<<ghadelimiter_1\n${value}\nghadelimiter_1\n`)).toEqual([['name', value]])
        },
      ),
    )
  })
})

it.each([
  ['PATH_TO', true],
  ['NODE_OPTIONS', false],
  ['node_options', false],
  ['GITHUB_SHA', false],
  ['RUNNER_TEMP', false],
  ['CI', true],
])('%s may be set for later steps: %s', (name, expected) => expect(isSettable(name)).toBe(expected))
