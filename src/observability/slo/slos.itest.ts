import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { ManualClock } from '#kernel/common/clock'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { LATENCY_BOUNDS_MS, MemoryTelemetryStore, type RequestRow } from '#observability/store'
import { createTestDatabase, type TestDatabase } from '#harness'
import type { SloSource } from './slo-source.ts'
import { createSlos, type Slos } from './slos.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())

const START = new Date('2026-03-01T12:00:00Z')
const place = { component: 'orders', environment: 'production' }

function source(more: { target?: number; name?: string; query?: string } = {}): SloSource {
  const metric = (query: string): object => ({ metricSource: { type: 'fairway', spec: { query } } })
  const ratioMetric = { good: metric(more.query ?? 'requests{status!~"5.."}'), total: metric('requests') }
  return {
    ...place,
    file: 'openslo.yaml',
    document: {
      apiVersion: 'openslo/v1',
      kind: 'SLO',
      metadata: { name: more.name ?? 'availability' },
      spec: {
        service: 'orders',
        indicator: { metadata: { name: 'i' }, spec: { ratioMetric } },
        timeWindow: [{ duration: '30d', isRolling: true }],
        budgetingMethod: 'Occurrences',
        objectives: [{ target: more.target ?? 0.99 }],
      },
    },
  }
}

function row(at: Date, good: number, bad: number): RequestRow {
  const latencies = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, index) => (index === 4 ? good : 0))
  return { ...place, release: 'rel_1', version: '1', atSeconds: Math.floor(at.getTime() / 10_000) * 10, statuses: [0, good, 0, 0, bad], latencies }
}

describe('Slos', () => {
  let clock: ManualClock
  let store: MemoryTelemetryStore
  let journal: MemoryJournal
  let sources: SloSource[]
  const make = (): Slos => createSlos({ slos: async () => sources, store, db: database.db, journal, clock, log: silentLogger })
  const minutes = (count: number): Date => new Date(clock.now().getTime() + count * 60_000)
  const feed = (slos: Slos, good: number, bad: number): void => slos.feed([row(clock.now(), good, bad)], Math.floor(clock.now().getTime() / 60_000))

  beforeEach(async () => {
    await sql`truncate slo_state`.execute(database.db)
    clock = new ManualClock(START)
    store = new MemoryTelemetryStore()
    journal = new MemoryJournal()
    sources = [source()]
  })

  it('begins with no data, and says so without an event', async () => {
    const [status] = await make().evaluate()
    expect(status).toMatchObject({ state: 'no-data', sli: { good: 0, total: 0, ratio: null } })
    expect(journal.events).toEqual([])
  })

  it('records each change of state once, over a restart too', async () => {
    const slos = make()
    feed(slos, 1_000, 0)
    await slos.evaluate()
    clock.advance(60_000)
    feed(slos, 0, 500)
    await slos.evaluate()
    await slos.evaluate()
    expect(journal.events).toMatchObject([
      {
        type: 'observability.slo.state_changed',
        subject: 'slo/orders/production/availability',
        data: { from: 'ok', to: 'exhausted', component: 'orders', slo: 'availability' },
      },
    ])
    await store.append('request', [row(minutes(-1), 1_000, 0), row(minutes(0), 0, 500)])
    clock.advance(60_000)
    await make().evaluate()
    expect(journal.events).toHaveLength(1)
  })

  it('has the past from the store and the present from the ingress, each request once', async () => {
    await store.append('request', [row(minutes(-20 * 1_440), 5_000, 10), row(minutes(-60), 100, 1), row(minutes(-1), 10, 0)])
    await store.append(
      'watch',
      [-3, -2, -1].map((minute) => ({ minute: Math.floor(minutes(minute).getTime() / 60_000) })),
    )
    const slos = make()
    feed(slos, 7, 1)
    await store.append('request', [row(clock.now(), 7, 1)])
    const { statuses } = await slos.list()
    expect(statuses[0]?.sli).toEqual({ good: 5_117, total: 5_129, ratio: 5_117 / 5_129 })
    expect(statuses[0]?.coverage).toBeCloseTo(4 / 43_200, 8)
  })

  it('measures an objective that comes later with all that has been', async () => {
    const slos = make()
    await slos.list()
    for (let step = 0; step < 30; step++) {
      const present = row(clock.now(), 10, 1)
      slos.feed([present], Math.floor(clock.now().getTime() / 60_000))
      await store.append('request', [present])
      clock.advance(10_000)
    }
    sources = [source(), source({ name: 'fast', query: 'requests{le="0.005"}' }), source({ name: 'strict', target: 0.999 })]
    const { statuses } = await slos.list()
    expect(statuses.map((status) => [status.name, status.sli.good, status.sli.total])).toEqual([
      ['availability', 300, 330],
      ['fast', 300, 330],
      ['strict', 300, 330],
    ])
  })

  it('gives a rollout the strictest objective about errors', async () => {
    sources = [source(), source({ name: 'strict', target: 0.999 }), source({ name: 'fast', target: 0.9999, query: 'requests{le="0.25"}' })]
    const slos = make()
    expect(await slos.objective(place)).toEqual({ slo: 'strict', target: 0.999 })
    expect(await slos.objective({ component: 'orders', environment: 'dev' })).toBeNull()
  })

  it('tells of SLOs that it can not measure, and measures the others', async () => {
    sources = [source(), { ...place, file: 'bad.yaml', document: { apiVersion: 'openslo/v1', kind: 'SLO' } }, source({ name: 'foreign', query: 'sum(up)' })]
    const { statuses, problems } = await make().list()
    expect(statuses).toHaveLength(1)
    expect(problems.map((problem) => [problem.file, problem.field])).toEqual([
      ['bad.yaml', 'metadata'],
      ['bad.yaml', 'spec'],
      ['openslo.yaml', 'spec.indicator.spec.ratioMetric.good.metricSource.spec.query'],
    ])
  })

  it('judges nothing by half: without the past it waits, and reads it when it can', async () => {
    class BrokenStore extends MemoryTelemetryStore {
      isBroken = true
      override async requests(query: Parameters<MemoryTelemetryStore['requests']>[0]): Promise<RequestRow[]> {
        if (this.isBroken) throw new Error('away')
        return await super.requests(query)
      }
    }
    const broken = new BrokenStore()
    store = broken
    await store.append('request', [row(minutes(-10), 10_000, 0)])
    const slos = make()
    feed(slos, 10, 10)
    await slos.evaluate()
    expect(journal.events).toEqual([])
    broken.isBroken = false
    const [status] = await slos.evaluate()
    expect(status?.sli).toMatchObject({ good: 10_010, total: 10_020 })
  })
})
