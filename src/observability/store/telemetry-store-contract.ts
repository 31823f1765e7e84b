import { afterEach, describe, expect, it } from 'vitest'
import { LATENCY_BOUNDS_MS, type LogRow, type RequestRow, type SpanRow } from './telemetry-row.ts'
import type { LogQuery, TelemetryStore } from './telemetry-store.ts'

const SOURCE = { component: 'orders', environment: 'dev', release: 'rel_1', version: '1', instance: 'a' }
const ALL = { fromUs: 0, toUs: 10_000_000_000 }

/** A log record for tests. */
export function logRow(row: Partial<LogRow> = {}): LogRow {
  return { ...SOURCE, atUs: 1_000_000, severityNumber: 9, severity: 'info', body: 'hello', stream: 'stdout', traceId: '', spanId: '', attributes: '{}', ...row }
}

/** A span for tests. */
export function spanRow(row: Partial<SpanRow> = {}): SpanRow {
  return {
    ...SOURCE,
    traceId: 't1',
    spanId: 's1',
    parentSpanId: '',
    name: 'GET /',
    kind: 2,
    startUs: 1_000_000,
    durationUs: 500,
    status: 0,
    statusMessage: '',
    scope: '',
    attributes: '{}',
    events: '[]',
    ...row,
  }
}

/** Request counts for tests. */
export function requestRow(row: Partial<RequestRow> = {}): RequestRow {
  const { component, environment, release, version } = SOURCE
  const latencies = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, index) => (index === 3 ? 5 : 0))
  return { component, environment, release, version, atSeconds: 60, statuses: [0, 4, 0, 1, 2], latencies, ...row }
}

/** The promises of `TelemetryStore`, one test each. An adapter's own test calls this with a way to make an empty store. */
export function telemetryStoreContract(name: string, make: () => Promise<TelemetryStore>): void {
  const opened: TelemetryStore[] = []
  const open = async (): Promise<TelemetryStore> => {
    const store = await make()
    opened.push(store)
    return store
  }
  afterEach(async () => {
    for (const store of opened.splice(0)) await store[Symbol.asyncDispose]()
  })
  const logs = (query: Partial<LogQuery> = {}): LogQuery => ({ ...ALL, words: [], limit: 100, ...query })

  describe(`TelemetryStore contract: ${name}`, () => {
    it('gives back a log row as it was, with whatever text', async () => {
      const store = await open()
      const row = logRow({ body: `'; drop table log; -- \u0000 "quoted" \\ 日本語 🚢\nsecond line`, attributes: '{"a":{"b":[1,null]}}' })
      await store.append('log', [row])
      expect(await store.logs(logs())).toEqual([{ ...row, sequence: expect.any(Number) as number }])
    })

    it('answers an empty store with nothing', async () => {
      const store = await open()
      expect(await store.logs(logs())).toEqual([])
      expect(await store.traces({ ...ALL, minDurationUs: 0, limit: 10 })).toEqual([])
      expect(await store.trace('nope', 10)).toEqual([])
      expect(await store.requests({ ...ALL, stepSeconds: 10 })).toEqual([])
      expect(await store.watchedMinutes(ALL)).toEqual([])
    })

    it('sees at once what was appended a moment before', async () => {
      const store = await open()
      for (let round = 1; round <= 5; round++) {
        await store.append('log', [logRow({ body: `round ${round}` })])
        expect(await store.logs(logs())).toHaveLength(round)
      }
    })

    it('gives logs newest first, ties in the order in which they came, in pages without gap or repetition', async () => {
      const store = await open()
      const rows = Array.from({ length: 25 }, (_, index) => logRow({ atUs: 1_000_000 + Math.floor(index / 10), body: `line ${index}` }))
      await store.append('log', rows.slice(0, 13))
      await store.append('log', rows.slice(13))
      const seen: string[] = []
      for (let before: LogQuery['before']; ;) {
        const page = await store.logs(logs({ limit: 7, before }))
        seen.push(...page.map((row) => row.body))
        const last = page.at(-1)
        if (page.length < 7 || !last) break
        before = { atUs: last.atUs, sequence: last.sequence }
      }
      expect(seen).toEqual(rows.map((row) => row.body).toReversed())
    })

    it.each([
      { why: 'component', query: { component: 'orders' }, bodies: ['a', 'b'] },
      { why: 'environment', query: { environment: 'prod' }, bodies: ['b', 'c'] },
      { why: 'release', query: { release: 'rel_2' }, bodies: ['c'] },
      { why: 'severity', query: { minSeverity: 13 }, bodies: ['b'] },
      { why: 'trace', query: { traceId: 'abc' }, bodies: ['c'] },
      { why: 'start inclusive, end exclusive', query: { fromUs: 20, toUs: 30 }, bodies: ['b'] },
      { why: 'nothing that only looks like it', query: { component: "orders' or '1'='1" }, bodies: [] },
    ])('filters logs by $why', async ({ query, bodies }) => {
      const store = await open()
      await store.append('log', [
        logRow({ body: 'a', atUs: 10 }),
        logRow({ body: 'b', atUs: 20, environment: 'prod', severityNumber: 17 }),
        logRow({ body: 'c', atUs: 30, component: 'billing', environment: 'prod', release: 'rel_2', traceId: 'abc' }),
      ])
      expect((await store.logs(logs(query))).map((row) => row.body).toReversed()).toEqual(bodies)
    })

    it('finds words in body and attributes, in any case, all of them, without wildcards', async () => {
      const store = await open()
      await store.append('log', [logRow({ body: 'Payment FAILED at 100%', attributes: '{"order":"ord_7"}' }), logRow({ body: 'payment accepted' })])
      const find = async (...words: string[]): Promise<number> => (await store.logs(logs({ words }))).length
      expect([await find('payment'), await find('failed', 'ORD_7'), await find('%'), await find('_'), await find('pay%t'), await find("'")]).toEqual([
        2, 1, 1, 1, 0, 0,
      ])
    })

    it('sums a trace up by its root', async () => {
      const store = await open()
      await store.append('span', [
        spanRow({ spanId: 'b', parentSpanId: 'a', name: 'select', component: 'db', startUs: 1_000_100, durationUs: 5_000, status: 2 }),
        spanRow({ spanId: 'a', name: 'GET /orders', startUs: 1_000_000, durationUs: 400 }),
        spanRow({ traceId: 't2', startUs: 2_000_000, durationUs: 10 }),
      ])
      const traces = await store.traces({ ...ALL, minDurationUs: 0, limit: 10 })
      expect(traces).toEqual([
        { traceId: 't2', root: 'GET /', component: 'orders', startUs: 2_000_000, durationUs: 10, spanCount: 1, hasError: false },
        { traceId: 't1', root: 'GET /orders', component: 'orders', startUs: 1_000_000, durationUs: 5_100, spanCount: 2, hasError: true },
      ])
      const filtered = async (query: object): Promise<string[]> => (await store.traces({ ...ALL, minDurationUs: 0, limit: 10, ...query })).map((t) => t.traceId)
      expect(await filtered({ minDurationUs: 100 })).toEqual(['t1'])
      expect(await filtered({ component: 'db' })).toEqual(['t1'])
      expect(await filtered({ toUs: 1_500_000 })).toEqual(['t1'])
      expect(await filtered({ limit: 1 })).toEqual(['t2'])
    })

    it('gives all spans of one trace by start', async () => {
      const store = await open()
      const spans = [spanRow({ spanId: 'b', startUs: 2_000_000, durationUs: 0.5 }), spanRow({ spanId: 'a' })]
      await store.append('span', [...spans, spanRow({ traceId: 'other' })])
      expect(await store.trace('t1', 10)).toEqual(spans.toReversed())
      expect(await store.trace('t1', 1)).toHaveLength(1)
    })

    it('adds requests up per release and step', async () => {
      const store = await open()
      await store.append('request', [
        requestRow(),
        requestRow({ atSeconds: 70 }),
        requestRow({ atSeconds: 80, release: 'rel_2', version: '2' }),
        requestRow({ atSeconds: 120 }),
      ])
      const rows = await store.requests({ ...ALL, component: 'orders', stepSeconds: 60 })
      expect(rows.map((row) => [row.atSeconds, row.release, row.version, row.statuses[1], row.statuses[4], row.latencies[3]])).toEqual([
        [60, 'rel_1', '1', 8, 4, 10],
        [60, 'rel_2', '2', 4, 2, 5],
        [120, 'rel_1', '1', 4, 2, 5],
      ])
      expect(await store.requests({ fromUs: 70e6, toUs: 80e6, stepSeconds: 10 })).toEqual([requestRow({ atSeconds: 70 })])
    })

    it('keeps metric points and watched minutes', async () => {
      const store = await open()
      await store.append('metric', [
        {
          ...SOURCE,
          atUs: 1,
          name: 'm',
          kind: 'histogram',
          unit: 's',
          temporality: 2,
          isMonotonic: false,
          value: 0,
          count: 3,
          sum: 1.5,
          bounds: '[1]',
          buckets: '[2,1]',
          attributes: '{}',
        },
      ])
      await store.append('watch', [{ minute: 7 }, { minute: 5 }, { minute: 7 }])
      expect(await store.watchedMinutes({ fromUs: 0, toUs: 8 * 60e6 })).toEqual([5, 7])
    })

    it('prunes by age, and only the kinds that are named', async () => {
      const store = await open()
      await store.append('log', [logRow({ atUs: 10 }), logRow({ atUs: 20 })])
      await store.append('span', [spanRow({ startUs: 10 })])
      await store.append('watch', [{ minute: 1 }])
      await store.prune(['log'], 20)
      expect((await store.logs(logs())).map((row) => row.atUs)).toEqual([20])
      expect(await store.trace('t1', 10)).toHaveLength(1)
      await store.prune(['span', 'watch'], 61_000_000)
      expect(await store.trace('t1', 10)).toHaveLength(0)
      expect(await store.watchedMinutes(ALL)).toEqual([])
    })

    it('keeps every row of many writers at once', async () => {
      const store = await open()
      await Promise.all(Array.from({ length: 40 }, (_, index) => store.append('log', [logRow({ body: `w${index}` }), logRow({ body: `w${index}b` })])))
      expect(new Set((await store.logs(logs({ limit: 200 }))).map((row) => row.body)).size).toBe(80)
    })
  })
}
