import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkDocument, parseSource, pathText, problemText } from './document.ts'

const schema = z.object({ kind: z.literal('Thing'), spec: z.object({ steps: z.array(z.object({ id: z.string() })) }) })

describe('parseSource', () => {
  it('names file, line and column of a syntax error, and throws nothing', () => {
    const { documents, problems } = parseSource('a.yaml', 'kind: Thing\nspec: [1, 2\n')
    expect(documents).toEqual([])
    expect(problems[0]).toMatchObject({ file: 'a.yaml', line: 3 })
  })

  it('tells the first syntax error of a document, not its echoes', () => {
    const { problems } = parseSource('a.yaml', 'metadata: {name: a}\nspec: [\n  a: b\n  c: d\n---\nother: [\n')
    expect(problems.map((problem) => problem.line)).toEqual([3, 7])
  })

  it('finds the line of a wrong field, deep inside the second document', () => {
    const { documents } = parseSource('a.yaml', 'kind: Other\n---\nkind: Thing\nspec:\n  steps:\n    - id: one\n    - id: 2\n')
    const second = documents[1]
    const { problems } = checkDocument(second as NonNullable<typeof second>, schema)
    expect(problems[0]).toMatchObject({ field: 'spec.steps[1].id', file: 'a.yaml', line: 7 })
  })

  it('leads a missing field to its nearest ancestor', () => {
    const { documents } = parseSource('a.yaml', 'kind: Thing\nspec:\n  other: 1\n')
    const { problems } = checkDocument(documents[0] as (typeof documents)[number], schema)
    expect(problems[0]).toMatchObject({ field: 'spec.steps', line: 2 })
  })

  it('names each field that there is not, at its own line, even where the object has words of its own', () => {
    const { documents } = parseSource('a.yaml', 'a: 1\nb:\n  c: 2\n  dd: 3\n  ee: 4\n')
    const strict = z.object({ a: z.number(), b: z.strictObject({ c: z.number() }, { error: 'give an object with c' }) })
    expect(checkDocument(documents[0] as (typeof documents)[number], strict).problems).toMatchObject([
      { field: 'b.dd', line: 4, message: expect.stringContaining('no such field') as string },
      { field: 'b.ee', line: 5 },
    ])
  })

  it('refuses an alias bomb instead of expanding it', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(',')}]`),
    ].join('\n')
    const startedAt = performance.now()
    const { documents, problems } = parseSource('bomb.yaml', bomb)
    expect(documents).toEqual([])
    expect(problems[0]?.message).toMatch(/alias/i)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('leaves out empty documents and refuses a doubled key', () => {
    expect(parseSource('a.yaml', '---\n---\n').documents).toEqual([])
    expect(parseSource('a.yaml', 'a: 1\na: 2\n').problems[0]).toMatchObject({ line: 2 })
  })
})

describe('texts', () => {
  it.each([
    { path: [], text: '' },
    { path: ['spec', 'steps', 0, 'id'], text: 'spec.steps[0].id' },
  ])('$path is $text', ({ path, text }) => {
    expect(pathText(path)).toBe(text)
  })

  it('makes a problem clickable', () => {
    expect(problemText({ field: 'spec.owner', message: 'is missing', file: 'catalog-info.yaml', line: 4, column: 2 })).toBe(
      'catalog-info.yaml:4:2: spec.owner: is missing',
    )
  })
})
