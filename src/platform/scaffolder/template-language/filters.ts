import { parseEntityRef } from '#platform/catalog'
import { parseRepositoryUrl } from '../repository-url.ts'
import type { Budget } from './budget.ts'
import { replaceEach } from './methods.ts'
import { refuse } from './refusal.ts'
import { isList, isMap, isTrue, jsonOf, mapOf, memberOf, textOf, toValue, type Value } from './value.ts'

interface FilterCall {
  named: Readonly<Record<string, Value>>
  budget: Budget
}
type Filter = (input: Value, rest: readonly Value[], call: FilterCall) => Value

const MAX_WIDTH = 1_000
const listOf = (value: Value): readonly Value[] =>
  isList(value) ? value : typeof value === 'string' ? Array.from(value) : isMap(value) ? Object.values(value) : []
const widthOf = (value: Value, otherwise: number): number => Math.min(Math.max(Math.trunc(Number(value ?? otherwise)) || 0, 0), MAX_WIDTH)
const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()
const ordered = (a: Value, b: Value): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [textOf(a).toLowerCase(), textOf(b).toLowerCase()]
  return left < right ? -1 : left > right ? 1 : 0
}
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
const textFilter =
  (change: (text: string) => string): Filter =>
  (input) =>
    input === null || input === undefined ? '' : change(textOf(input))

const orDefault: Filter = (input, [otherwise, isForFalse]) => ((isTrue(isForFalse ?? false) ? isTrue(input) : input !== undefined) ? input : otherwise)
const dump: Filter = (input, [indent]) => jsonOf(input, indent === undefined ? undefined : Number(indent))
const byAttribute =
  (isKept: (value: Value) => boolean): Filter =>
  (input, [name]) =>
    listOf(input).filter((item) => isKept(memberOf(item, name)))

/** Nunjucks' filters that need no code, and Backstage's own. What is missing is refused by name. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  abs: (input) => Math.abs(Number(input)),
  capitalize: textFilter(capitalized),
  center: (input, [width]) => {
    const text = textOf(input)
    const missing = Math.max(widthOf(width, 80) - text.length, 0)
    return ' '.repeat(missing >> 1) + text + ' '.repeat(missing - (missing >> 1))
  },
  d: orDefault,
  default: orDefault,
  dictsort: (input) =>
    isMap(input)
      ? Object.entries(input)
          .sort(([a], [b]) => ordered(a, b))
          .map(([key, value]) => [key, value])
      : refuse('dictsort takes a map'),
  dump,
  e: textFilter(escaped),
  escape: textFilter(escaped),
  first: (input) => listOf(input)[0],
  float: (input, [otherwise]) => (Number.isNaN(Number.parseFloat(textOf(input))) ? otherwise : Number.parseFloat(textOf(input))),
  indent: (input, [width, isFirst]) =>
    textOf(input)
      .split('\n')
      .map((line, index) => (index === 0 && !isTrue(isFirst ?? false) ? line : ' '.repeat(widthOf(width, 4)) + line))
      .join('\n'),
  int: (input, [otherwise]) => (Number.isNaN(Number.parseInt(textOf(input), 10)) ? otherwise : Number.parseInt(textOf(input), 10)),
  join: (input, [by, attribute]) =>
    listOf(input)
      .map((item) => textOf(attribute === undefined ? item : memberOf(item, attribute)))
      .join(textOf(by)),
  jsonify: dump,
  last: (input) => listOf(input).at(-1),
  length: (input) => (isMap(input) ? Object.keys(input).length : isList(input) || typeof input === 'string' ? input.length : 0),
  list: (input) =>
    isMap(input)
      ? Object.entries(input).map(([key, value]) =>
          mapOf([
            ['key', key],
            ['value', value],
          ]),
        )
      : listOf(input),
  lower: textFilter((text) => text.toLowerCase()),
  nl2br: textFilter((text) => text.split(/\r\n|\n/).join('<br />\n')),
  parseEntityRef: (input, [defaults]) => {
    const kind = isMap(defaults) ? memberOf(defaults, 'defaultKind') : undefined
    const namespace = isMap(defaults) ? memberOf(defaults, 'defaultNamespace') : undefined
    const parts = parseEntityRef(textOf(input), { ...(typeof kind === 'string' ? { kind } : {}), ...(typeof namespace === 'string' ? { namespace } : {}) })
    return parts ? toValue(parts) : refuse(`"${textOf(input).slice(0, 80)}" is no entity ref`)
  },
  parseRepoUrl: (input) => {
    const parts = parseRepositoryUrl(textOf(input))
    return parts ? toValue(parts) : refuse(`"${textOf(input).slice(0, 80)}" is no repository; write host?owner=…&repo=…`)
  },
  pick: (input, [key]) => memberOf(input, key),
  projectSlug: (input) => {
    const parts = parseRepositoryUrl(textOf(input))
    return parts ? `${parts.owner}/${parts.repo}` : refuse(`"${textOf(input).slice(0, 80)}" is no repository; write host?owner=…&repo=…`)
  },
  reject: (input) => listOf(input).filter((item) => !isTrue(item)),
  rejectattr: byAttribute((value) => !isTrue(value)),
  replace: (input, [from, to, count], { budget }) => {
    if (count === undefined) return replaceEach(textOf(input), textOf(from), textOf(to), budget)
    const parts = textOf(input).split(textOf(from))
    const at = Math.min(Number(count), parts.length - 1) + 1
    return [parts.slice(0, at).join(textOf(to)), ...parts.slice(at)].join(textOf(from))
  },
  reverse: (input) => (typeof input === 'string' ? Array.from(input).reverse().join('') : [...listOf(input)].reverse()),
  round: (input, [digits, method]) => {
    const factor = 10 ** widthOf(digits, 0)
    const round = method === 'ceil' ? Math.ceil : method === 'floor' ? Math.floor : Math.round
    return round(Number(input) * factor) / factor
  },
  safe: (input) => input,
  select: (input) => listOf(input).filter(isTrue),
  selectattr: byAttribute(isTrue),
  sort: (input, [isDescending, , attribute], { named, budget }) => {
    const by = attribute ?? named['attribute']
    const key = (item: Value): Value => (by === undefined ? item : memberOf(item, by))
    budget.step(listOf(input).length * 8)
    const sorted = [...listOf(input)].sort((a, b) => ordered(key(a), key(b)))
    return isTrue(isDescending ?? named['reverse'] ?? false) ? sorted.reverse() : sorted
  },
  string: (input) => textOf(input),
  striptags: textFilter((text) => text.replaceAll(/<[^<>]*>/g, '')),
  sum: (input, [attribute, start]) =>
    listOf(input).reduce<number>((total, item) => total + Number(attribute === undefined ? item : memberOf(item, attribute)), Number(start ?? 0)),
  title: textFilter((text) => text.split(' ').map(capitalized).join(' ')),
  trim: textFilter((text) => text.trim()),
  truncate: (input, [length, , end]) => {
    const [text, limit] = [textOf(input), Number(length ?? 255)]
    return text.length <= limit ? text : text.slice(0, Math.max(limit, 0)) + (end === undefined ? '...' : textOf(end))
  },
  unique: (input) => [...new Set(listOf(input))],
  upper: textFilter((text) => text.toUpperCase()),
  urlencode: textFilter((text) => encodeURIComponent(text)),
  wordcount: (input) =>
    textOf(input)
      .split(/\s+/)
      .filter((word) => word !== '').length,
}
