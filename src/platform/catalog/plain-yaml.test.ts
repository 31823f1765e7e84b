import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSource } from '#kernel/common/document'
import { readPlainYaml } from './plain-yaml.ts'

/** Whatever the quick reader reads is what the whole parser reads, key by key in the same order. */
function assertSame(text: string): boolean {
  const quick = readPlainYaml(text)
  if (!quick) return false
  const whole = parseSource('x.yaml', text)
  expect({ text, problems: whole.problems }).toEqual({ text, problems: [] })
  expect(JSON.stringify(quick)).toBe(JSON.stringify(whole.documents.map(({ value }) => value)))
  return true
}

// oxfmt-ignore
const scalar = fc.constantFrom(
  'a', 'service', 'true', 'True', 'null', '~', 'yes', '1', '01', '-1', '1.0', '1e3',
  '0x1f', '0o7', '.5', '1_000', '-', '--', '- a', 'a: b', 'a:b', 'a:', ':a', 'http://x/y#z',
  'a # b', 'a #b', 'a#b', '#a', '"q"', '"q\\n"', '"\\x41"', '"a" # c', '"a"#c', "'it''s'", "'a' b", '[a, b]',
  '[a,b]', '[]', '[ ]', '[a, ]', '[a: b]', '[a:b]', '{}', '{a: b}', '*a', '&a b', '!x a', '|',
  '|-', '>', '>-', '|+', '|2', '%a', '@a', '`a', '?a', '? a', ',a', 'a, b',
  'a]', '2024-01-01', '1.2.3', '.inf', '-.INF', '.nan', '=', '<<', 'ü', ' x', 'x  ', '\u00a0x',
  'x\u00a0', '$text', '${{ a }}', '"{{ a }}"', '1:2',
)
const key = fc.constantFrom('a', 'b', 'kind', 'x.y/z', '"q"', 'true', '1', 'a b', '__proto__', '<<', '$text', '-a', 'a-', 'null', '.5', 'e1')
const line = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.integer({ min: 0, max: 4 }), key, scalar).map(([indent, name, value]) => `${' '.repeat(indent)}${name}: ${value}`) },
  { weight: 2, arbitrary: fc.tuple(fc.integer({ min: 0, max: 4 }), key).map(([indent, name]) => `${' '.repeat(indent)}${name}:`) },
  { weight: 3, arbitrary: fc.tuple(fc.integer({ min: 0, max: 4 }), scalar).map(([indent, value]) => `${' '.repeat(indent)}- ${value}`) },
  { weight: 2, arbitrary: fc.tuple(fc.integer({ min: 0, max: 4 }), key, scalar).map(([indent, name, value]) => `${' '.repeat(indent)}- ${name}: ${value}`) },
  { weight: 1, arbitrary: fc.constantFrom('', '  ', '# c', '  # c', '---', '--- ', '--- a', '...', '-', '  -', '\ta: b', 'a:\tb', 'plain', '    deep', '  a') },
)

describe('readPlainYaml', () => {
  it('reads what the whole parser reads, or leaves it alone', () => {
    let read = 0
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        if (assertSame(lines.join('\n'))) read++
      }),
      { numRuns: 20_000 },
    )
    expect(read).toBeGreaterThan(200)
  })

  it('reads every well-formed tree of plain texts', () => {
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.constantFrom('a', 'service', 'a b c', 'http://x/y', 'it is, so', 'group:default/payments', '"1"', "'x: y'", '[a, b]', '5', 'true'),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd.e/f', 'metadata'), tie('tree'), { minKeys: 1, maxKeys: 4 }),
        fc
          .array(tie('tree'), { minLength: 1, maxLength: 3 })
          .map((items) => items.filter((item) => !Array.isArray(item)))
          .filter((items) => items.length > 0),
      ),
    }))
    const write = (value: unknown, indent: string): string => {
      if (Array.isArray(value))
        return `\n${value.map((item) => `${indent}- ${typeof item === 'object' ? write(item, `${indent}  `).replace(/^\n */, '') : `${String(item)}\n`}`).join('')}`
      if (typeof value === 'object' && value !== null)
        return `\n${Object.entries(value)
          .map(([name, member]) => `${indent}${name}:${typeof member === 'object' ? write(member, `${indent}  `) : ` ${String(member)}\n`}`)
          .join('')}`
      return `${String(value)}\n`
    }
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('kind', 'spec', 'x'), tree, { minKeys: 1 }), (document) => {
        expect(assertSame(write(document, '').slice(1))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  const corpus = path.resolve('..', 'shared', 'corpus')
  it.skipIf(!existsSync(corpus))('agrees on every file of the corpus, and reads most descriptors itself', () => {
    const files = ['backstage-catalog', 'backstage-templates', 'openslo', 'score', 'k8s-manifests'].flatMap((name) => yamlFiles(path.join(corpus, name)))
    const read = files.filter((file) => assertSame(readFileSync(file, 'utf8')))
    expect(files.length).toBeGreaterThan(100)
    expect(read.length).toBeGreaterThan(files.length / 5)
  })
})

function yamlFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
}
