import { isList, isMap, isTrue, textOf, type Value } from './value.ts'

/** What may follow `is`. */
export const TESTS: Readonly<Record<string, (value: Value, rest: readonly Value[]) => boolean>> = {
  defined: (value) => value !== undefined,
  undefined: (value) => value === undefined,
  none: (value) => value === null,
  null: (value) => value === null,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  mapping: (value) => isMap(value),
  iterable: (value) => isList(value) || typeof value === 'string',
  truthy: (value) => isTrue(value),
  falsy: (value) => !isTrue(value),
  true: (value) => value === true,
  false: (value) => value === false,
  even: (value) => Number(value) % 2 === 0,
  odd: (value) => Math.abs(Number(value) % 2) === 1,
  divisibleby: (value, [by]) => Number(value) % Number(by) === 0,
  equalto: (value, [other]) => value === other,
  sameas: (value, [other]) => value === other,
  lower: (value) => textOf(value) === textOf(value).toLowerCase(),
  upper: (value) => textOf(value) === textOf(value).toUpperCase(),
}
