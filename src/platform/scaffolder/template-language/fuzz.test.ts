import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { isFault } from '#kernel/common/fault'
import { FILTERS } from './filters.ts'
import { DeferredNeeded, evaluateTree, parseTemplate, renderTree, SecretText, Deferred, Pattern, type TemplateLoader } from './index.ts'
import { Callable } from './opaque.ts'
import { TESTS } from './tests.ts'

/** Runs of each test; `FUZZ_RUNS=34000` in the environment makes more than 100,000 in all. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 2_000)
const MAX_MS = 100

const HOSTILE =
  'constructor __proto__ prototype toString valueOf hasOwnProperty __defineGetter__ __lookupSetter__ caller callee process global globalThis require module env mainModule binding eval Function Symbol Reflect import this members call parts toJSON effect field then length self super loop context lookup source'.split(
    ' ',
  )
const name = fc.constantFrom(...HOSTILE, 'name', 'count', 'tags', 'owner', 'secret', 'later', 'values', 'm', 'x', 'range', 'cycler', 'joiner', 'caller')
const literal = fc.constantFrom(
  '1',
  '-1',
  '0',
  '1e9',
  '""',
  '"a"',
  "'__proto__'",
  '"constructor"',
  'true',
  'none',
  '[]',
  '{}',
  'r/(a+)+$/',
  'r/o/g',
  'r/(?=x)/',
)
const filterName = fc.constantFrom(...Object.keys(FILTERS), ...HOSTILE)
const testName = fc.constantFrom(...Object.keys(TESTS), ...HOSTILE)

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true, maxDepth: 5 },
    fc.oneof(name, literal),
    fc.tuple(tie('expression'), name).map(([target, key]) => `${target}.${key}`),
    fc.tuple(tie('expression'), tie('expression')).map(([target, key]) => `${target}[${key}]`),
    fc.tuple(tie('expression'), fc.array(tie('expression'), { maxLength: 3 })).map(([callee, args]) => `${callee}(${args.join(', ')})`),
    fc
      .tuple(tie('expression'), filterName, fc.array(tie('expression'), { maxLength: 3 }))
      .map(([value, filter, args]) => `(${value} | ${filter}(${args.join(', ')}))`),
    fc.tuple(tie('expression'), testName).map(([value, test]) => `(${value} is ${test})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/', '//', '%', '**', '~', '==', '===', '<', 'in', 'and', 'or'), tie('expression'))
      .map((parts) => `(${parts.join(' ')})`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} if ${b} else ${c})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(name, tie('expression')).map(([key, value]) => `{"${key}": ${value}}`),
  ),
}))
const { statement } = fc.letrec<{ statement: string }>((tie) => ({
  statement: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    expression.map((value) => `\${{ ${value} }}`),
    fc.tuple(name, expression).map(([key, value]) => `{% set ${key} = ${value} %}`),
    fc.tuple(name, tie('statement')).map(([key, body]) => `{% set ${key} %}${body}{% endset %}`),
    fc.tuple(expression, tie('statement'), tie('statement')).map(([value, body, otherwise]) => `{% if ${value} %}${body}{% else %}${otherwise}{% endif %}`),
    fc.tuple(name, expression, tie('statement')).map(([key, value, body]) => `{% for ${key} in ${value} %}${body}{% endfor %}`),
    fc.tuple(name, name, tie('statement')).map(([macro, key, body]) => `{% macro ${macro}(${key}, x=1) %}${body}{% endmacro %}\${{ ${macro}(1) }}`),
    fc.tuple(name, tie('statement')).map(([macro, body]) => `{% call ${macro}() %}${body}{% endcall %}`),
    fc.tuple(name, tie('statement')).map(([block, body]) => `{% block ${block} %}${body}\${{ super() }}{% endblock %}`),
    fc.constantFrom('{% include "self" %}', '{% include "../../etc/passwd" %}', '{% import "lib" as m %}', '{% from "lib" import x %}', '{% extends "base" %}'),
    fc.tuple(expression).map(([value]) => `{% include ${value} %}`),
    fc.tuple(tie('statement'), tie('statement')).map((both) => both.join('')),
  ),
}))

const data = {
  name: 'orders',
  count: 3,
  tags: ['b', 'a', ['c']],
  owner: { kind: 'group', name: 'payments', constructor: 'mine' },
  values: JSON.parse('{"__proto__": {"polluted": 1}, "a": {"b": 1}}') as unknown,
  secret: new SecretText([{ name: 'TOKEN' }]),
  later: new Deferred('pr', 'number'),
}
const load: TemplateLoader = (file) => {
  const found: Record<string, string> = {
    self: '{% include "self" %}',
    lib: '{% macro x(a) %}${{ a }}{% endmacro %}{% set y = 1 %}',
    base: '<{% block name %}base{% endblock %}>',
  }
  const text = Object.hasOwn(found, file) ? found[file] : undefined
  return text === undefined ? undefined : { name: file, root: parseTemplate(text, { where: file }) }
}

/** Nothing that is no data may come out, and nothing of ours may be altered. */
function assertHarmless(result: unknown): void {
  if (typeof result === 'string') expect(result).not.toMatch(/native code|function \w*\(/)
  else if (Array.isArray(result)) for (const item of result) assertHarmless(item)
  else if (typeof result === 'object' && result !== null) {
    const prototype: unknown = Object.getPrototypeOf(result)
    expect(prototype === null || CLOSED.some((kind) => result instanceof kind)).toBe(true)
    if (prototype === null) for (const member of Object.values(result)) assertHarmless(member)
  } else expect(typeof result).not.toBe('function')
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
}
const CLOSED = [SecretText, Deferred, Pattern, Callable]

function run(text: string): void {
  const startedAt = process.threadCpuUsage()
  let result: unknown[] = []
  try {
    const root = parseTemplate(text, { where: 'fuzz' })
    result = [
      renderedOr(() => renderTree(root, data, { where: 'fuzz', load })),
      renderedOr(() => evaluateTree(root, data, { where: 'fuzz', load, isJinja: true })),
    ]
  } catch (error) {
    if (!isFault(error)) throw error
  }
  const used = process.threadCpuUsage(startedAt)
  assertHarmless(result)
  // Two evaluations, each within its time.
  expect((used.user + used.system) / 1_000).toBeLessThan(2 * MAX_MS + 60)
}

function renderedOr(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (!isFault(error) && !(error instanceof DeferredNeeded)) throw error
    return undefined
  }
}

describe('templates made at random', () => {
  it('end in a fault or in data, in time', { timeout: 600_000 }, () => {
    fc.assert(fc.property(statement, run), { numRuns: RUNS })
  })

  it('of expressions alone too', { timeout: 600_000 }, () => {
    expect.hasAssertions()
    fc.assert(
      fc.property(expression, (value) => run(`\${{ ${value} }}`)),
      { numRuns: RUNS },
    )
  })

  it('and of any characters', { timeout: 600_000 }, () => {
    expect.hasAssertions()
    const piece = fc.oneof(
      fc.constantFrom('${{', '}}', '{%', '%}', '{#', '#}', '{% raw %}', '{% endraw %}', '-%}', '{%-', ' if ', ' endif ', '"', '|', '(', ')', '[', ']', '.'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => run(pieces.join(''))),
      { numRuns: RUNS },
    )
  })
})

describe('patterns that would take for ever', () => {
  const long = 'a'.repeat(5_000)
  it.each(['(a+)+$', '(a|aa)+$', '(a|a)*b', '([a-z]+)*!', '(.*)*x', 'a{1,500}a{1,500}$'])('/%s/ is answered or refused in time', (pattern) => {
    const root = parseTemplate(`\${{ r/${pattern}/.test(text) }}\${{ text | replace(r/${pattern}/g, "x") }}`, { where: 'x' })
    const startedAt = process.threadCpuUsage()
    renderedOr(() => renderTree(root, { text: `${long}!` }, { where: 'x' }))
    const used = process.threadCpuUsage(startedAt)
    expect((used.user + used.system) / 1_000).toBeLessThan(600)
  })
})
