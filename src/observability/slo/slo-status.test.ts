import { describe, expect, it } from 'vitest'
import { defaultBurnPolicies } from './burn-policy.ts'
import { MinuteSeries } from './minute-series.ts'
import type { Objective } from './objective.ts'
import { sloStatus, type SloStatus } from './slo-status.ts'

const START = 29_000_040
const TRAFFIC = 1_000_000 // a minute
const DAYS_30 = 43_200
const all = { statuses: [1, 2, 3, 4, 5], maxDurationMs: undefined }

function objective(target = 0.999, windowMinutes = DAYS_30): Objective {
  return {
    name: 'availability',
    title: 'Availability',
    component: 'orders',
    environment: 'production',
    target,
    windowMinutes,
    windowText: '30d',
    total: all,
    part: { statuses: [1, 2, 3, 4], maxDurationMs: undefined, isBad: false },
    policies: defaultBurnPolicies(target, windowMinutes),
  }
}

const watchedAll = new MinuteSeries()
for (let minute = 0; minute <= DAYS_30 + 10_000; minute++) watchedAll.add(START + minute, 1, 1)

/** Thirty healthy days under steady traffic; then `errorRatioAt` rules each further minute. */
function* replay(errorRatioAt: (minute: number) => number, one = objective()): Generator<{ minute: number; status: SloStatus }> {
  const series = new MinuteSeries()
  for (let minute = 0; minute < DAYS_30; minute++) series.add(START + minute, TRAFFIC, TRAFFIC)
  for (let minute = 1; ; minute++) {
    const now = START + DAYS_30 + minute - 1
    series.add(now, TRAFFIC * (1 - errorRatioAt(minute)), TRAFFIC)
    yield { minute, status: sloStatus(one, series, watchedAll, now) }
  }
}

function firstMinute(errorRatio: number, is: (status: SloStatus) => boolean): number | undefined {
  for (const { minute, status } of replay(() => errorRatio)) {
    if (is(status)) return minute
    if (minute > 5_000) return undefined
  }
  return undefined
}

describe('the table of the SRE Workbook (chapter 5), replayed', () => {
  // Time to fire at error ratio e: (1 - SLO) / e × burn × long window.
  const policies = defaultBurnPolicies(0.999, DAYS_30)
  const cases = policies.flatMap((policy, index) =>
    [1, 0.1, 0.05, 0.0145, 0.00605, 0.004, 0.0011]
      .filter((errorRatio) => errorRatio > policy.threshold * 0.001 * 1.0001)
      .map((errorRatio) => ({ index, errorRatio, window: policy.longMinutes, expected: (0.001 / errorRatio) * policy.threshold * policy.longMinutes })),
  )

  it.each(cases)('the $window min window fires $expected min into errors of $errorRatio', ({ index, errorRatio, expected }) => {
    const minute = firstMinute(errorRatio, (status) => status.burnRates[index]?.isFiring === true) ?? Number.NaN
    expect(minute).toBeGreaterThanOrEqual(Math.ceil(expected - 0.01))
    expect(minute).toBeLessThanOrEqual(Math.floor(expected) + 1)
  })

  it.each(policies.map((policy, index) => ({ index, window: policy.longMinutes, errorRatio: policy.threshold * 0.001 })))(
    'the $window min window stays silent at exactly its threshold, $errorRatio',
    ({ index, errorRatio }) => {
      expect(firstMinute(errorRatio, (status) => status.burnRates[index]?.isFiring === true)).toBeUndefined()
    },
  )

  it('a total outage pages within two minutes and uses the budget up in 43', () => {
    expect(firstMinute(1, (status) => status.burnRates[0]?.isFiring === true)).toBeLessThanOrEqual(2)
    expect(firstMinute(1, (status) => status.state === 'exhausted')).toBe(44)
  })

  it('a hundredth of errors uses the budget up in three days', () => {
    expect(firstMinute(0.01, (status) => status.state === 'exhausted')).toBe(3 * 1_440)
  })

  it('an alarm ends within the short window after the burning does', () => {
    let endedAt = 0
    for (const { minute, status } of replay((minute) => (minute <= 3 ? 1 : 0))) {
      if (minute > 3 && status.burnRates[0]?.isFiring === false) {
        endedAt = minute
        break
      }
    }
    expect(endedAt - 3).toBeLessThanOrEqual(5)
    expect(endedAt - 3).toBeGreaterThan(1)
  })
})

describe('sloStatus', () => {
  const series = (good: number, total: number): MinuteSeries => {
    const made = new MinuteSeries()
    made.add(START, good, total)
    return made
  }
  const none = new MinuteSeries()

  it.each([
    { why: 'no requests at all', good: 0, total: 0, state: 'no-data', remaining: 1 },
    { why: 'all good', good: 1_000, total: 1_000, state: 'ok', remaining: 1 },
    { why: 'half of the budget gone', good: 9_995, total: 10_000, state: 'ok', remaining: 0.5 },
    { why: 'more than the budget gone', good: 9_980, total: 10_000, state: 'exhausted', remaining: -1 },
    { why: 'one failure of three', good: 2, total: 3, state: 'ok', remaining: -332.33 },
  ])('$why: $state', ({ good, total, state, remaining }) => {
    const status = sloStatus(objective(), series(good, total), none, START)
    expect(status.state).toBe(state)
    expect(status.budget.remaining).toBeCloseTo(remaining, 1)
    expect(status.budget.burnedRatio).toBeCloseTo(1 - remaining, 1)
  })

  it('says how much of the window was watched', () => {
    const watched = new MinuteSeries()
    for (let minute = 0; minute < 4_320; minute++) watched.add(START - minute, 1, 1)
    expect(sloStatus(objective(), none, watched, START).coverage).toBeCloseTo(0.1)
    expect(sloStatus(objective(), none, none, START).coverage).toBe(0)
  })

  it('has no rate where there was nothing', () => {
    const status = sloStatus(objective(), series(10, 10), none, START + 120)
    expect(status.burnRates[0]).toMatchObject({ window: '1h', rate: null, isFiring: false })
    expect(status.burnRates[1]).toMatchObject({ window: '6h', rate: 0 })
  })

  it('judges a thousand objectives in far less than a round', () => {
    const counts = series(9_999, 10_000)
    const startedAt = performance.now()
    for (let index = 0; index < 1_000; index++) sloStatus(objective(), counts, watchedAll, START)
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})
