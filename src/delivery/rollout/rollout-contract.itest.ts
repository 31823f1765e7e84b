import { afterAll, beforeAll } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { systemClock } from '#kernel/common/clock'
import type { Driver } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import { Secret } from '#kernel/common/secret'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { RouteTable } from '#runtime/ingress'
import { MemoryRuntime } from '#runtime/runtime'
import { driverContract } from '../../kernel/common/driver/driver-contract.ts'
import { EffectStore } from './effect-store.ts'
import { createRolloutDrivers } from './rollout-drivers.ts'

const password = new Secret('p4ss-w0rd-of-orders')
let database: TestDatabase
let runtime: MemoryRuntime
let routes: RouteTable
let count = 0

beforeAll(async () => {
  database = await createTestDatabase()
  runtime = new MemoryRuntime()
  routes = await RouteTable.load(database.db, new MemoryJournal())
})
afterAll(async () => await database[Symbol.asyncDispose]())

/** The driver of this name; with `isBroken`, the runtime, the routes' table and the analyses are out of reach. */
function driverNamed(name: string, isBroken = false): Driver {
  const away = async (): Promise<never> => await Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:5432'))
  const drivers = createRolloutDrivers({
    runtime: isBroken ? Object.assign(new MemoryRuntime(), { ensure: away, stop: away }) : runtime,
    endpoints: runtime,
    routes: isBroken
      ? { getRoute: (host) => routes.getRoute(host), listRoutes: (filter) => routes.listRoutes(filter), setRoutes: away, removeRoutes: away }
      : routes,
    judge: { evidence: isBroken ? away : async () => ({ requests: 0, errors: 0, latencyP95Ms: null }), objective: async () => null },
    db: database.db,
    clock: systemClock,
    log: silentLogger,
  })
  const found = drivers.find((driver) => driver.name === name)
  if (!found) throw new Error(`there is no driver ${name}`)
  return found
}

const specOf = (component: string): JsonObject => ({
  ref: { component, environment: 'dev', release: 'rel_1' },
  artifactDigest: 'sha256:1',
  command: ['node', 'server.js'],
  environment: { PASSWORD: { secretPath: 'resources/orders/dev/db/password' } },
  replicas: 2,
  volumes: [],
  limits: {},
  stopGraceSeconds: 1,
  labels: { version: '1', owner: 'group:default/payments' },
})

driverContract('workload', {
  make: async () => ({
    driver: driverNamed('workload'),
    request: () => {
      const component = `orders-${++count}`
      return { id: 'workload', target: `${component}/dev/rel_1`, desired: { spec: specOf(component), readyTimeoutSeconds: 10 } }
    },
    crashHalfway: async (action, key) => {
      await new EffectStore(database.db).begin(action, { key }, action.basis ?? '')
      await runtime.ensure((action.input as unknown as { spec: Parameters<typeof runtime.ensure>[0] }).spec)
    },
    secrets: async () => [password],
    broken: async () => driverNamed('workload', true),
  }),
})

driverContract('traffic', {
  make: async () => ({
    driver: driverNamed('traffic'),
    request: () => {
      const component = `orders-${++count}`
      const desired = {
        component,
        environment: 'dev',
        hosts: [`${component}.dev.localhost`, `${component}.localhost`],
        backends: [{ release: 'rel_1', weight: 100 }],
      }
      return { id: 'traffic', target: `${component}/dev`, desired }
    },
    crashHalfway: async (action, key) => {
      await new EffectStore(database.db).begin(action, { key }, action.basis ?? '')
      const { hosts, component } = action.input as unknown as { hosts: string[]; component: string }
      await routes.setRoutes(hosts.map((host) => ({ host, component, environment: 'dev', backends: [{ release: 'rel_1', weight: 100 }] })))
    },
    secrets: async () => [password],
    broken: async () => driverNamed('traffic', true),
  }),
})

driverContract('analysis', {
  make: async () => ({
    driver: driverNamed('analysis'),
    request: () => {
      const component = `orders-${++count}`
      const desired = {
        component,
        environment: 'dev',
        release: 'rel_1',
        version: '1',
        baseline: null,
        host: null,
        minSeconds: 0,
        maxSeconds: 0,
        probePath: null,
        target: null,
      }
      return { id: 'analysis', target: `${component}/dev/rel_1`, desired }
    },
    secrets: async () => [password],
    broken: async () => driverNamed('analysis', true),
  }),
  without: {
    none: 'an analysis is made anew for each plan',
    stale: 'it looks at what is when it is applied, and alters nothing',
    remove: 'it leaves nothing behind',
    broken: 'without evidence it goes on by its own probes; its own unit test shows it',
  },
})

driverContract('retire', {
  make: async () => ({
    driver: driverNamed('retire'),
    request: () => {
      const component = `orders-${++count}`
      return { id: 'retire', target: `${component}/dev/rel_1`, desired: { component, environment: 'dev', release: 'rel_1' } }
    },
    secrets: async () => [password],
    broken: async () => driverNamed('retire', true),
  }),
  without: { stale: 'stopping what has stopped is the same deed', remove: 'it takes away: after it there is nothing to remove' },
})
