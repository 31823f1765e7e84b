import type { Budget } from './budget.ts'
import { refuse } from './refusal.ts'
import { isList, textOf, type Value } from './value.ts'

type Method<T> = (target: T, values: readonly Value[], budget: Budget) => Value

const optional = (value: Value): number | undefined => (value === undefined ? undefined : Number(value))

/** JavaScript's methods of texts that templates in the wild use, with texts (never patterns) as arguments. */
const TEXT_METHODS: Readonly<Record<string, Method<string>>> = {
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  toString: (text: string) => text,
  trim: (text) => text.trim(),
  split: (text, [by], budget) => {
    budget.step(text.length)
    return by === undefined ? [text] : text.split(textOf(by))
  },
  includes: (text, [part]) => text.includes(textOf(part)),
  startsWith: (text, [part]) => text.startsWith(textOf(part)),
  endsWith: (text, [part]) => text.endsWith(textOf(part)),
  indexOf: (text, [part]) => text.indexOf(textOf(part)),
  lastIndexOf: (text, [part]) => text.lastIndexOf(textOf(part)),
  slice: (text, [from, to]) => text.slice(optional(from), optional(to)),
  substring: (text, [from, to]) => text.substring(Number(from ?? 0), optional(to)),
  charAt: (text, [at]) => text.charAt(Number(at ?? 0)),
  concat: (text, values) => text + values.map(textOf).join(''),
  replace: (text, [from, to]) => text.replace(textOf(from), () => textOf(to)),
  replaceAll: (text, [from, to], budget) => replaceEach(text, textOf(from), textOf(to), budget),
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

/** Calls a method by name on a text or a list. Nothing else has methods. */
export function callMethod(target: Value, name: string, values: readonly Value[], budget: Budget): Value {
  if (typeof target === 'string' && Object.hasOwn(TEXT_METHODS, name)) return TEXT_METHODS[name]?.(target, values, budget)
  if (isList(target) && Object.hasOwn(LIST_METHODS, name)) return LIST_METHODS[name]?.(target, values, budget)
  return refuse(`"${name.slice(0, 60)}" can not be called here`)
}

/** Replaces each occurrence; the result's length is known, and refused, before it is made. */
export function replaceEach(text: string, from: string, to: string, budget: Budget): string {
  if (from === '') return text
  const parts = text.split(from)
  budget.step(1 + ((text.length + parts.length * to.length) >> 4))
  return parts.join(to)
}
