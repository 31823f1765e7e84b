import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logGamma } from './log-gamma.ts'
import { sequentialTest, type SequentialTestInput } from './sequential-test.ts'

const counts = (errors: number, requests: number) => ({ requests, errors })
const test = (canary: [number, number], baseline: [number, number] | null, more: Partial<SequentialTestInput> = {}) =>
  sequentialTest({ canary: counts(...canary), baseline: baseline && counts(...baseline), target: null, ...more })

describe('sequentialTest', () => {
  it.each([
    {
      why: 'all fail beside a healthy baseline',
      canary: [50, 50],
      baseline: [0, 200],
      expected: { verdict: 'worse', message: 'canary fails 50 of 50, baseline 0 of 200' },
    },
    { why: 'half fail', canary: [10, 20], baseline: [0, 100], expected: { verdict: 'worse', message: 'canary fails 10 of 20, baseline 0 of 100' } },
    { why: 'both fail alike', canary: [50, 100], baseline: [100, 200], expected: { verdict: 'undecided' } },
    { why: 'both fail alike, often seen', canary: [2_000, 4_000], baseline: [4_000, 8_000], expected: { verdict: 'fine' } },
    { why: 'nothing seen', canary: [0, 0], baseline: [0, 0], expected: { verdict: 'undecided' } },
    { why: 'one error at the start', canary: [1, 1], baseline: [0, 20], expected: { verdict: 'undecided' } },
    { why: 'one error in many', canary: [1, 200], baseline: [1, 1_000], expected: { verdict: 'fine' } },
    {
      why: 'no errors, enough requests',
      canary: [0, 80],
      baseline: [0, 200],
      expected: { verdict: 'fine', message: 'canary fails 0 of 80, baseline 0 of 200' },
    },
    { why: 'worse, but by less than matters', canary: [300, 100_000], baseline: [100, 100_000], expected: { verdict: 'fine' } },
    { why: 'worse by what matters, much seen', canary: [2_000, 100_000], baseline: [100, 100_000], expected: { verdict: 'worse' } },
  ] as const)('$why: $expected.verdict', ({ canary, baseline, expected }) => {
    const result = test([...canary], [...baseline])
    expect(result).toMatchObject(expected)
  })

  it.each([
    {
      why: 'keeps the objective',
      canary: [0, 100],
      target: 0.999,
      expected: { verdict: 'fine', message: 'canary fails 0 of 100, the objective allows 0.1 %' },
    },
    {
      why: 'misses the objective',
      canary: [5, 50],
      target: 0.999,
      expected: { verdict: 'worse', message: 'canary fails 5 of 50, the objective allows 0.1 %' },
    },
    { why: 'misses it by chance, perhaps', canary: [1, 50], target: 0.99, expected: { verdict: 'undecided' } },
    {
      why: 'is judged against 99 % without an objective',
      canary: [10, 20],
      target: null,
      expected: { verdict: 'worse', message: 'canary fails 10 of 20, the objective allows 1 %' },
    },
  ] as const)('without a baseline, a canary that $why', ({ canary, target, expected }) => {
    const result = test([...canary], null, { target })
    expect(result).toMatchObject(expected)
  })

  it('says exactly how many more good requests would do', () => {
    const now = test([0, 10], [0, 100])
    const needed = now.requestsNeeded ?? 0
    expect(now.message).toBe(`canary fails 0 of 10, baseline 0 of 100: needs ${needed} more requests`)
    expect(test([0, 10 + needed - 1], [0, 100]).verdict).toBe('undecided')
    expect(test([0, 10 + needed], [0, 100]).verdict).toBe('fine')
    expect(10 + needed).toBeLessThan(70)
  })

  it('never finds a canary worse that fails no more than its baseline', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (n, m, x, y) => {
        const [good, bad] = x < y ? [x, y] : [y, x]
        const result = test([Math.floor(good * n), n], [Math.ceil(bad * m), m], { target: 0.5 })
        expect(m === 0 || result.verdict !== 'worse').toBe(true)
        expect(result.pValue).toBeGreaterThan(0)
        expect(result.pValue).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('finds, once there is evidence, more with each error more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 199 }), (n, m, e) => {
        const before = test([e, n], [0, m]).evidence
        fc.pre(e < n && before >= 1)
        expect(test([e + 1, n], [0, m]).evidence).toBeGreaterThanOrEqual(before)
      }),
    )
  })
})

it('knows the gamma function', () => {
  expect(logGamma(5)).toBeCloseTo(Math.log(24), 12)
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12)
  const thousand = Array.from({ length: 1_000 }, (_, index) => Math.log(index + 1)).reduce((sum, value) => sum + value, 0)
  expect(logGamma(1_001)).toBeCloseTo(thousand, 8)
})

describe('under a look after every request', { timeout: 60_000 }, () => {
  const RUNS = 400
  const LENGTH = 100

  /** Share of runs in which the canary was ever called worse. */
  function abortRate(options: { canary: number; baseline: number | null; alpha: number; target?: number; seed: number; judge?: typeof naive }): number {
    const random = mulberry32(options.seed)
    let aborted = 0
    for (let run = 0; run < RUNS; run++) {
      const canary = { requests: 0, errors: 0 }
      const baseline = { requests: 0, errors: 0 }
      for (let step = 0; step < LENGTH; step++) {
        canary.requests++
        if (random() < options.canary) canary.errors++
        for (let twin = 0; options.baseline !== null && twin < 2; twin++) {
          baseline.requests++
          if (random() < options.baseline) baseline.errors++
        }
        // Shown above: such a canary is never worse. Not asking saves half of the time.
        if (canary.errors === 0 || (options.baseline !== null && canary.errors * baseline.requests <= baseline.errors * canary.requests)) continue
        const isWorse = options.judge
          ? options.judge(canary, baseline, options.alpha)
          : sequentialTest({
              canary,
              baseline: options.baseline === null ? null : baseline,
              target: options.target ?? null,
              alpha: options.alpha,
              tolerance: 0,
            }).verdict === 'worse'
        if (isWorse) {
          aborted++
          break
        }
      }
    }
    return aborted / RUNS
  }

  it.each([
    { rate: 0.01, alpha: 0.01 },
    { rate: 0.01, alpha: 0.1 },
    { rate: 0.1, alpha: 0.1 },
    { rate: 0.5, alpha: 0.1 },
  ])('a canary that is like its baseline ($rate) is aborted no more often than alpha $alpha', ({ rate, alpha }) => {
    expect(abortRate({ canary: rate, baseline: rate, alpha, seed: 42 })).toBeLessThanOrEqual(alpha)
  })

  it.each([
    { target: 0.99, alpha: 0.05 },
    { target: 0.9, alpha: 0.05 },
  ])('a canary that just keeps its objective $target is aborted no more often than alpha $alpha', ({ target, alpha }) => {
    expect(abortRate({ canary: 1 - target, baseline: null, target, alpha, seed: 43 })).toBeLessThanOrEqual(alpha)
  })

  it('a test that was made for one look, at the same level, aborts many times more: the looks do matter', () => {
    expect(abortRate({ canary: 0.1, baseline: 0.1, alpha: 0.05, seed: 44, judge: naive })).toBeGreaterThan(0.15)
  })

  it('a canary that fails half of its requests is aborted within 30, nearly always', () => {
    const random = mulberry32(45)
    const needed = Array.from({ length: RUNS }, () => {
      const canary = { requests: 0, errors: 0 }
      while (canary.requests < 200) {
        canary.requests++
        if (random() < 0.5) canary.errors++
        if (sequentialTest({ canary, baseline: { requests: 100, errors: 0 }, target: null }).verdict === 'worse') break
      }
      return canary.requests
    }).sort((a, b) => a - b)
    expect(needed[Math.floor(RUNS * 0.5)]).toBeLessThanOrEqual(8)
    expect(needed[Math.floor(RUNS * 0.999)]).toBeLessThan(30)
  })

  it('a canary that fails ten points more than allowed is seldom called fine', () => {
    const random = mulberry32(46)
    let passed = 0
    for (let run = 0; run < RUNS; run++) {
      const canary = { requests: 0, errors: 0 }
      for (let step = 0; step < LENGTH; step++) {
        canary.requests++
        if (random() < 0.11) canary.errors++
        const { verdict } = sequentialTest({ canary, baseline: null, target: 0.99 })
        if (verdict === 'undecided') continue
        if (verdict === 'fine') passed++
        break
      }
    }
    expect(passed / RUNS).toBeLessThanOrEqual(0.05)
  })
})

/** The z-test for two shares, as monitoring tools do it. */
function naive(canary: { requests: number; errors: number }, baseline: { requests: number; errors: number }, alpha: number): boolean {
  const pooled = (canary.errors + baseline.errors) / (canary.requests + baseline.requests)
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / canary.requests + 1 / baseline.requests))
  const critical = alpha === 0.05 ? 1.645 : Number.NaN
  return deviation > 0 && (canary.errors / canary.requests - baseline.errors / baseline.requests) / deviation > critical
}

/** Small seeded generator (T. Ettinger), so that the simulation is the same each time. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
