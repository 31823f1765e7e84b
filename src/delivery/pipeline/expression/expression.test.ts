import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '#kernel/common/json'
import { ExpressionEvaluator } from './expression.ts'
import { loadGithubExpressions } from './github-expressions.ts'

let evaluator: ExpressionEvaluator
beforeAll(async () => {
  evaluator = new ExpressionEvaluator(await loadGithubExpressions())
})

interface Case {
  expr: string
  contexts?: Record<string, Json>
  result?: { kind: string; value?: unknown }
  err?: { kind: string; value: string }
  options?: { skip?: string[] }
}

const corpus = path.resolve('../shared/corpus/github-expressions/actions+languageservices/expressions/testdata')

describe.skipIf(!existsSync(corpus))("GitHub's own table of expressions", () => {
  const cases = !existsSync(corpus)
    ? []
    : readdirSync(corpus).flatMap((file) =>
        Object.values(JSON.parse(readFileSync(path.join(corpus, file), 'utf8')) as Record<string, Case[]>)
          .flat()
          .filter((entry) => !entry.options?.skip?.includes('typescript'))
          .map((entry) => ({ ...entry, file })),
      )

  it('has the cases that we claim', () => expect(cases.length).toBeGreaterThan(300))

  it.each(cases.filter((entry) => entry.result))('$file: $expr', ({ expr, contexts, result }) => {
    const value = evaluator.evaluate(expr, { contexts: contexts ?? {} })
    expect(value).toEqual(expectedOf(result))
  })

  it.each(cases.filter((entry) => entry.err))('$file refuses: $expr', ({ expr, contexts, err }) => {
    expect(() => evaluator.evaluate(expr, { contexts: contexts ?? {} })).toThrow(err?.value.split('. Located')[0])
  })
})

describe('ExpressionEvaluator', () => {
  it('says where a fault stands', () => {
    expect(() => evaluator.evaluate('1 < )', { contexts: {} })).toThrow("Unexpected symbol: ')'. Located at position 5 within expression: 1 < )")
  })

  it.each(["constructor('x')", 'constructor()', '__proto__()', "github['constructor']()", 'hasownproperty(1)'])(
    'runs no code of the host for %s',
    (expression) => {
      expect(() => evaluator.text(expression, { contexts: { github: {} } })).toThrow('fails')
    },
  )

  it('knows the functions of its scope by any letter case', () => {
    const functions = { hashfiles: { minArgs: 1, maxArgs: 255, call: (...args: Json[]) => args.length } }
    expect(evaluator.evaluate("hashFiles('a', 'b')", { contexts: {}, functions })).toBe(2)
  })

  it('gives back any text that is written as a literal', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."'a{}\n\\ $".split('')), maxLength: 20 }), (text) => {
        expect(evaluator.evaluate(`'${text.replaceAll("'", "''")}'`, { contexts: {} })).toBe(text)
      }),
    )
  })

  it('gives back any JSON that goes through a context', () => {
    const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => isFoldable(value as Json))
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.stringify(evaluator.evaluate('value', { contexts: { value: value as Json } }))).toBe(JSON.stringify(value))
      }),
    )
  })

  it('gives back any JSON through toJSON and fromJSON', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => isFoldable(value as Json))
    fc.assert(
      fc.property(json, (value) => {
        expect(evaluator.evaluate('fromJSON(toJSON(value))', { contexts: { value: value as Json } })).toEqual(normalised(value as Json))
      }),
    )
  })

  it('answers any text with a value or with its own fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'()[]{}.,!&|=<>*\'"ab1 -'.split('')), maxLength: 30 }), (text) => {
        expect([undefined, 'delivery.pipeline.bad_expression']).toContain(codeOf(() => evaluator.evaluate(text, { contexts: { a: { b: 1 } } })))
      }),
      { numRuns: 500 },
    )
  })
})

/** GitHub's dictionaries ignore letter case and their index has JavaScript's own names: such keys can't go through. */
function isFoldable(value: Json): boolean {
  if (value === null || typeof value !== 'object') return true
  if (Array.isArray(value)) return value.every(isFoldable)
  const keys = Object.keys(value).map((key) => key.toLowerCase())
  return new Set(keys).size === keys.length && keys.every((key) => !(key in {})) && Object.values(value).every(isFoldable)
}

function normalised(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

/** The table writes Infinity and NaN as texts, and null as a kind. */
function expectedOf(result: Case['result']): unknown {
  if (result?.kind === 'Null') return null
  return result?.kind === 'Number' ? Number(result.value) : result?.value
}

function codeOf(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? error
  }
}
