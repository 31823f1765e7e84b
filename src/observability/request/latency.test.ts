import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LATENCY_BOUNDS_MS } from '#observability/store'
import { latencyBucket, latencyQuantile } from './latency.ts'

function counted(durationsMs: readonly number[]): number[] {
  const counts = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, () => 0)
  for (const duration of durationsMs) counts[latencyBucket(duration)] = (counts[latencyBucket(duration)] ?? 0) + 1
  return counts
}

it.each([
  { durations: [], quantile: 0.95, expected: null },
  { durations: [0.4], quantile: 0.5, expected: 0.25 },
  { durations: [20, 20, 20, 20], quantile: 0.5, expected: 20 },
  { durations: [1, 1, 1, 400], quantile: 0.5, expected: 0.83 },
  { durations: [1e9, 1e9], quantile: 0.95, expected: 10_000 },
])('$quantile of $durations is about $expected', ({ durations, quantile, expected }) => {
  expect(latencyQuantile(counted(durations), quantile)).toBe(expected)
})

it('is never further from the true quantile than the bucket that holds it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 9_999, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.95, 0.99),
      (durations, quantile) => {
        const sorted = durations.toSorted((a, b) => a - b)
        const bucket = latencyBucket(sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? 0)
        const estimate = latencyQuantile(counted(durations), quantile) ?? Number.NaN
        expect(estimate).toBeGreaterThanOrEqual((LATENCY_BOUNDS_MS[bucket - 1] ?? 0) - 0.01)
        expect(estimate).toBeLessThanOrEqual((LATENCY_BOUNDS_MS[bucket] ?? 10_000) + 0.01)
      },
    ),
  )
})
