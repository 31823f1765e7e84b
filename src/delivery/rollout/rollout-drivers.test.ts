import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import type { ApplyContext, Driver, Outcome, PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import { silentLogger } from '#kernel/node/log'
import type { IngressRoute } from '#runtime/ingress'
import { MemoryRuntime, type MemoryBehaviour, type WorkloadSpec } from '#runtime/runtime'
import { analysisDriver } from './analysis-driver.ts'
import type { AnalysisRecord } from './analysis-store.ts'
import type { Counts } from './e-value.ts'
import { MemoryEffects } from './effect-store.ts'
import { retireDriver } from './retire-driver.ts'
import { trafficDriver, type TrafficRoutes } from './traffic-driver.ts'
import { workloadDriver } from './workload-driver.ts'

let clock: ManualClock
let behaviour: MemoryBehaviour
let runtime: MemoryRuntime
let routes: TrafficRoutes & { writes: number }
let progress: string[]
let effects: MemoryEffects

beforeEach(() => {
  clock = new ManualClock()
  behaviour = 'serves'
  runtime = new MemoryRuntime({ behaviourOf: () => behaviour, clock })
  routes = memoryRoutes()
  progress = []
  effects = new MemoryEffects()
})

const contextOf = (key: string, signal: AbortSignal = new AbortController().signal): ApplyContext => ({
  key,
  signal,
  outputs: {},
  progress: ({ message }) => progress.push(message),
})
const plan = async (driver: Driver, target: string, desired: JsonObject): Promise<PlannedAction> => await driver.plan({ id: 'step', target, desired })

describe('driver workload', () => {
  const spec: WorkloadSpec = {
    ref: { component: 'orders', environment: 'dev', release: 'rel_1' },
    artifactDigest: 'sha256:1',
    command: ['node', 'server.js'],
    environment: { DATABASE_URL: { secretPath: 'resources/orders/dev/db/url' } },
    replicas: 2,
    volumes: [],
    limits: {},
    stopGraceSeconds: 5,
    labels: { version: '1', owner: 'group:default/payments' },
  }
  const desired = { spec: JSON.parse(JSON.stringify(spec)) as JsonObject, readyTimeoutSeconds: 30 }
  const target = 'orders/dev/rel_1'

  it('plans to start what is absent, writing nothing, and nothing for what runs', async () => {
    const driver = workloadDriver({ runtime, clock, effects })
    const action = await plan(driver, target, desired)
    expect(action).toMatchObject({ verb: 'create', title: 'Start orders v1 in dev', concern: 'code', changes: [{ path: 'replicas', after: 2 }] })
    expect(await driver.observe(target)).toMatchObject({ exists: false })
    await driver.apply(action, contextOf('a'))
    expect(await plan(driver, target, desired)).toMatchObject({ verb: 'none' })
    expect(await driver.observe(target)).toMatchObject({ exists: true, state: { readyReplicas: 2 } })
  })

  it('applied again ends in the same state with the same outputs', async () => {
    const driver = workloadDriver({ runtime, clock, effects })
    const action = await plan(driver, target, desired)
    const first = await driver.apply(action, contextOf('a'))
    const before = await runtime.status(spec.ref)
    expect(await driver.apply(action, contextOf('a'))).toEqual(first)
    expect(await runtime.status(spec.ref)).toEqual(before)
    expect(first).toMatchObject({ outcome: 'done', outputs: { release: 'rel_1', version: '1', replicas: 2 } })
  })

  it('refuses what does not get ready in time, with the cause and its last words', async () => {
    behaviour = 'crashes'
    const outcome = await workloadDriver({ runtime, clock, effects }).apply(
      await plan(workloadDriver({ runtime, clock, effects }), target, desired),
      contextOf('a'),
    )
    expect(outcome).toMatchObject({ outcome: 'refused', reason: 'not_ready' })
    expect(outcome.message).toBe('not ready after 30 s (0 of 2 ready): exited with 1: Error: boom\n  Error: boom\n  Error: boom')
    expect(progress).toEqual(['0 of 2 ready'])
  })

  it('fails on a stale plan and changes nothing', async () => {
    const driver = workloadDriver({ runtime, clock, effects })
    const stale = await plan(driver, target, desired)
    await runtime.ensure({ ...spec, replicas: 1 })
    await expect(driver.apply(stale, contextOf('b'))).rejects.toMatchObject({ code: 'kernel.driver.stale' })
    expect(await runtime.status(spec.ref)).toMatchObject({ desiredReplicas: 1 })
  })

  it('names every wrong field of its input', async () => {
    await expect(
      plan(workloadDriver({ runtime, clock, effects }), target, { spec: { ...desired.spec, replicas: -1 }, readyTimeoutSeconds: 0 }),
    ).rejects.toMatchObject({
      code: 'kernel.driver.bad_input',
      errors: [{ field: 'spec.replicas' }, { field: 'readyTimeoutSeconds' }],
    })
  })

  it('removes what runs, and what does not', async () => {
    const driver = workloadDriver({ runtime, clock, effects })
    await driver.apply(await plan(driver, target, desired), contextOf('a'))
    await driver.remove(target, contextOf('c'))
    await driver.remove(target, contextOf('c'))
    await driver.remove('nonsense', contextOf('c'))
    expect(await driver.observe(target)).toMatchObject({ exists: false })
  })
})

describe('driver traffic', () => {
  const hosts = ['orders.production.localhost', 'orders.localhost']
  const input = (backends: { release: string; weight: number }[]) => ({ hosts, component: 'orders', environment: 'production', backends })
  const canary = [
    { release: 'rel_1', weight: 90 },
    { release: 'rel_2', weight: 10 },
  ]

  it('sets the weights of all hosts in one step, and says so', async () => {
    const driver = trafficDriver({ routes, effects })
    const first = await plan(driver, 'orders/production', input([{ release: 'rel_1', weight: 100 }]))
    expect(first.verb).toBe('create')
    await driver.apply(first, contextOf('a'))
    const action = await plan(driver, 'orders/production', input(canary))
    expect(action).toMatchObject({
      verb: 'alter',
      changes: [{ path: hosts[0], before: 'rel_1', after: 'rel_1 by 90 % and rel_2 by 10 %' }, { path: hosts[1] }],
    })
    expect(await driver.apply(action, contextOf('b'))).toMatchObject({ outcome: 'done', outputs: { hosts, backends: canary } })
    expect(hosts.map((host) => routes.getRoute(host)?.backends)).toEqual([canary, canary])
    expect(routes.writes).toBe(2)
    expect(await plan(driver, 'orders/production', input(canary))).toMatchObject({ verb: 'none' })
  })

  it('applied again is a success; a stale plan under another key is not', async () => {
    const driver = trafficDriver({ routes, effects })
    const one = await plan(driver, 'orders/production', input([{ release: 'rel_1', weight: 100 }]))
    const two = await plan(driver, 'orders/production', input(canary))
    const done = await driver.apply(one, contextOf('a'))
    expect(await driver.apply(one, contextOf('a'))).toEqual(done)
    await expect(driver.apply(two, contextOf('b'))).rejects.toMatchObject({ code: 'kernel.driver.stale' })
  })

  it('leads hosts nowhere when there is nothing to lead to, and keeps their names until they are removed', async () => {
    const driver = trafficDriver({ routes, effects })
    await driver.apply(await plan(driver, 'orders/production', input(canary)), contextOf('a'))
    await driver.apply(await plan(driver, 'orders/production', input([])), contextOf('b'))
    expect(await driver.observe('orders/production')).toMatchObject({ exists: false })
    expect(hosts.map((host) => routes.getRoute(host)?.backends)).toEqual([[], []])
    await driver.remove('orders/production', contextOf('c'))
    expect(routes.getRoute('orders.localhost')).toBeUndefined()
  })
})

describe('driver retire', () => {
  const spec = (release: string): WorkloadSpec => ({
    ref: { component: 'orders', environment: 'production', release },
    artifactDigest: 'sha256:1',
    command: ['node', 'server.js'],
    environment: {},
    replicas: 1,
    volumes: [],
    limits: {},
    stopGraceSeconds: 5,
    labels: { version: '1', owner: 'group:default/payments' },
  })

  it('stops a release without traffic, and an absent one too; refuses one that hosts lead to', async () => {
    const driver = retireDriver({ runtime, routes })
    await runtime.ensure(spec('rel_1'))
    await runtime.ensure(spec('rel_2'))
    await routes.setRoutes([{ host: 'orders.localhost', component: 'orders', environment: 'production', backends: [{ release: 'rel_2', weight: 100 }] }])
    const retire = async (release: string): Promise<Outcome> =>
      await driver.apply(await plan(driver, `orders/production/${release}`, { component: 'orders', environment: 'production', release }), contextOf(release))
    expect(await retire('rel_1')).toMatchObject({ outcome: 'done', message: 'stopped' })
    expect(await retire('rel_1')).toMatchObject({ outcome: 'done' })
    expect(await retire('rel_9')).toMatchObject({ outcome: 'done' })
    expect(await retire('rel_2')).toMatchObject({
      outcome: 'refused',
      reason: 'in_traffic',
      message: 'orders/production/rel_2 was not stopped: orders.localhost still leads to it',
    })
    expect(await runtime.status(spec('rel_2').ref)).toMatchObject({ state: 'ready' })
  })
})

describe('driver analysis', () => {
  const input = {
    component: 'orders',
    environment: 'production',
    release: 'rel_2',
    version: '2',
    baseline: 'rel_1',
    host: null,
    minSeconds: 5,
    maxSeconds: 60,
    probePath: '/healthz',
    target: 0.99,
  }
  let records: Map<string, AnalysisRecord>
  let traffic: Record<string, Counts>
  let probes: Record<string, () => boolean | null>
  let sent: { release: string; at: number }[]

  beforeEach(() => {
    records = new Map()
    traffic = {}
    probes = { rel_1: () => true, rel_2: () => true }
    sent = []
  })

  const driver = (isJudgeAway = false): Driver =>
    analysisDriver({
      clock,
      log: silentLogger,
      judge: {
        evidence: async ({ release }) => {
          if (isJudgeAway) throw new Error('away')
          return { ...(traffic[release] ?? { requests: 0, errors: 0 }), latencyP95Ms: null }
        },
        objective: async () => null,
      },
      probe: async (ref) => {
        sent.push({ release: ref.release, at: clock.now().getTime() })
        return probes[ref.release]?.() ?? null
      },
      store: {
        begin: async (key, now) => {
          const none = { requests: 0, errors: 0 }
          const record = records.get(key) ?? { startedAt: now, canaryProbes: none, baselineProbes: none, outcome: null }
          records.set(key, record)
          return structuredClone(record)
        },
        saveProbes: async (key, canaryProbes, baselineProbes) => void Object.assign(records.get(key) ?? {}, structuredClone({ canaryProbes, baselineProbes })),
        finish: async (key, outcome) => void Object.assign(records.get(key) ?? {}, { outcome }),
      },
    })
  const apply = async (more: Partial<typeof input> | { probePath: null } = {}, key = 'a', which = driver(), signal?: AbortSignal): Promise<Outcome> =>
    await which.apply(await plan(which, 'orders/production', { ...input, ...more }), contextOf(key, signal))

  it('judges a service without traffic by its own probes, at most 5 a second, and says so', async () => {
    const outcome = await apply()
    expect(outcome).toMatchObject({ outcome: 'done', outputs: { verdict: 'fine' } })
    expect(outcome.message).toMatch(/^canary fails 0 of \d+, baseline 0 of \d+ in \d+ s, all of them our own probes$/)
    const seconds = (clock.now().getTime() - (sent[0]?.at ?? 0)) / 1_000
    expect(sent.filter((probe) => probe.release === 'rel_2').length).toBeLessThanOrEqual(seconds * 5 + 1)
  })

  it('ends within seconds when the canary fails', async () => {
    probes['rel_2'] = () => false
    const startedAt = clock.now().getTime()
    expect(await apply()).toMatchObject({ outcome: 'refused', reason: 'worse' })
    expect(clock.now().getTime() - startedAt).toBeLessThan(3_000)
  })

  it('takes a canary without a ready replica for failing', async () => {
    probes['rel_2'] = () => null
    expect(await apply()).toMatchObject({ outcome: 'refused', reason: 'worse' })
  })

  it('does not blame the canary when both fail alike', async () => {
    probes = { rel_1: () => false, rel_2: () => false }
    expect(await apply()).toMatchObject({ outcome: 'done' })
  })

  it('sees errors of real traffic that its probes do not', async () => {
    traffic = { rel_1: { requests: 300, errors: 0 }, rel_2: { requests: 30, errors: 20 } }
    expect(await apply()).toMatchObject({
      outcome: 'refused',
      message: expect.stringMatching(/^canary fails 20 of 30 requests of users, baseline 0 of 300 in 0 s, 1 of 31 were our own probes$/) as unknown,
    })
  })

  it('without probes and traffic passes at the longest time, saying that it saw nothing', async () => {
    expect(await apply({ probePath: null })).toMatchObject({
      outcome: 'done',
      message: expect.stringMatching(/canary fails 0 of 0.* in 60 s: taken as fine on 0 requests, as the time is over$/) as unknown,
    })
  })

  it('goes on by its probes when the evidence can not be read', async () => {
    expect(await apply({}, 'a', driver(true))).toMatchObject({ outcome: 'done', outputs: { verdict: 'fine' } })
  })

  it('answers the same again under the same key, and watches nothing', async () => {
    const first = await apply()
    sent = []
    expect(await apply()).toEqual(first)
    expect(sent).toEqual([])
  })

  it('goes on after an interruption with its start and its probes', async () => {
    const abort = new AbortController()
    probes['rel_2'] = () => {
      if (sent.length > 30) abort.abort(new Error('killed'))
      return true
    }
    await expect(apply({}, 'a', driver(), abort.signal)).rejects.toThrow('killed')
    const kept = records.get('a')
    expect(kept?.canaryProbes.requests).toBeGreaterThan(10)
    const resumed = await apply({}, 'a')
    expect(records.get('a')?.startedAt).toEqual(kept?.startedAt)
    expect(resumed.outcome === 'done' && resumed.outputs['probes']).toBeGreaterThan(kept?.canaryProbes.requests ?? Infinity)
  })
})

function memoryRoutes(): TrafficRoutes & { writes: number } {
  const table = new Map<string, IngressRoute>()
  return {
    writes: 0,
    getRoute: (host) => table.get(host),
    listRoutes: (filter) => [...table.values()].filter((route) => route.component === filter?.component && route.environment === filter?.environment),
    async setRoutes(changed) {
      this.writes++
      for (const route of changed) table.set(route.host, route)
    },
    removeRoutes: async (hosts) => hosts.forEach((host) => table.delete(host)),
  }
}
