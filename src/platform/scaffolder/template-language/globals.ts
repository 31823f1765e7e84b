import type { Budget } from './budget.ts'
import { Callable } from './opaque.ts'
import { refuse } from './refusal.ts'
import { textOf, type Value } from './value.ts'

const MAX_RANGE = 10_000

/** Functions that a template may call by name. */
export const GLOBALS: Readonly<Record<string, (values: readonly Value[], budget: Budget) => Value>> = {
  range: (values, budget) => {
    const [first = 0, second, step = 1] = values.map(Number)
    const [start, stop] = second === undefined ? [0, first] : [first, second]
    const count = Math.ceil((stop - start) / (step || 1))
    if (!Number.isFinite(count) || count > MAX_RANGE) refuse(`a range has at most ${MAX_RANGE} numbers`)
    budget.step(Math.max(count, 0))
    return Array.from({ length: Math.max(count, 0) }, (_, index) => start + index * (step || 1))
  },
  cycler: (items) => {
    let index = -1
    const next = new Callable<Value>('next', () => items[(index = (index + 1) % Math.max(items.length, 1))])
    const reset = new Callable<Value>('reset', () => {
      index = -1
      return undefined
    })
    const members = new Map<string, () => Value>([
      ['next', () => next],
      ['reset', () => reset],
      ['current', () => (index === -1 ? null : items[index])],
    ])
    return new Callable<Value>('cycler', () => refuse('a cycler has next(), reset() and current'), members)
  },
  joiner: ([separator]) => {
    let isFirst = true
    return new Callable<Value>('joiner', () => {
      const text = isFirst ? '' : separator === undefined ? ',' : textOf(separator)
      isFirst = false
      return text
    })
  },
}
