import type { Budget } from './budget.ts'
import { assertOpen } from './opaque.ts'
import { isList, isMap, textOf, type Value } from './value.ts'

/** `a == b` and its kin, as JavaScript has them for data. */
export function compares(operator: string, left: Value, right: Value): boolean {
  assertOpen(left)
  assertOpen(right)
  switch (operator) {
    case '==':
      return left === right || ((left ?? null) === null && (right ?? null) === null) || looselyEqual(left, right)
    case '===':
      return left === right
    case '!=':
      return !compares('==', left, right)
    case '!==':
      return left !== right
    default:
      return ordered(operator, left, right)
  }
}

/** `1 == '1'`, as JavaScript has it for scalars. */
function looselyEqual(left: Value, right: Value): boolean {
  return (
    typeof left !== 'object' &&
    typeof right !== 'object' &&
    left !== undefined &&
    right !== undefined &&
    typeof left !== typeof right &&
    Number(left) === Number(right)
  )
}

function ordered(operator: string, left: Value, right: Value): boolean {
  const [a, b] = typeof left === 'string' && typeof right === 'string' ? [left, right] : [Number(textOf(left)), Number(textOf(right))]
  if (operator === '<') return a < b
  if (operator === '>') return a > b
  return operator === '<=' ? a <= b : a >= b
}

/** `a in b` for texts, lists and the keys of maps. */
export function contains(hay: Value, needle: Value, budget: Budget): boolean {
  assertOpen(hay)
  assertOpen(needle)
  if (typeof hay === 'string') {
    budget.search(hay, textOf(needle))
    return hay.includes(textOf(needle))
  }
  return isList(hay) ? hay.includes(needle) : isMap(hay) && Object.hasOwn(hay, textOf(needle))
}

/** Operators on two numbers, by the parser's names. */
export const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  FloorDiv: (a, b) => Math.floor(a / b),
  Mod: (a, b) => a % b,
  Pow: (a, b) => a ** b,
}
