import { describe, expect, test } from 'vitest'
import type { RequestSeries } from '../../api/shapes.ts'
import { chartColumns, summarise } from './signals.ts'
import { timeRange } from './time-range.ts'

const point = (second: number, requests: number, errors: number, p95Ms: number | null) => ({
  at: new Date(second * 1000).toISOString(),
  requests,
  errors,
  p50Ms: null,
  p95Ms,
})
const data: RequestSeries = {
  from: '',
  to: '',
  stepSeconds: 10,
  series: [
    { release: 'rel_1', version: '1', points: [point(10, 90, 0, 20), point(20, 50, 0, 30)] },
    { release: 'rel_2', version: '2', points: [point(20, 50, 10, 80), point(30, 10, 0, null)] },
  ],
}

describe('request signals', () => {
  test('add up over releases', () => {
    expect(summarise(data)).toEqual({ requests: 200, errors: 10, errorRatio: 0.05, p95Ms: 80, perStep: [90, 100, 10] })
    expect(summarise({ ...data, series: [] })).toEqual({ requests: 0, errors: 0, errorRatio: 0, p95Ms: null, perStep: [] })
  })

  test('a release has no value where it did not serve', () => {
    expect(chartColumns(data, 'requests')).toEqual({
      times: [10, 20, 30],
      columns: [
        [90, 50, null],
        [null, 50, 10],
      ],
    })
  })
})

test.each([
  ['15m', 15, 15],
  ['1h', 60, 60],
  ['7d', 10_080, 10_080],
] as const)('%s is %d minutes in steps of %d s', (range, minutes, stepSeconds) => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const got = timeRange(range, now)
  expect(Date.parse(got.to) - Date.parse(got.from)).toBe(minutes * 60_000)
  expect(got.stepSeconds).toBe(stepSeconds)
})
