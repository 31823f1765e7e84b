import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FacetCounter } from './facet-counter.ts'
import { FactColumn } from './fact-column.ts'
import { SlotSet } from './slot-set.ts'
import { TextPool } from './text-pool.ts'

const SLOTS = 20_000

it('counts the same whichever way it takes: of few, of many, of all', () => {
  const pool = new TextPool()
  // Two values that many have, fifty that some have, and some slots with two values or none.
  const valueOf = (slot: number): string[] => {
    if (slot % 7 === 0) return []
    const own = slot % 3 === 0 ? `team-${slot % 50}` : slot % 2 === 0 ? 'b' : 'a'
    return slot % 11 === 0 ? [own, 'z'] : [own]
  }
  const pairs = Array.from({ length: SLOTS }, (_, slot) => valueOf(slot).map((value) => [pool.intern(value), slot] as const)).flat()
  const column = new FactColumn({ values: Uint32Array.from(pairs, ([value]) => value), slots: Uint32Array.from(pairs, ([, slot]) => slot) })
  const counter = new FacetCounter(pool, column)
  const naive = (slots: Iterable<number>): { value: string; count: number }[] => {
    const counts = new Map<string, number>()
    for (const slot of slots) for (const value of valueOf(slot)) counts.set(value, (counts.get(value) ?? 0) + 1)
    return Array.from(counts, ([value, count]) => ({ value, count })).sort((a, b) => (a.value < b.value ? -1 : 1))
  }
  expect(counter.count(undefined)).toEqual(naive(Array.from({ length: SLOTS }, (_, slot) => slot)))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 0, max: 100 }), (step, start) => {
      const slots = Array.from({ length: Math.ceil((SLOTS - start) / step) }, (_, at) => start + at * step)
      expect(counter.count(SlotSet.ofUnsorted(slots))).toEqual(naive(slots))
    }),
    {
      numRuns: 30,
      examples: [
        [1, 0],
        [2, 1],
        [4_000, 3],
      ],
    },
  )
})
