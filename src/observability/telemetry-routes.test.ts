import { describe, expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { createRouter, systemCaller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { createLogIngest, logRoutes, type LogIngest } from '#observability/log'
import { RequestMetrics, requestRoutes } from '#observability/request'
import { MemoryTelemetryStore, type SpanRow } from '#observability/store'
import { traceRoutes } from '#observability/trace'

const NOW = new Date('2026-01-02T00:00:00Z')
const clock = new ManualClock(NOW)

function open(): {
  get: (path: string) => Promise<{ status: number; body: Record<string, unknown> }>
  store: MemoryTelemetryStore
  ingest: LogIngest
  metrics: RequestMetrics
} {
  const store = new MemoryTelemetryStore()
  const ingest = createLogIngest({ store, log: silentLogger })
  const metrics = new RequestMetrics({ clock })
  const routes = [...logRoutes({ store, ingest, clock }), ...traceRoutes({ store, clock }), ...requestRoutes({ store, metrics, clock })]
  const handle = createRouter(routes, { authenticate: async () => systemCaller, authorize: async () => ({ isAllowed: true, reason: '' }), log: silentLogger })
  const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await handle(new Request(`http://x/api/v1/telemetry/${path}`))
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return { get, store, ingest, metrics }
}

const line = { component: 'orders', environment: 'dev', release: 'rel_1', version: '1', instance: 'a', stream: 'stdout' as const }

const span: SpanRow = {
  component: 'orders',
  environment: 'dev',
  release: 'rel_1',
  version: '1',
  instance: 'a',
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
}

describe('telemetry.logs', () => {
  it('gives a line in the moment after it was written, as an item', async () => {
    const { get, ingest } = open()
    ingest.ingestLog({ ...line, at: NOW, line: '{"level":"warn","msg":"slow","ms":7}' })
    const item = {
      severity: 'warn',
      body: 'slow',
      component: 'orders',
      environment: 'dev',
      release: 'rel_1',
      version: '1',
      instance: 'a',
      traceId: null,
      attributes: { ms: 7 },
    }
    expect((await get('logs')).body).toEqual({ items: [{ at: NOW.toISOString(), ...item }], nextCursor: null })
  })

  it('pages by cursor to the end', async () => {
    const { get, ingest } = open()
    for (let index = 0; index < 7; index++) ingest.ingestLog({ ...line, at: NOW, line: `line ${index}` })
    const seen: string[] = []
    for (let cursor: unknown = null, pages = 0; pages < 10; pages++) {
      const { body } = await get(`logs?limit=3${typeof cursor === 'string' ? `&cursor=${cursor}` : ''}`)
      seen.push(...(body['items'] as { body: string }[]).map((item) => item.body))
      cursor = body['nextCursor']
      if (cursor === null) break
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `line ${index}`))
  })

  it('filters by level, words, source and time', async () => {
    const { get, ingest } = open()
    ingest.ingestLog({ ...line, at: new Date(NOW.getTime() - 3_600_000), line: '{"level":"error","msg":"card declined","order":"ord_7"}' })
    ingest.ingestLog({ ...line, at: NOW, environment: 'production', line: 'card accepted' })
    const count = async (query: string): Promise<number> => ((await get(`logs?${query}`)).body['items'] as unknown[]).length
    expect(await count('level=warn')).toBe(1)
    expect(await count('q=CARD')).toBe(2)
    expect(await count('q=card%20ord_7')).toBe(1)
    expect(await count('environment=production')).toBe(1)
    expect(await count(`from=${new Date(NOW.getTime() - 60_000).toISOString()}`)).toBe(1)
    expect(await count(`to=${new Date(NOW.getTime() - 60_000).toISOString()}`)).toBe(1)
    expect(await count("component=x'%20or%201=1")).toBe(0)
  })

  it.each(['limit=0', 'limit=1000', 'level=loud', 'from=yesterday', 'cursor=nonsense', 'traceId=xyz', 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'])(
    'refuses ?%s',
    async (query) => {
      expect((await open().get(`logs?${query}`)).status).toBe(400)
    },
  )
})

describe('telemetry.traces and telemetry.trace', () => {
  const startUs = NOW.getTime() * 1000 - 60_000_000

  it('lists a trace and shows its spans from the start', async () => {
    const { get, store } = open()
    const traceId = 'a'.repeat(32)
    await store.append('span', [
      {
        ...span,
        traceId,
        spanId: 'b',
        parentSpanId: 'a',
        kind: 3,
        startUs: startUs + 250,
        durationUs: 100,
        status: 2,
        events: '[{"atUs":1000,"name":"e","attributes":{}}]',
      },
      { ...span, traceId, spanId: 'a', startUs, durationUs: 1_500.5 },
    ])
    const summary = { traceId, root: 'GET /', component: 'orders', startedAt: '2026-01-01T23:59:00.000Z', durationMs: 1.501, spanCount: 2, hasError: true }
    expect((await get('traces?component=orders')).body).toEqual({ items: [summary] })
    const { body } = await get(`traces/${traceId}`)
    expect(body['spans']).toMatchObject([
      { spanId: 'a', parentSpanId: null, kind: 'server', offsetMs: 0 },
      {
        spanId: 'b',
        parentSpanId: 'a',
        kind: 'client',
        offsetMs: 0.25,
        durationMs: 0.1,
        status: 'error',
        events: [{ name: 'e', at: '1970-01-01T00:00:00.001Z' }],
      },
    ])
  })

  it('says that there is no such trace', async () => {
    const { status, body } = await open().get(`traces/${'0'.repeat(32)}`)
    expect([status, body['code']]).toEqual([404, 'observability.trace.not_found'])
    expect((await open().get('traces/UPPER')).status).toBe(400)
  })
})

describe('telemetry.requests', () => {
  const sample = {
    component: 'orders',
    environment: 'dev',
    release: 'rel_1',
    version: '1',
    method: 'GET',
    path: '/',
    status: 200,
    durationMs: 20,
    traceId: '',
    bytesOut: 0,
  }

  it('adds what is stored and what is not yet', async () => {
    const { get, store, metrics } = open()
    metrics.recordRequest({ ...sample, at: new Date(NOW.getTime() - 1_000_000) })
    await store.append('request', metrics.takeUnstored(true))
    metrics.recordRequest({ ...sample, at: new Date(NOW.getTime() - 5_000), status: 502 })
    const { body } = await get('requests?component=orders&environment=dev')
    expect(body).toMatchObject({ from: '2026-01-01T23:00:00.000Z', to: NOW.toISOString(), stepSeconds: 30 })
    const [series] = body['series'] as { release: string; points: { requests: number; errors: number }[] }[]
    expect(series?.points).toHaveLength(120)
    expect(series?.points.reduce((sum, point) => sum + point.requests, 0)).toBe(2)
    expect(series?.points.at(-1)).toMatchObject({ requests: 1, errors: 1 })
  })
})
