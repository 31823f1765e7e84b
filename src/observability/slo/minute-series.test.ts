import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MinuteSeries } from './minute-series.ts'

const START = 29_000_000 - (29_000_000 % 60)
const DAYS_3 = 3 * 1_440

const entry = fc.record({ at: fc.nat(36 * 1_440 - 60), good: fc.nat(50), bad: fc.nat(5) })

function naive(entries: readonly { at: number; good: number; bad: number }[], last: number, minutes: number): { good: number; total: number } {
  const within = entries.filter(({ at }) => START + at <= last && START + at > last - minutes)
  return { good: within.reduce((sum, one) => sum + one.good, 0), total: within.reduce((sum, one) => sum + one.good + one.bad, 0) }
}

function seriesOf(entries: readonly { at: number; good: number; bad: number }[]): MinuteSeries {
  const series = new MinuteSeries()
  for (const { at, good, bad } of entries) series.add(START + at, good, good + bad)
  return series
}

it('sums any window up to three days as if it added minute by minute, whatever the order of arrival', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: DAYS_3 }), fc.nat(200), (entries, minutes, later) => {
      const last = START + Math.max(...entries.map(({ at }) => at)) + later
      const window = Math.min(minutes, DAYS_3 - later)
      expect(seriesOf(entries).sum(last, window)).toEqual(naive(entries, last, window))
    }),
  )
})

it('sums a longer window from the full hour before its start', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 60 }), fc.integer({ min: DAYS_3 + 1, max: 35 * 1_440 }), (entries, minutes) => {
      const last = START + Math.max(...entries.map(({ at }) => at))
      const start = last - minutes + 1
      const aligned = last - (start - (((start % 60) + 60) % 60)) + 1
      expect(seriesOf(entries).sum(last, minutes)).toEqual(naive(entries, last, aligned))
    }),
  )
})

it('sums the past too, when asked about an earlier minute', () => {
  const series = seriesOf([
    { at: 0, good: 1, bad: 0 },
    { at: 100, good: 10, bad: 0 },
  ])
  expect(series.sum(START + 50, 60)).toEqual({ good: 1, total: 1 })
  expect(new MinuteSeries().sum(START, 60)).toEqual({ good: 0, total: 0 })
})

it('forgets what is older than 36 days, and nothing else', () => {
  const series = new MinuteSeries()
  series.add(START, 5, 5)
  for (let day = 1; day <= 80; day++) series.add(START + day * 1_440, 1, 1)
  expect(series.sum(START + 80 * 1_440, 35 * 1_440 - 60).total).toBe(35)
})
