import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { isFault } from '#kernel/common/fault'
import { evaluateTree, renderTree } from './evaluate.ts'
import { parseTemplate } from './syntax-tree.ts'

const context = {
  name: 'orders',
  count: 3,
  tags: ['b', 'a'],
  owner: { kind: 'group', name: 'payments' },
  empty: '',
  nothing: null,
  yes: true,
  repo: 'github.com?owner=acme&repo=orders',
}
const render = (text: string, data: Record<string, unknown> = context): string => renderTree(parseTemplate(text, { where: 'file' }), data, { where: 'file' })
const outcomeOf = (text: string): { printed: string; error?: unknown } => {
  try {
    return { printed: render(text) }
  } catch (error) {
    return { printed: '', error }
  }
}
const evaluate = (text: string): unknown => evaluateTree(parseTemplate(text, { where: 'file' }), context, { where: 'file' })

describe('rendering', () => {
  it.each([
    ['Hello ${{ name }}!', 'Hello orders!'],
    ['${{ owner.name }} ${{ owner["kind"] }} ${{ tags[0] }} ${{ tags.length }}', 'payments group b 2'],
    ['${{ missing }}|${{ missing.deep }}|${{ nothing }}', '||'],
    ['{{ name }} and ${name} stay', '{{ name }} and ${name} stay'],
    ['{% if yes and count > 2 %}a{% elif no %}b{% else %}c{% endif %}', 'a'],
    ['{% if missing %}a{% else %}c{% endif %}', 'c'],
    ['{% for tag in tags | sort %}${{ loop.index }}=${{ tag }}{% if not loop.last %},{% endif %}{% endfor %}', '1=a,2=b'],
    ['{% for k, v in owner %}${{ k }}:${{ v }};{% endfor %}', 'kind:group;name:payments;'],
    ['{% for x in none %}a{% else %}nothing{% endfor %}', 'nothing'],
    ['{% set x = name ~ "-" ~ count %}${{ x }}', 'orders-3'],
    ['{% set x %}<${{ name }}>{% endset %}${{ x }}', '<orders>'],
    ['{% raw %}${{ secrets.X }}{% endraw %}', '${{ secrets.X }}'],
    ['a{# comment #}b', 'ab'],
    ['x\n{%- if yes %} y{% endif -%}\n z', 'x yz'],
    ['${{ "a" if count == "3" else "b" }}', 'a'],
    ['${{ count == 3 and name != "x" }}', 'true'],
    ['${{ "a" in tags }} ${{ "z" not in tags }} ${{ "kind" in owner }} ${{ "rde" in name }}', 'true true true true'],
    ['${{ 7 // 2 }} ${{ 2 ** 3 }} ${{ 7 % 4 }} ${{ -count + 1 }}', '3 8 3 -2'],
    ['${{ name | upper }} ${{ name | capitalize }} ${{ missing | default("x") }} ${{ empty | default("x", true) }}', 'ORDERS Orders x x'],
    ['${{ owner | dump }}', '{"kind":"group","name":"payments"}'],
    ['${{ (repo | parseRepoUrl).owner }}/${{ repo | parseRepoUrl | pick("repo") }} ${{ repo | projectSlug }}', 'acme/orders acme/orders'],
    ['${{ ("group:default/payments" | parseEntityRef).name }}', 'payments'],
    ['${{ name.toUpperCase().replace("O", "0") }} ${{ "a/b/c".split("/")[1] }} ${{ tags.join("+") }}', '0RDERS b b+a'],
    ['${{ name is string }} ${{ missing is not defined }} ${{ count is odd }}', 'true true true'],
    ['${{ range(1, 4) | join(",") }}', '1,2,3'],
    ['{% switch name %}{% case "x" %}1{% case "orders" %}2{% default %}3{% endswitch %}', '2'],
    ['{% filter upper %}${{ name }}{% endfilter %}', 'ORDERS'],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected)
  })

  it('keeps the type of a lone expression', () => {
    expect(evaluate('${{ count }}')).toBe(3)
    expect(evaluate('${{ tags }}')).toEqual(['b', 'a'])
    expect(evaluate('${{ missing }}')).toBeUndefined()
    expect(evaluate(' ${{ count }}')).toBe(' 3')
  })

  it('says where and what when something is not there', () => {
    expect(() => render('ok\n  ${{ name | shout }}')).toThrow('file:2:14: there is no filter "shout"')
    expect(() => render('{% if x %}')).toThrow('file: expected elif, else, or endif, got end of file')
    expect(() => render('{% include "/etc/passwd" %}')).toThrow('"/etc/passwd" can not be read here')
  })
})

/** Payloads of known sandbox escapes (nunjucks, vm2, Jinja, Handlebars ...), each to be refused or to print nothing of ours. */
const READS = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  '__lookupGetter__',
  'caller',
  'callee',
  'arguments',
  'bind',
  'call',
  'apply',
  'at',
  'map',
  'sort',
  'filter',
  'constructor.constructor',
  '__proto__.constructor',
  'constructor.prototype',
  'constructor.name',
  'length.constructor',
]
const TARGETS = [
  '""',
  'name',
  'count',
  'tags',
  'owner',
  'yes',
  '[]',
  '{}',
  '({a: 1})',
  'range',
  'loop',
  'self',
  'this',
  'global',
  'globalThis',
  'process',
  'require',
  'cycler',
  'joiner',
  'name | dump',
  'nothing',
  '(1).x',
]
const CODE = ['return process', 'return this', "return globalThis.process.mainModule.require('child_process').execSync('id')"]
const payloads = [
  ...TARGETS.flatMap((target) => READS.map((read) => `\${{ (${target}).${read} }}`)),
  ...TARGETS.flatMap((target) => ['constructor', '__proto__'].map((read) => `\${{ (${target})["${read}"] }}`)),
  ...TARGETS.flatMap((target) => CODE.map((code) => `\${{ (${target}).constructor.constructor("${code}")() }}`)),
  ...CODE.map((code) => `\${{ range.constructor("${code}")() }}`),
  ...CODE.map((code) => `{% set f = name.split.constructor("${code}") %}\${{ f() }}`),
  ...CODE.map((code) => `\${{ name.replace("o", name.replace.constructor("${code}")) }}`),
  ...CODE.map((code) => `{% for k, v in {}.__proto__ %}\${{ v.constructor("${code}")() }}{% endfor %}`),
  '${{ dump.constructor }}',
  '${{ name | attr("constructor") }}',
  '${{ tags | map("constructor") }}',
  '${{ tags | groupby("__proto__") }}',
  '${{ tags | sort(false, false, "constructor") | dump }}',
  '${{ owner | pick("constructor") }}',
  '${{ owner | pick("__proto__") | dump }}',
  '${{ {"__proto__": {"polluted": 1}} | dump }}',
  '{% set __proto__ = {"polluted": 1} %}${{ polluted }}',
  '{% set owner.__proto__.polluted = 1 %}',
  '${{ eval("1") }}',
  '${{ Function("return 1")() }}',
  '${{ require("fs") }}',
  '${{ process.env }}',
  '${{ globalThis }}',
  '${{ import("fs") }}',
  '{% import "x" as y %}',
  '{% from "x" import y %}',
  '{% extends "x" %}',
  '{% block a %}{% endblock %}',
  '{% include name %}',
  '{% macro m() %}{% endmacro %}${{ m() }}',
  '{% call x() %}{% endcall %}',
  '${{ r/(a+)+$/.test(name) }}',
  '${{ r/x/g.constructor }}',
  '${{ name.match(r/./) }}',
  '${{ name.replace(r/o/g, "x") }}',
  '${{ caller() }}',
  '${{ super() }}',
  '${{ self.x() }}',
  '${{ env.opts }}',
  '${{ ctx }}',
  '${{ context.lookup("x") }}',
  '${{ lookup("x") }}',
  '${{ this.env }}',
  '${{ name["toString"]["constructor"] }}',
  '${{ [].constructor.from }}',
  '${{ "".sub.constructor }}',
  '${{ 1..constructor }}',
]

describe('no way from a template to code', () => {
  it.each(payloads)('%s', (text) => {
    const { printed, error } = outcomeOf(text)
    expect(error === undefined || isFault(error)).toBe(true)
    expect(printed).not.toMatch(/function|native code|\[object (?!Object)|uid=|pid|class /)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('has at least a hundred payloads', () => {
    expect(new Set(payloads).size).toBeGreaterThan(500)
  })

  it('reads nothing through a getter, a prototype or a function that was handed in', () => {
    class Holder {
      get secret(): string {
        return 'SECRET'
      }
    }
    const data = { holder: new Holder(), call: () => 'SECRET', inherited: Object.create({ secret: 'SECRET' }) as object }
    expect(render('${{ holder.secret }}${{ inherited.secret }}${{ call }}', data)).toBe('')
    expect(() => render('${{ call() }}', data)).toThrow('there is no function "call"')
  })
})

describe('caps', () => {
  it.each([
    ['steps', '{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}'],
    ['a huge range', '${{ range(1e9) }}'],
    ['doubling', `{% set x = "aaaaaaaaaaaaaaaa" %}${'{% set x = x ~ x %}'.repeat(40)}`],
    ['replacing', '{% set x = "aaaaaaaaaa".replaceAll("a", "aaaaaaaaaa") %}'.repeat(1) + '{% set x = x.replaceAll("a", x) %}'.repeat(8)],
    ['a value that holds itself often', `{% set x = ["a"] %}${'{% set x = [x, x] %}'.repeat(60)}\${{ x | dump }}`],
    ['printing such a value', `{% set x = ["a"] %}${'{% set x = [x, x] %}'.repeat(60)}\${{ x }}`],
    ['depth', `\${{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`],
    ['blanks', `${' '.repeat(500_000)}x{%- if yes %}{% endif %}`],
    ['size', 'x'.repeat(2_000_000)],
    ['tags', '${{ x }}'.repeat(100_000)],
    [
      'a search that compares all',
      `{% set a = "${'a'.repeat(1_000)}" %}${'{% set a = a ~ a %}'.repeat(9)}\${{ a.includes(a.slice(1) ~ "b") or ((a.slice(9) ~ "b") in a) }}`,
    ],
    ['one long tag', `\${{ ${'1+'.repeat(100_000)}1 }}`],
    ['rows of blanks', `{%- if x %}${' '.repeat(3_000)}`.repeat(300)],
  ])('stops %s within two seconds', (_why, text) => {
    const startedAt = performance.now()
    expect(() => render(text)).toThrow(/more than|too many|nested|too large|at most|1000000/)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('never fails otherwise than by a fault, whatever the text', () => {
    const piece = fc.constantFrom(
      '${{',
      '}}',
      '{%',
      '%}',
      '{#',
      '#}',
      ' if ',
      ' for ',
      ' in ',
      ' set ',
      ' endif ',
      ' else ',
      'x',
      '"',
      "'",
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '|',
      '.',
      ',',
      ':',
      '=',
      '==',
      '~',
      '-',
      '1',
      'raw',
      'is ',
      'not ',
      '\n',
      '\\',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { error } = outcomeOf(pieces.join(''))
        expect(error === undefined || isFault(error)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })
})
