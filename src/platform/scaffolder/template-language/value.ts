import { assertOpen, Callable, Deferred, SecretText } from './opaque.ts'
import { Pattern } from './pattern.ts'
import { refuse } from './refusal.ts'

/**
 * What a template can hold: JSON, undefined for what is not there, and four closed kinds that look-ups do not see into.
 * Never a function, never another object with a prototype of ours.
 */
export type Value = undefined | null | boolean | number | string | readonly Value[] | ValueMap | Closed
export type Closed = Deferred | SecretText | Callable<Value> | Pattern
export interface ValueMap {
  readonly [key: string]: Value
}

export function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isClosed(value)
}

export function isClosed(value: unknown): value is Closed {
  return value instanceof Deferred || value instanceof SecretText || value instanceof Callable || value instanceof Pattern
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/**
 * Copies data from outside into plain values: maps without prototype, own enumerable members only; everything that is not JSON becomes undefined.
 * After this, no look-up can reach anything that was not data.
 */
export function toValue(data: unknown, depth = 0): Value {
  if (data === null || typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean') return data
  if (typeof data !== 'object' || depth > 60) return undefined
  if (data instanceof Deferred || data instanceof SecretText) return data
  if (Array.isArray(data)) return data.map((item) => toValue(item, depth + 1))
  return mapOf(Object.entries(data).map(([key, member]) => [key, toValue(member, depth + 1)]))
}

/** A map without prototype, so that `constructor` or `__proto__` are keys like any other. */
export function mapOf(entries: Iterable<readonly [string, Value]>): ValueMap {
  const map = Object.create(null) as Record<string, Value>
  for (const [key, value] of entries) map[key] = value
  return map
}

/** A member by key: own members of maps, indexes and `length` of lists and texts. Anything else is undefined. */
export function memberOf(target: Value, key: Value): Value {
  assertOpen(target)
  if (typeof key !== 'string' && typeof key !== 'number') return undefined
  if (target instanceof Callable) return target.members.get(String(key))?.()
  if (isMap(target)) return Object.hasOwn(target, String(key)) ? target[String(key)] : undefined
  if (typeof target !== 'string' && !isList(target)) return undefined
  if (key === 'length') return target.length
  const index = Number(key)
  return Number.isInteger(index) ? target[index] : undefined
}

/** Nodes of one value that may be printed. Lists that hold a list twice, forty times over, have more than there are atoms. */
const MAX_NODES = 200_000

/** @throws Refusal when printing the value would take too long; for printing, what is closed is refused as well. */
export function assertPrintable(value: Value, purpose: 'printing' | 'passing on' = 'printing'): void {
  let count = 0
  const visit = (node: Value): void => {
    if (++count > MAX_NODES) refuse('this value is too large')
    if (isList(node)) for (const item of node) visit(item)
    else if (isClosed(node)) {
      if (purpose === 'printing') assertOpen(node)
    } else if (isMap(node)) for (const key of Object.keys(node)) visit(node[key])
  }
  visit(value)
}

/** As nunjucks prints: nothing for null and undefined. */
export function textOf(value: Value): string {
  assertOpen(value)
  if (value === null || value === undefined || value instanceof Callable || value instanceof Pattern) return ''
  if (isMap(value)) return '[object Object]'
  if (!isList(value)) return String(value as string | number | boolean)
  assertPrintable(value)
  return joined(value)
}

function joined(list: readonly Value[]): string {
  return list.map((item) => (isList(item) ? joined(item) : textOf(item))).join(',')
}

/** JavaScript's truth, as nunjucks has it: an empty list is true. */
export function isTrue(value: Value): boolean {
  if (value instanceof Deferred) assertOpen(value)
  return Boolean(value)
}

/** JSON of a value, keys in the order that they have. */
export function jsonOf(value: Value, indent?: number): string {
  assertPrintable(value)
  return JSON.stringify(value, undefined, Math.min(Math.max(indent ?? 0, 0), 10)) ?? ''
}

/** Two values as one text. With a secret in it, it stays closed. */
export function concatenated(left: Value, right: Value): string | SecretText {
  if (!(left instanceof SecretText) && !(right instanceof SecretText)) return textOf(left) + textOf(right)
  const parts = [left, right].flatMap((value) => (value instanceof SecretText ? value.parts : textOf(value) === '' ? [] : [textOf(value)]))
  if (parts.length > MAX_SECRET_PARTS) refuse(`a text with secrets has at most ${MAX_SECRET_PARTS} parts`)
  return new SecretText(parts)
}

const MAX_SECRET_PARTS = 50
