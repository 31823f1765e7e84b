import { describe, expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { silentLogger } from '#kernel/node/log'
import { MemoryTelemetryStore } from '#observability/store'
import { startRequestFlush } from './request-flush.ts'
import { RequestHealth } from './request-health.ts'
import type { RequestSample } from '#runtime/ingress'
import { RequestMetrics } from './request-metrics.ts'
import { requestSeries, stepFor } from './request-series.ts'

const START = new Date('2026-01-01T00:00:00Z')
const at = (seconds: number): Date => new Date(START.getTime() + seconds * 1000)
const filter = { component: 'orders', environment: 'dev', release: 'rel_1' }

function sample(seconds: number, more: Partial<RequestSample> = {}): RequestSample {
  return { ...filter, at: at(seconds), version: '1', method: 'GET', path: '/', status: 200, durationMs: 20, traceId: '', bytesOut: 1, ...more }
}

describe('RequestMetrics', () => {
  it('counts by release and not across', () => {
    const metrics = new RequestMetrics({ clock: new ManualClock(START) })
    metrics.recordRequest(sample(0))
    metrics.recordRequest(sample(1, { status: 503, durationMs: 9_000 }))
    metrics.recordRequest(sample(1, { release: 'rel_2' }))
    metrics.recordRequest(sample(1, { component: 'billing' }))
    const total = metrics.total(filter, START)
    expect(total.statuses).toEqual([0, 1, 0, 0, 1])
    expect(total.latencies.reduce((a, b) => a + b)).toBe(1)
  })

  it('looks back to the second within five minutes, and within an hour at all', () => {
    const clock = new ManualClock(START)
    const metrics = new RequestMetrics({ clock })
    for (let second = 0; second < 7_200; second++) {
      clock.advance(1000)
      metrics.recordRequest(sample(second + 1))
      if (second % 10 === 0) metrics.forgetOld()
    }
    const requests = (since: number): number | undefined => metrics.total(filter, at(since)).statuses[1]
    expect(requests(7_200 - 7)).toBe(8)
    expect(requests(7_200 - 123)).toBe(124)
    expect(requests(7_200 - 1_000)).toBe(1_001)
    expect(metrics.heldSinceSeconds).toBe(START.getTime() / 1000 + 3_610)
    expect(requests(3_610)).toBe(3_591)
  })

  it('gives each count to the store once, late ones too', () => {
    const clock = new ManualClock(START)
    const metrics = new RequestMetrics({ clock })
    metrics.recordRequest(sample(3))
    expect(metrics.takeUnstored()).toEqual([])
    clock.advance(11_000)
    expect(metrics.takeUnstored()).toHaveLength(1)
    metrics.recordRequest(sample(4))
    const late = metrics.takeUnstored()
    expect(late).toMatchObject([{ statuses: [0, 1, 0, 0, 0] }])
    expect(metrics.takeUnstored()).toEqual([])
    metrics.put(late)
    expect(metrics.takeUnstored()).toEqual(late)
  })
})

describe('storing', () => {
  it('stores what is finished, the watched minute, and at the end the rest', async () => {
    const clock = new ManualClock(START)
    const metrics = new RequestMetrics({ clock })
    const store = new MemoryTelemetryStore()
    const flushed: number[] = []
    metrics.recordRequest(sample(1))
    clock.advance(12_000)
    metrics.recordRequest(sample(12))
    {
      const flush = startRequestFlush({ metrics, store, clock, log: silentLogger, onFlush: (rows) => flushed.push(rows.length) })
      await flush[Symbol.asyncDispose]()
    }
    expect(flushed).toEqual([1, 1])
    const range = { fromUs: 0, toUs: 1e16 }
    expect(await store.requests({ ...range, stepSeconds: 10 })).toHaveLength(2)
    expect(await store.watchedMinutes(range)).toEqual([START.getTime() / 60_000])
  })

  it('tells of each row once, though the store could not take it at first', async () => {
    const clock = new ManualClock(START)
    const metrics = new RequestMetrics({ clock })
    let refusals = 0
    class FullStore extends MemoryTelemetryStore {
      override async append(...given: Parameters<MemoryTelemetryStore['append']>): Promise<void> {
        if (given[0] === 'request' && refusals++ === 0) throw new Error('the disk is full')
        await super.append(...given)
      }
    }
    const store = new FullStore()
    const flushed: number[] = []
    metrics.recordRequest(sample(1))
    clock.advance(12_000)
    {
      const flush = startRequestFlush({ metrics, store, clock, log: silentLogger, onFlush: (rows) => flushed.push(rows.length) })
      await flush[Symbol.asyncDispose]()
    }
    expect(flushed).toEqual([0, 1])
    expect(await store.requests({ fromUs: 0, toUs: 1e16, stepSeconds: 10 })).toMatchObject([{ statuses: [0, 1, 0, 0, 0] }])
  })
})

describe('RequestHealth', () => {
  it('judges a release by what it has answered since, over a restart too', async () => {
    const clock = new ManualClock(START)
    const store = new MemoryTelemetryStore()
    const before = new RequestMetrics({ clock })
    before.recordRequest(sample(1, { status: 500 }))
    before.recordRequest(sample(2, { status: 200, durationMs: 300 }))
    await store.append('request', before.takeUnstored(true))
    clock.advance(60_000)
    const metrics = new RequestMetrics({ clock })
    metrics.recordRequest(sample(61, { status: 404 }))
    const health = new RequestHealth({ metrics, store, objective: async () => null })
    const evidence = await health.evidence({ ...filter, since: START })
    expect(evidence).toMatchObject({ requests: 3, errors: 1 })
    expect(evidence.latencyP95Ms).toBeGreaterThan(250)
    expect(await health.evidence({ ...filter, since: at(60) })).toMatchObject({ requests: 1, errors: 0 })
    expect(await health.evidence({ ...filter, release: 'rel_none', since: START })).toEqual({ requests: 0, errors: 0, latencyP95Ms: null })
  })
})

describe('requestSeries', () => {
  it('has a point for every step, newest version first', () => {
    const metrics = new RequestMetrics({ clock: new ManualClock(START) })
    for (const second of [0, 5, 31]) metrics.recordRequest(sample(second))
    metrics.recordRequest(sample(31, { release: 'rel_10', version: '10', status: 500 }))
    metrics.recordRequest(sample(31, { release: 'rel_9', version: '9' }))
    const from = START.getTime() / 1000
    const series = requestSeries(metrics.rows({}, from, from + 60), { fromSeconds: from, toSeconds: from + 60, stepSeconds: 10 })
    expect(series.map((one) => one.version)).toEqual(['10', '9', '1'])
    expect(series[2]?.points.map((point) => point.requests)).toEqual([2, 0, 0, 1, 0, 0])
    expect(series[2]?.points[1]).toEqual({ at: '2026-01-01T00:00:10.000Z', requests: 0, errors: 0, p50Ms: null, p95Ms: null })
    expect(series[0]?.points[3]).toMatchObject({ requests: 1, errors: 1, p95Ms: null })
  })

  it.each([
    [3_600, undefined, 30],
    [3_600, 10, 10],
    [60, 1, 10],
    [86_400, 10, 300],
    [86_400 * 35, undefined, 86_400],
  ])('divides %i s (asked for %s) into steps of %i s', (range, wanted, step) => {
    expect(stepFor(range, wanted)).toBe(step)
  })
})
