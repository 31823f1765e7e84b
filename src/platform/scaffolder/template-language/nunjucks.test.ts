import { describe, expect, it } from 'vitest'
import { Deferred, DeferredNeeded, evaluateTree, parseTemplate, renderTree, SecretText, type TemplateLoader } from './index.ts'

const data = {
  name: 'orders',
  tags: ['b', 'a', 'C'],
  people: [
    { name: 'Ana', team: 'a', age: 3 },
    { name: 'ben', team: 'b', age: 1 },
    { name: 'Cy', team: 'a', age: 2 },
  ],
  owner: { kind: 'group', name: 'payments' },
}
const FILES: Record<string, string> = {
  'lib.njk': '{% macro field(name, value="", type="text") %}<${{ type }} ${{ name }}=${{ value }}>{% endmacro %}{% set version = 2 %}{% set _hidden = 3 %}',
  'base.njk': '<{% block head %}base of ${{ name }}{% endblock %}|{% block body %}empty{% endblock %}>',
  'middle.njk': '{% extends "base.njk" %}{% block head %}middle + ${{ super() }}{% endblock %}',
  'part.njk': '[${{ name }}]{% set name = "changed" %}',
  'deep/a.njk': '{% include "./b.njk" %}{% include "../part.njk" %}',
  'deep/b.njk': 'b',
  'self.njk': '{% include "self.njk" %}',
}
const load: TemplateLoader = (name, from) => {
  const full = name.startsWith('.') ? new URL(name, `file:///${from}`).pathname.slice(1) : name
  const text = Object.hasOwn(FILES, full) ? FILES[full] : undefined
  return text === undefined ? undefined : { name: full, root: parseTemplate(text, { where: full }) }
}
const render = (text: string, isJinja = false): string =>
  renderTree(parseTemplate(text, { where: 'main', isJinja }), isJinja ? { cookiecutter: data } : data, { where: 'main', load, isJinja })
const evaluate = (text: string, context: Record<string, unknown>): unknown => evaluateTree(parseTemplate(text, { where: 'x' }), context, { where: 'x' })

describe('macros, blocks and files', () => {
  it.each([
    ['{% macro hi(who, mark="!") %}Hi ${{ who }}${{ mark }}{% endmacro %}${{ hi("a") }} ${{ hi("b", mark="?") }} ${{ hi("c", ".") }}', 'Hi a! Hi b? Hi c.'],
    ['{% macro box() %}<${{ caller() }}>{% endmacro %}{% call box() %}in ${{ name }}{% endcall %}', '<in orders>'],
    ['{% macro each(xs) %}{% for x in xs %}${{ caller(x) }};{% endfor %}{% endmacro %}{% call(x) each(tags) %}${{ x }}{% endcall %}', 'b;a;C;'],
    ['{% for x in [1] %}{% macro see() %}[${{ x }}]{% endmacro %}${{ see() }}{% endfor %}', '[]'],
    ['{% import "lib.njk" as lib %}${{ lib.field("n", type="area") }} ${{ lib.version }} ${{ lib._hidden }}', '<area n=> 2 '],
    ['{% from "lib.njk" import field as f, version %}${{ f("n", 1) }}${{ version }}', '<text n=1>2'],
    ['{% include "part.njk" %}${{ name }}', '[orders]orders'],
    ['{% include "deep/a.njk" %}', 'b[orders]'],
    ['{% include "missing.njk" ignore missing %}ok', 'ok'],
    ['{% include ["missing.njk", "part.njk"] %}', '[orders]'],
    ['{% extends "base.njk" %}{% block body %}own{% endblock %} not printed', '<base of orders|own>'],
    ['{% extends "middle.njk" %}{% block head %}top + ${{ super() }}{% endblock %}', '<top + middle + base of orders|empty>'],
    ['{% block a %}1{% endblock %}${{ name }}', '1orders'],
    ['{% set n = 1 %}{% for x in tags %}{% set n = n + 1 %}{% endfor %}${{ n }}', '4'],
    ['{% for x in tags %}{% set fresh = x %}{% endfor %}${{ fresh }}', ''],
    ['{% for x in tags %}{% set name = x %}{% endfor %}${{ name }}', 'orders'],
    ['{% set c = cycler("odd", "even") %}{% for x in tags %}${{ c.next() }} {% endfor %}${{ c.current }}', 'odd even odd odd'],
    ['{% set comma = joiner(", ") %}{% for x in tags %}${{ comma() }}${{ x }}{% endfor %}', 'b, a, C'],
    ['{% switch 1 %}{% case 1 %}{% case 2 %}both{% default %}no{% endswitch %}', 'both'],
    ['{% asyncEach x in tags %}${{ x }}{% endeach %}', 'baC'],
    ['{% verbatim %}${{ x }}{% endverbatim %}', '${{ x }}'],
    ['{% for a, b in [[1, 2], [3, 4]] %}${{ a + b }} ${{ loop.revindex }} {% endfor %}', '3 2 7 1 '],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected)
  })

  it.each([
    ['{% include "../../etc/passwd" %}', '"../../etc/passwd" is not in the folder'],
    ['{% include "self.njk" %}', 'call each other more than 20 deep'],
    ['{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}', 'call each other more than 20 deep'],
    ['{% from "lib.njk" import nothing %}', 'there is no "nothing" to import'],
    ['{% if true %}{% extends "base.njk" %}{% endif %}', 'extends stands at the top'],
    ['${{ tags | random }}', 'another result each time'],
  ])('%s is refused', (text, message) => {
    expect(() => render(text)).toThrow(message)
  })

  it('names the file and line in which a fault is', () => {
    FILES['broken.njk'] = 'ok\n${{ name | shout }}'
    expect(() => render('{% include "broken.njk" %}')).toThrow('broken.njk:2:')
  })
})

describe('filters', () => {
  it.each([
    ['${{ people | groupby("team") | dump }}', JSON.stringify({ a: [data.people[0], data.people[2]], b: [data.people[1]] })],
    ['${{ people | sort(attribute="age") | map(attribute="name") | join(",") }}', 'ben,Cy,Ana'],
    ['${{ people | sort(true, false, "name") | join(",", "name") }}', 'Cy,ben,Ana'],
    ['${{ tags | sort(case_sensitive=true) | join }} ${{ tags | sort | join }}', 'Cab abC'],
    ['${{ people | selectattr("age", "gt", 1) | join("", "name") }} ${{ people | rejectattr("age") | length }}', 'AnaCy 0'],
    ['${{ [1, 2, 3, 4] | select("even") | join }} ${{ [1, 0, 2] | reject | join }} ${{ [1, 2] | reject("odd") | join }}', '24 0 2'],
    ['${{ [1, 2, 3, 4, 5] | batch(2, "-") | dump }}', '[[1,2],[3,4],[5,"-"]]'],
    ['${{ [1, 2, 3, 4, 5] | slice(3) | dump }}', '[[1,2],[3,4],[5]]'],
    ['${{ {b: 1, a: 2} | dictsort | dump }} ${{ {b: 1, a: 2} | dictsort(false, "value") | dump }}', '[["a",2],["b",1]] [["b",1],["a",2]]'],
    ['${{ "hello big world" | truncate(8) }} ${{ "hello big world" | truncate(9, true, "…") }}', 'hello... hello big…'],
    ['${{ "abc" | replace("", ".") }} ${{ "aaa" | replace("a", "b", 2) }} ${{ "a1b2" | replace(r/\\d/g, "<$&>") }}', '.a.b.c. bba a<1>b<2>'],
    ['${{ "a\nb" | indent(2) }}|${{ "a\nb" | indent(2, true) }}', 'a\n  b|  a\n  b'],
    [
      '${{ "<b>x</b>  <i>y</i>" | striptags }} ${{ "a&b" | escape }} ${{ "x y" | urlencode }} ${{ {a: 1, b: "x y"} | urlencode }}',
      'x y a&amp;b x%20y a=1&b=x%20y',
    ],
    ['${{ "see https://x.io/a." | urlize }}', 'see <a href="https://x.io/a">https://x.io/a</a>'],
    [
      '${{ "12px" | int }} ${{ "x" | int(7) }} ${{ "ff" | int(base=16) }} ${{ "1.5" | float }} ${{ 1.256 | round(2) }} ${{ 1.2 | round(0, "ceil") }}',
      '12 7 255 1.5 1.26 2',
    ],
    ['${{ people | sum("age") }} ${{ [1, 2] | sum }} ${{ "a b-c" | wordcount }} ${{ [3, 1] | max }} ${{ "title me" | title }}', '6 3 3 3 Title Me'],
    ['${{ owner | pick("name") }} ${{ {a: {b: 3} } | pick("a.b") }}', 'payments 3'],
    [
      '${{ "dev.azure.com?organization=o&project=p&repo=r&owner=x" | parseRepoUrl | dump }}',
      '{"host":"dev.azure.com","owner":"x","repo":"r","organization":"o","project":"p"}',
    ],
    ['${{ "gitlab.com?owner=a/b&repo=r" | projectSlug }}', 'a/b/r'],
    ['${{ name.match(r/^(o)(r)/) | dump }} ${{ "a-b" | replace(r/(\\w)-(\\w)/, "$2-$1") }} ${{ r/^or/.test(name) }}', '["or","o","r"] b-a true'],
    ['${{ "x" is eq("x") }} ${{ 3 is gt(2) }} ${{ "a" is in(tags) }} ${{ [] is sequence }} ${{ 3 is divisibleby(3) }}', 'true true true true true'],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected)
  })

  it.each(['r/(?=a)/', 'r/(a)\\1/', `r/${'a'.repeat(1_001)}/`])('refuse the pattern %s', (pattern) => {
    expect(() => render(`\${{ name | replace(${pattern}, "") }}`)).toThrow(/pattern/)
  })
})

describe('cookiecutter', () => {
  it.each([
    ['{{ cookiecutter.name }} ${{ x }} {{ cookiecutter.name.upper() }} {{ "a_b".replace("_", "-") }}', 'orders $ ORDERS a-b'],
    ['{% if True and not False and None is none %}yes{% endif %}', 'yes'],
    [
      '{% for key, value in cookiecutter.owner.items() %}{{ key }}={{ value }};{% endfor %}{{ cookiecutter.owner.get("x", "y") }}',
      'kind=group;name=payments;y',
    ],
    ['{{ cookiecutter.tags | jsonify }} {{ cookiecutter.owner.keys() | join(",") }}', '["b","a","C"] kind,name'],
  ])('%s', (text, expected) => {
    expect(render(text, true)).toBe(expected)
  })

  it('keeps its names to itself', () => {
    expect(render('${{ True }}|{{ cookiecutter.name }}')).toBe('|{{ cookiecutter.name }}')
    expect(() => render('${{ owner.items() }}')).toThrow('can not be called')
  })
})

describe('what is not known yet', () => {
  const later = new Deferred('pr', 'number')
  it('is passed on as it is', () => {
    expect(evaluate('${{ later }}', { later })).toBe(later)
    expect(evaluate('${{ steps.pr.output.number }}', { steps: { pr: { output: { number: later } } } })).toBe(later)
    expect(evaluate('${{ later | default("x") }}', { later })).toBe(later)
    expect(evaluate('${{ [later, 1] }}', { later })).toEqual([later, 1])
    expect(evaluate('${{ later is defined }}', { later })).toBe(true)
  })

  it.each([
    '#${{ later }}',
    '${{ later + 1 }}',
    '${{ later == 3 }}',
    '${{ later | string }}',
    '${{ "x" if later else "y" }}',
    '${{ later.x }}',
    '${{ {a: later} | dump }}',
  ])('%s has to wait', (text) => {
    expect(() => evaluate(text, { later })).toThrow(DeferredNeeded)
  })
})

describe('secrets', () => {
  const secrets = { TOKEN: new SecretText([{ name: 'TOKEN' }]) }
  it('stay closed, alone and in a text', () => {
    expect(JSON.stringify(evaluate('${{ secrets.TOKEN }}', { secrets }))).toBe('{"$secret":[{"name":"TOKEN"}]}')
    expect(JSON.stringify(evaluate('Bearer ${{ secrets.TOKEN }}!', { secrets }))).toBe('{"$secret":["Bearer ",{"name":"TOKEN"},"!"]}')
    expect(JSON.stringify(evaluate('${{ "x" ~ secrets.TOKEN }}', { secrets }))).toBe('{"$secret":["x",{"name":"TOKEN"}]}')
    expect(evaluate('${{ "given" if secrets.TOKEN else "missing" }}${{ secrets.OTHER }}', { secrets })).toBe('given')
  })

  it.each([
    '${{ secrets.TOKEN | upper }}',
    '${{ secrets.TOKEN[0] }}',
    '${{ secrets | dump }}',
    '${{ secrets.TOKEN == "x" }}',
    '{% if 1 %}${{ secrets.TOKEN }}{% endif %}',
    '${{ secrets.TOKEN.length }}',
  ])('%s is refused', (text) => {
    expect(() => evaluate(text, { secrets })).toThrow(/secret/)
    expect(() => evaluate(text, { secrets })).toThrow(expect.objectContaining({ code: 'platform.scaffolder.expression' }) as Error)
  })
})
