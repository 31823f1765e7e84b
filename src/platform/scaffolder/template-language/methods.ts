import type { Budget } from './budget.ts'
import { Pattern } from './pattern.ts'
import { refuse } from './refusal.ts'
import { isList, isMap, memberOf, textOf, type Value } from './value.ts'

type Method<T> = (target: T, values: readonly Value[], budget: Budget) => Value

const optional = (value: Value): number | undefined => (value === undefined ? undefined : Number(value))
const replaced =
  (isAll: boolean): Method<string> =>
  (text, [from, to], budget) => {
    if (from instanceof Pattern) return from.replace(text, textOf(to), isAll || from.isGlobal, (length) => budget.step(1 + (length >> 4)))
    if (isAll) return replaceEach(text, textOf(from), textOf(to), budget)
    budget.search(text, textOf(from))
    return text.replace(textOf(from), () => textOf(to))
  }

const searching =
  (search: (text: string, part: string) => Value): Method<string> =>
  (text, [part], budget) => {
    budget.search(text, textOf(part))
    return search(text, textOf(part))
  }

/** JavaScript's methods of texts that templates in the wild use. Patterns run in linear time. */
const TEXT_METHODS: Readonly<Record<string, Method<string>>> = {
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  toString: (text: string) => text,
  trim: (text) => text.trim(),
  trimStart: (text) => text.trimStart(),
  trimEnd: (text) => text.trimEnd(),
  split: (text, [by], budget) => {
    budget.step(text.length)
    if (by === undefined) return [text]
    if (by instanceof Pattern) return by.split(text)
    budget.search(text, textOf(by))
    return text.split(textOf(by))
  },
  includes: searching((text, part) => text.includes(part)),
  startsWith: (text, [part]) => text.startsWith(textOf(part)),
  endsWith: (text, [part]) => text.endsWith(textOf(part)),
  indexOf: searching((text, part) => text.indexOf(part)),
  lastIndexOf: searching((text, part) => text.lastIndexOf(part)),
  slice: (text, [from, to]) => text.slice(optional(from), optional(to)),
  substring: (text, [from, to]) => text.substring(Number(from ?? 0), optional(to)),
  substr: (text, [from, length]) => {
    const start = Number(from ?? 0)
    const first = start < 0 ? Math.max(text.length + start, 0) : start
    return text.slice(first, length === undefined ? undefined : first + Math.max(Number(length), 0))
  },
  charAt: (text, [at]) => text.charAt(Number(at ?? 0)),
  concat: (text, values) => text + values.map(textOf).join(''),
  padStart: (text, [width, fill]) => text.padStart(widthOf(width), fill === undefined ? ' ' : textOf(fill)),
  padEnd: (text, [width, fill]) => text.padEnd(widthOf(width), fill === undefined ? ' ' : textOf(fill)),
  match: (text, [pattern]) => (pattern instanceof Pattern ? pattern.match(text) : refuse('match takes a pattern, like r/^a/')),
  replace: replaced(false),
  replaceAll: replaced(true),
}

const LIST_METHODS: Readonly<Record<string, Method<readonly Value[]>>> = {
  join: (list, [by]) => list.map(textOf).join(by === undefined ? ',' : textOf(by)),
  includes: (list, [item]) => list.includes(item),
  indexOf: (list, [item]) => list.indexOf(item),
  slice: (list, [from, to]) => list.slice(optional(from), optional(to)),
  concat: (list, values, budget) => {
    const result = [...list, ...values.flatMap((value) => (isList(value) ? value : [value]))]
    budget.step(result.length)
    return result
  },
}

/** Python's methods that cookiecutter templates use; each gives a new value. */
const JINJA_TEXT: Readonly<Record<string, Method<string>>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  strip: (text) => text.trim(),
  capitalize: (text) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase(),
  title: (text) => text.replaceAll(/[A-Za-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()),
  startswith: (text, [part]) => text.startsWith(textOf(part)),
  endswith: (text, [part]) => text.endsWith(textOf(part)),
  find: searching((text, part) => text.indexOf(part)),
  // Python's replaces each.
  replace: replaced(true),
}

const JINJA_LIST: Readonly<Record<string, Method<readonly Value[]>>> = {
  count: (list, [item]) => list.filter((each) => each === item).length,
  index: (list, [item]) => list.indexOf(item),
}

const JINJA_MAP: Readonly<Record<string, Method<Value>>> = {
  items: (map) => (isMap(map) ? Object.entries(map) : []),
  keys: (map) => (isMap(map) ? Object.keys(map) : []),
  values: (map) => (isMap(map) ? Object.values(map) : []),
  get: (map, [key, otherwise]) => memberOf(map, key) ?? otherwise ?? null,
  has_key: (map, [key]) => memberOf(map, key) !== undefined,
}
const JINJA_ALIASES: Readonly<Record<string, string>> = { iteritems: 'items', iterkeys: 'keys', itervalues: 'values' }

/** Calls a method by name on a text, a list or a pattern, with `isJinja` on a map too. Nothing else has methods. */
export function callMethod(target: Value, name: string, values: readonly Value[], budget: Budget, isJinja: boolean): Value {
  const alias = isJinja && Object.hasOwn(JINJA_ALIASES, name) ? (JINJA_ALIASES[name] ?? name) : name
  if (isJinja && typeof target === 'string' && Object.hasOwn(JINJA_TEXT, name)) return JINJA_TEXT[name]?.(target, values, budget)
  if (isJinja && isList(target) && Object.hasOwn(JINJA_LIST, name)) return JINJA_LIST[name]?.(target, values, budget)
  if (isJinja && isMap(target) && Object.hasOwn(JINJA_MAP, alias)) return JINJA_MAP[alias]?.(target, values, budget)
  if (typeof target === 'string' && Object.hasOwn(TEXT_METHODS, name)) return TEXT_METHODS[name]?.(target, values, budget)
  if (isList(target) && Object.hasOwn(LIST_METHODS, name)) return LIST_METHODS[name]?.(target, values, budget)
  if (target instanceof Pattern && name === 'test') return target.test(textOf(values[0]))
  return refuse(`"${name.slice(0, 60)}" can not be called here`)
}

function widthOf(value: Value): number {
  const width = Number(value ?? 0)
  return width > 1_000 ? refuse('a text is padded to at most 1000 characters') : width
}

/** Replaces each occurrence; the result's length is known, and refused, before it is made. */
export function replaceEach(text: string, from: string, to: string, budget: Budget): string {
  if (from === '') return text
  budget.search(text, from)
  const parts = text.split(from)
  budget.step(1 + ((text.length + parts.length * to.length) >> 4))
  return parts.join(to)
}
