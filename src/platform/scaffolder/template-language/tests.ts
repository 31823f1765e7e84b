import { assertOpen, Callable } from './opaque.ts'
import { refuse } from './refusal.ts'
import { isList, isMap, isTrue, textOf, type Value } from './value.ts'

type Test = (value: Value, rest: readonly Value[]) => boolean

const equal: Test = (value, [other]) => value === other
const scalar = (value: Value): number | string => (typeof value === 'string' ? value : Number(value))
const greater: Test = (value, [other]) => scalar(value) > scalar(other)
const less: Test = (value, [other]) => scalar(value) < scalar(other)

/** `x in text` with longer ones is the operator's, which counts what it costs. */
function isIn(hay: string, part: string): boolean {
  if (hay.length * part.length > 1_000_000) refuse('the test "in" is not for texts as long as that; write x in y')
  return hay.includes(part)
}

/** What may follow `is`: nunjucks' tests, and Jinja's that need no code. */
export const TESTS: Readonly<Record<string, Test>> = {
  boolean: (value) => typeof value === 'boolean',
  callable: (value) => value instanceof Callable,
  defined: (value) => value !== undefined,
  divisibleby: (value, [by]) => Number(value) % Number(by) === 0,
  eq: equal,
  equalto: equal,
  escaped: () => false,
  even: (value) => Number(value) % 2 === 0,
  false: (value) => value === false,
  falsy: (value) => !isTrue(value),
  ge: (value, rest) => !less(value, rest),
  greaterthan: greater,
  gt: greater,
  in: (value, [hay]) => (isList(hay) ? hay.includes(value) : isMap(hay) ? Object.hasOwn(hay, textOf(value)) : isIn(textOf(hay), textOf(value))),
  iterable: (value) => isList(value) || typeof value === 'string',
  le: (value, rest) => !greater(value, rest),
  lessthan: less,
  lower: (value) => textOf(value) === textOf(value).toLowerCase(),
  lt: less,
  mapping: (value) => isMap(value),
  ne: (value, rest) => !equal(value, rest),
  none: (value) => value === null,
  null: (value) => value === null,
  number: (value) => typeof value === 'number',
  odd: (value) => Math.abs(Number(value) % 2) === 1,
  sameas: equal,
  sequence: (value) => isList(value) || typeof value === 'string',
  string: (value) => typeof value === 'string',
  true: (value) => value === true,
  truthy: (value) => isTrue(value),
  undefined: (value) => value === undefined,
  upper: (value) => textOf(value) === textOf(value).toUpperCase(),
}

/** Whether there is something at all may be asked of what is not known yet; nothing else may. */
const FOR_CLOSED = new Set(['defined', 'undefined', 'truthy', 'falsy', 'none', 'null', 'callable'])

/** @returns undefined when there is no such test. */
export function holdsTest(name: string, value: Value, rest: readonly Value[]): boolean | undefined {
  const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined
  if (test && !FOR_CLOSED.has(name)) for (const each of [value, ...rest]) assertOpen(each)
  return test?.(value, rest)
}
