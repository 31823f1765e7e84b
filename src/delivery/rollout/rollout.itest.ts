import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { systemClock } from '#kernel/common/clock'
import type { Driver, Outcome } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import { Secret } from '#kernel/common/secret'
import { childEnvironment } from '#kernel/node/config'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { startIngress, type Ingress, type RequestSample } from '#runtime/ingress'
import { ProcessRuntime } from '#runtime/runtime'
import { createRolloutDrivers } from './rollout-drivers.ts'

const service = `
const server = require('node:http').createServer((request, response) => {
  response.statusCode = process.env.BROKEN && request.url !== '/healthz' ? 500 : 200
  response.end(process.env.FAIRWAY_VERSION)
})
server.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
if (process.env.NO_TABLE) throw new Error('relation "orders" does not exist')
`
const host = 'orders.production.localhost'
const place = { component: 'orders', environment: 'production' }

let database: TestDatabase
let dataDir: string
let runtime: ProcessRuntime
let ingress: Ingress
let drivers: Driver[]
const samples: RequestSample[] = []
let steps = 0

beforeAll(async () => {
  database = await createTestDatabase()
  dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-rollout-'))
  const artifact = path.join(dataDir, 'artifact')
  await mkdir(artifact)
  await writeFile(path.join(artifact, 'server.cjs'), service)
  const common = { db: database.db, journal: new MemoryJournal(), log: silentLogger, clock: systemClock }
  runtime = await ProcessRuntime.start({
    ...common,
    dataDir,
    resolveSecret: async () => new Secret('x'),
    fetchArtifact: async () => artifact,
    onLog: () => {},
    inheritedEnvironment: childEnvironment(),
  })
  ingress = await startIngress({ ...common, endpoints: runtime, onRequest: (sample) => samples.push(sample) }, { host: '127.0.0.1', port: 0 })
  drivers = createRolloutDrivers({
    ...common,
    runtime,
    endpoints: runtime,
    routes: ingress.routes,
    judge: {
      evidence: async ({ release, since }) => {
        const own = samples.filter((sample) => sample.release === release && sample.at >= since)
        return { requests: own.length, errors: own.filter((sample) => sample.status >= 500).length, latencyP95Ms: null }
      },
      objective: async () => ({ slo: 'orders-availability', target: 0.99 }),
    },
  })
})
afterAll(async () => {
  await ingress[Symbol.asyncDispose]()
  await runtime.close({ stopWorkloads: true })
  await database[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

async function apply(name: string, target: string, desired: JsonObject): Promise<Outcome> {
  const driver = drivers.find((driver) => driver.name === name)
  if (!driver) throw new Error(`there is no driver ${name}`)
  const action = await driver.plan({ id: name, target, desired })
  return await driver.apply(action, { key: `chg_${++steps}:${name}`, signal: new AbortController().signal, outputs: {}, progress: () => {} })
}

const workload = (version: string, environment: Record<string, { value: string }> = {}, readyTimeoutSeconds = 10): Promise<Outcome> =>
  apply('workload', `orders/production/rel_${version}`, {
    spec: {
      ref: { ...place, release: `rel_${version}` },
      artifactDigest: 'sha256:1',
      command: ['node', 'server.cjs'],
      environment,
      replicas: 1,
      readiness: { path: '/healthz' },
      volumes: [],
      limits: {},
      stopGraceSeconds: 2,
      labels: { version, owner: 'group:default/payments' },
    },
    readyTimeoutSeconds,
  })
const traffic = (weights: Record<string, number>): Promise<Outcome> =>
  apply('traffic', 'orders/production', { hosts: [host], ...place, backends: Object.entries(weights).map(([release, weight]) => ({ release, weight })) })
const analysis = (version: string, baseline: string | null): Promise<Outcome> =>
  apply('analysis', `orders/production/rel_${version}`, {
    ...place,
    release: `rel_${version}`,
    version,
    baseline,
    host,
    minSeconds: 1,
    maxSeconds: 30,
    probePath: '/',
    target: 0.99,
  })

function get(): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: ingress.port, headers: { host }, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

describe('a rollout on real processes', { timeout: 60_000 }, () => {
  it('brings the first version to all of the traffic, judged by the objective alone', async () => {
    expect(await workload('1')).toMatchObject({ outcome: 'done' })
    expect(await traffic({ rel_1: 100 })).toMatchObject({ outcome: 'done' })
    expect(await analysis('1', null)).toMatchObject({ outcome: 'done', outputs: { verdict: 'fine' } })
    expect(await get()).toEqual({ status: 200, text: '1' })
  })

  it('sees a canary that answers errors within seconds, and after the way back all traffic is served by the version before', async () => {
    expect(await workload('2', { BROKEN: { value: 'yes' } })).toMatchObject({ outcome: 'done' })
    await traffic({ rel_1: 90, rel_2: 10 })
    const startedAt = Date.now()
    const outcome = await analysis('2', 'rel_1')
    expect(outcome).toMatchObject({ outcome: 'refused', reason: 'worse' })
    expect(outcome.message).toMatch(/^canary fails (\d+) of \1, baseline 0 of \d+ in \d+ s, all of them our own probes$/)
    expect(Date.now() - startedAt).toBeLessThan(8_000)
    await traffic({ rel_1: 100 })
    expect(await apply('retire', 'orders/production/rel_2', { ...place, release: 'rel_2' })).toMatchObject({ outcome: 'done' })
    const answers = await Promise.all(Array.from({ length: 30 }, get))
    expect(new Set(answers.map((answer) => answer.text))).toEqual(new Set(['1']))
  })

  it('refuses what does not start, with the reason, and the version before serves on', async () => {
    const outcome = await workload('3', { NO_TABLE: { value: 'yes' } }, 1)
    expect(outcome).toMatchObject({ outcome: 'refused', reason: 'not_ready' })
    expect(outcome.message.split('\n')[0]).toBe('not ready after 1 s: exited with 1: Error: relation "orders" does not exist')
    expect(await apply('retire', 'orders/production/rel_3', { ...place, release: 'rel_3' })).toMatchObject({ outcome: 'done' })
    expect(await get()).toMatchObject({ status: 200, text: '1' })
  })

  it('changes from a version to the next under load without a single failed request', async () => {
    await workload('4')
    const over = new AbortController()
    const answers: { status: number; text: string }[] = []
    const load = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!over.signal.aborted) answers.push(await get())
      }),
    )
    await traffic({ rel_1: 90, rel_4: 10 })
    expect(await analysis('4', 'rel_1')).toMatchObject({ outcome: 'done', outputs: { verdict: 'fine' } })
    await traffic({ rel_4: 100 })
    expect(await apply('retire', 'orders/production/rel_1', { ...place, release: 'rel_1' })).toMatchObject({ outcome: 'done' })
    over.abort()
    await load
    expect(answers.filter((answer) => answer.status !== 200)).toEqual([])
    expect(new Set(answers.map((answer) => answer.text))).toEqual(new Set(['1', '4']))
    expect((await get()).text).toBe('4')
  })
})
