import type { Budget } from './budget.ts'
import { refuse } from './refusal.ts'
import type { Value } from './value.ts'

const MAX_RANGE = 10_000

/** Functions that a template may call by name. */
export const GLOBALS: Readonly<Record<string, (values: readonly Value[], budget: Budget) => Value>> = {
  range: (values, budget) => {
    const [first = 0, second, step = 1] = values.map(Number)
    const [start, stop] = second === undefined ? [0, first] : [first, second]
    const count = Math.ceil((stop - start) / step)
    if (!Number.isFinite(count) || count > MAX_RANGE) refuse(`a range has at most ${MAX_RANGE} numbers`)
    budget.step(Math.max(count, 0))
    return Array.from({ length: Math.max(count, 0) }, (_, index) => start + index * step)
  },
}
