import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextReadingMs } from './next-reading.ts'

it.each([
  [{ kind: 'url', isAway: false, attempts: 0, random: 0.5 }, 300_000],
  [{ kind: 'organisation', isAway: false, attempts: 0, random: 0.5 }, 600_000],
  [{ kind: 'url', isAway: true, attempts: 1, random: 0.5 }, 15_000],
  [{ kind: 'url', isAway: true, attempts: 4, random: 0.5 }, 120_000],
  [{ kind: 'url', isAway: true, attempts: 99, random: 0.5 }, 3_600_000],
] as const)('%o is read again in %i ms', (input, expected) => {
  expect(nextReadingMs(input)).toBe(expected)
})

it('stays within a quarter of the plain time, whatever comes', () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
      const waitMs = nextReadingMs({ kind: 'git', isAway: true, attempts, random })
      expect(waitMs).toBeGreaterThanOrEqual(11_250)
      expect(waitMs).toBeLessThanOrEqual(4_500_000)
    }),
  )
})
