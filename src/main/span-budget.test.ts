import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SpanBudget } from './span-budget.ts'

it('gives its burst at once, then what a second brings', () => {
  const budget = new SpanBudget({ perSecond: 2, burst: 3, nowMs: 0 })
  const take = (...atMs: number[]): boolean[] => atMs.map((nowMs) => budget.take(nowMs))
  expect(take(0, 0, 0, 0)).toEqual([true, true, true, false])
  expect(take(499, 500, 600, 1_000)).toEqual([false, true, false, true])
  expect(take(60_000, 60_000, 60_000, 60_000)).toEqual([true, true, true, false])
})

it('never gives more than its burst and its rate, whatever the times', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2_000 }), { maxLength: 200 }), (steps) => {
      const budget = new SpanBudget({ perSecond: 5, burst: 10, nowMs: 0 })
      let nowMs = 0
      let given = 0
      for (const step of steps) given += Number(budget.take((nowMs += step)))
      expect(given).toBeLessThanOrEqual(10 + (nowMs / 1000) * 5)
    }),
  )
})
