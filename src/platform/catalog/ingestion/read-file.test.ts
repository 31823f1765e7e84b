import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFile, type ReadFile } from './read-file.ts'

const read = async (text: string): Promise<ReadFile> =>
  await readFile({ path: 'catalog-info.yaml', text, location: 'url:http://x.test/catalog-info.yaml' }, 'test', { level: 'organisation' }, {})
const head = 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: orders\n'
const spec = 'spec:\n  type: service\n  lifecycle: production\n  owner: payments\n'

describe('readFile', () => {
  it('names file, line, column and field, in the document where they are', async () => {
    const { problems } = await read(`${head}${spec}---\n# second\n${head}spec:\n  type: service\n  lifecycle: 7\n  owner: payments\n`)
    expect(problems).toEqual([{ field: 'spec.lifecycle', message: 'give a text here', file: 'catalog-info.yaml', line: 17, column: 3 }])
  })

  it('names the second declaration of a ref at its own line', async () => {
    const { problems, declarations } = await read(`${head}${spec}---\n${head}${spec}`)
    expect(declarations).toHaveLength(1)
    expect(problems).toMatchObject([{ field: 'metadata.name', line: 13, column: 3 }])
  })

  it('reads good documents around a wrong one', async () => {
    const system = (name: string): string => `apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: ${name}}\nspec: {owner: x}\n`
    const { declarations, problems } = await read(`${system('a')}---\nkind: [\n---\n${system('b')}`)
    expect(declarations.map(({ ref }) => ref)).toEqual(['system:default/a', 'system:default/b'])
    expect(problems).toMatchObject([{ line: 7 }])
  })

  it('reads the same whether a document is plain or not', async () => {
    const plain = await read(`${head}${spec}`)
    const other = await read(`${head}${spec}`.replace('kind: Component', 'kind: !!str Component'))
    const { at: _a, ...a } = plain.declarations[0] ?? { at: undefined }
    const { at: _b, ...b } = other.declarations[0] ?? { at: undefined }
    expect(b).toEqual(a)
    expect(plain.declarations[0]?.at()).toEqual(other.declarations[0]?.at())
  })

  const aliases = (count: number): string =>
    `a: &a [${'x,'.repeat(9)}x]\n${Array.from({ length: count }, (_, at) => `${'abcdefghijklmnop'[at + 1]}: &${'abcdefghijklmnop'[at + 1]} [${`*${'abcdefghijklmnop'[at]},`.repeat(9)}x]`).join('\n')}\n`
  it.each<[string, string, boolean?]>([
    ['aliases that multiply', aliases(9)],
    ['aliases in a good document', `${head}  labels: {x: y}\n${spec}${aliases(5).replaceAll(/^/gm, '  ')}`],
    ['depth in flow', `${head}${spec}  x: ${'['.repeat(50_000)}`],
    ['depth in blocks', Array.from({ length: 2_000 }, (_, at) => `${' '.repeat(at % 200)}a:`).join('\n')],
    ['a long line', `${head}${spec}  x: ${'y '.repeat(400_000)}`, false],
    ['a long list', `${head}  tags:\n${'    - a\n'.repeat(100_000)}${spec}`],
    ['many wrong values', `${head}  tags: [${'1,'.repeat(60_000)}1]\n${spec}`],
    ['many keys', `${head}  annotations:\n${Array.from({ length: 30_000 }, (_, at) => `    a${at}: b\n`).join('')}${spec}`],
    ['many documents', `${head}${spec}---\n`.repeat(8_000)],
    ['many empty documents', '---\n'.repeat(250_000), false],
    ['a name that a careless pattern would try in vain', `${head.replace('orders', `${'a-'.repeat(20_000)}!`)}${spec}`],
    ['a tag that a careless pattern would try in vain', `${head}  tags: [${'a'.repeat(50_000)}!]\n${spec}`],
    ['quotes without end', `${head}${spec}  x: "${'\\"'.repeat(60_000)}`, false],
    ['more than there may be', 'x'.repeat(2_000_000)],
  ])('lets others be served in spite of %s', async (_what, text, isWrong = true) => {
    let longestMs = 0
    let last = performance.now()
    const stop = new AbortController()
    const tick = (): void => {
      longestMs = Math.max(longestMs, performance.now() - last)
      last = performance.now()
      if (!stop.signal.aborted) setImmediate(tick)
    }
    setImmediate(tick)
    const found = await read(text)
    tick()
    stop.abort()
    expect(found.problems.length > 0).toBe(isWrong)
    // On a quiet machine it is below 100; others may be measuring here.
    expect(longestMs).toBeLessThan(1_000)
  })

  it('never throws, whatever is in a file', async () => {
    const piece = fc.constantFrom(
      'apiVersion: ',
      'backstage.io/v1alpha1',
      '\n',
      '\n  ',
      'kind: ',
      'Component',
      'metadata:',
      ' {',
      '}',
      '[',
      ']',
      '---\n',
      'name: a',
      '- ',
      ': ',
      '"',
      "'",
      '&a ',
      '*a',
      '!!x ',
      '$text: ',
      '|\n',
      '>\n',
      '\t',
      '#',
      ',',
      '\u0000',
      '\ud800',
      '__proto__: ',
      'spec:',
      'null',
      '0x',
      '%YAML 1.1\n',
      '...\n',
      '? ',
      '<<: ',
      'e'.repeat(300),
    )
    const broken = fc.tuple(fc.nat(160), fc.nat(20), fc.oneof(piece, fc.string({ maxLength: 6 }))).map(([at, length, text]) => {
      const good = `${head}${spec}`
      return good.slice(0, at) + text + good.slice(at + length)
    })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
          broken,
          fc.string({ maxLength: 60 }),
        ),
        async (text) => {
          const found = await read(text)
          for (const { line, column } of found.problems) expect([line, column].every((place) => Number.isInteger(place) && (place ?? 0) > 0)).toBe(true)
          for (const { body, at } of found.declarations) {
            expect(JSON.parse(body)).toBeTypeOf('object')
            expect(at().line).toBeGreaterThan(0)
          }
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
