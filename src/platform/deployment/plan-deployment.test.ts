import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlannedAction } from '#kernel/common/driver'
import type { Environment } from '#platform/environment'
import type { WorkloadSpec } from '#runtime/runtime'
import { planDeployment, type CurrentDeployment, type DeploymentRequest } from './plan-deployment.ts'

const spec = (release: string, over: Partial<WorkloadSpec> = {}): WorkloadSpec => ({
  ref: { component: 'orders', environment: 'production', release },
  artifactDigest: `sha256:${release}`,
  command: ['node', 'server.js'],
  environment: { DATABASE_URL: { secretPath: 'resources/orders/production/db/url' } },
  port: 8080,
  replicas: 1,
  readiness: { path: '/healthz' },
  volumes: [],
  limits: {},
  stopGraceSeconds: 10,
  labels: { version: release.replace('rel_', ''), owner: 'group:default/payments' },
  ...over,
})
const environment = (over: Partial<Environment> = {}): Environment => ({
  name: 'production',
  title: 'Production',
  description: '',
  order: 3,
  account: 'local',
  region: 'local-1',
  runtime: 'processes',
  rollout: {
    strategy: 'canary',
    steps: [
      { weight: 10, minSeconds: 5 },
      { weight: 50, minSeconds: 3 },
      { weight: 100, minSeconds: 2 },
    ],
  },
  approval: { required: 1, groups: ['group:default/payments'], separationOfDuties: true, expiresAfterHours: 72 },
  ...over,
})
const current: CurrentDeployment = { release: 'rel_1', version: '1', spec: spec('rel_1') }
const db: PlannedAction = {
  id: 'resource:db',
  driver: 'postgres',
  verb: 'create',
  target: 'postgres/orders/production/db',
  title: 'Create database',
  concern: 'data',
  changes: [],
  costCentsPerMonth: 900,
  dependsOn: [],
  input: {},
}
const request = (over: Partial<DeploymentRequest> = {}): DeploymentRequest => ({
  component: 'orders',
  environment: environment(),
  spec: spec('rel_2'),
  current,
  hosts: ['orders.production.localhost', 'orders.localhost'],
  resources: [db],
  isRollback: false,
  ...over,
})
const idsOf = (actions: readonly PlannedAction[]): string[] => actions.map(({ id }) => id)

describe('planDeployment', () => {
  it.each([
    {
      why: 'a canary beside the release before',
      over: {},
      actions: ['resource:db', 'workload', 'traffic:10', 'analysis:10', 'traffic:50', 'analysis:50', 'traffic:100', 'verify', 'retire:rel_1'],
      rollback: ['restore', 'traffic:back', 'retire:rel_2'],
    },
    {
      why: 'the first deployment has nothing to compare with',
      over: { current: undefined },
      actions: ['resource:db', 'workload', 'traffic:100', 'verify'],
      rollback: ['traffic:back', 'retire:rel_2'],
    },
    {
      why: 'all at once',
      over: { environment: environment({ rollout: { strategy: 'all-at-once', steps: [] } }), resources: [] },
      actions: ['workload', 'traffic:100', 'verify', 'retire:rel_1'],
      rollback: ['restore', 'traffic:back', 'retire:rel_2'],
    },
    {
      why: 'going back moves traffic at once',
      over: { isRollback: true, resources: [] },
      actions: ['workload', 'traffic:100', 'verify', 'retire:rel_1'],
      rollback: ['restore', 'traffic:back', 'retire:rel_2'],
    },
    { why: 'a worker without a port', over: { hosts: [], resources: [] }, actions: ['workload', 'retire:rel_1'], rollback: ['restore', 'retire:rel_2'] },
    {
      why: 'the same release with another configuration changes in place',
      over: { spec: spec('rel_1', { replicas: 3 }), resources: [] },
      actions: ['workload', 'traffic:100', 'verify'],
      rollback: ['restore', 'traffic:back'],
    },
  ])('$why', ({ over, actions, rollback }) => {
    const plan = planDeployment(request(over))
    expect(idsOf(plan.actions)).toEqual(actions)
    expect(idsOf(plan.rollback)).toEqual(rollback)
    expect(plan.unchanged).toBe(false)
  })

  it('plans nothing when the release already runs as it would', () => {
    const plan = planDeployment(request({ spec: spec('rel_1'), resources: [{ ...db, verb: 'none' }] }))
    expect(plan).toMatchObject({ unchanged: true, actions: [], rollback: [], summary: 'orders v1 already runs in production' })
  })

  it('is not unchanged while a resource is missing', () => {
    expect(planDeployment(request({ spec: spec('rel_1') })).unchanged).toBe(false)
  })

  it('adds up what it costs, and says who must agree', () => {
    const plan = planDeployment(request())
    expect(plan.costCentsPerMonth).toBe(900)
    expect(plan.approval).toEqual({
      required: 1,
      groups: ['group:default/payments'],
      separationOfDuties: true,
      expiresAfterHours: 72,
      reason: 'Production asks for 1 approval',
    })
    expect(plan.summary).toBe('Deploy orders v2 to production in place of v1')
  })

  it('gives the drivers what they take', () => {
    const plan = planDeployment(request())
    const input = (id: string) => plan.actions.find((action) => action.id === id)?.input
    expect(input('traffic:10')).toEqual({
      hosts: ['orders.production.localhost', 'orders.localhost'],
      component: 'orders',
      environment: 'production',
      backends: [
        { release: 'rel_2', weight: 10 },
        { release: 'rel_1', weight: 90 },
      ],
    })
    expect(input('analysis:10')).toEqual({
      component: 'orders',
      environment: 'production',
      release: 'rel_2',
      version: '2',
      baseline: 'rel_1',
      host: 'orders.production.localhost',
      minSeconds: 5,
      maxSeconds: 60,
      probePath: '/healthz',
      target: null,
    })
    expect(input('verify')).toMatchObject({ baseline: null, minSeconds: 2 })
    expect(input('workload')).toEqual({ spec: spec('rel_2'), readyTimeoutSeconds: 120 })
    expect(input('retire:rel_1')).toEqual({ component: 'orders', environment: 'production', release: 'rel_1' })
    expect(planDeployment(request({ current: undefined })).rollback[0]?.input).toMatchObject({ backends: [] })
  })

  it('is the same plan each time, so that its hash holds', () => {
    expect(JSON.stringify(planDeployment(request()))).toBe(JSON.stringify(planDeployment(request())))
  })
})

describe('any rollout, stopped anywhere', () => {
  /** A world that plans act on: what runs and where traffic goes. */
  function applyTo(world: { running: Set<string>; backends: { release: string; weight: number }[] }, action: PlannedAction): void {
    const input = action.input as unknown as { spec: WorkloadSpec; release: string; backends: { release: string; weight: number }[] }
    if (action.driver === 'workload') world.running.add(input.spec.ref.release)
    if (action.driver === 'retire') world.running.delete(input.release)
    if (action.driver === 'traffic') world.backends = input.backends
  }
  const steps = fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }).map((weights) => weights.sort((a, b) => a - b))

  it('always serves from something that runs, and rolling back leaves the release before as it was', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 20 }), fc.boolean(), (weights, stopAfter, hasCurrent) => {
        const plan = planDeployment(
          request({
            current: hasCurrent ? current : undefined,
            environment: environment({ rollout: { strategy: 'canary', steps: weights.map((weight) => ({ weight, minSeconds: 0 })) } }),
          }),
        )
        const world = { running: new Set(hasCurrent ? ['rel_1'] : []), backends: hasCurrent ? [{ release: 'rel_1', weight: 100 }] : [] }
        const check = (): void => {
          const served = world.backends.filter((backend) => backend.weight > 0).map((backend) => backend.release)
          expect(served.filter((release) => !world.running.has(release))).toEqual([])
          expect([0, 100]).toContain(world.backends.reduce((sum, backend) => sum + backend.weight, 0))
        }
        for (const action of plan.actions.slice(0, stopAfter)) {
          applyTo(world, action)
          check()
        }
        for (const action of plan.rollback) {
          applyTo(world, action)
          check()
        }
        expect([...world.running]).toEqual(hasCurrent ? ['rel_1'] : [])
        expect(world.backends).toEqual(hasCurrent ? [{ release: 'rel_1', weight: 100 }] : [])
      }),
    )
  })

  it('ends with the new release alone', () => {
    const plan = planDeployment(request())
    const world = { running: new Set(['rel_1']), backends: [{ release: 'rel_1', weight: 100 }] }
    for (const action of plan.actions) applyTo(world, action)
    expect([...world.running]).toEqual(['rel_2'])
    expect(world.backends).toEqual([{ release: 'rel_2', weight: 100 }])
  })

  it('never destroys what holds data', () => {
    const plan = planDeployment(request())
    expect([...plan.actions, ...plan.rollback].filter((action) => action.concern === 'data' && action.verb === 'destroy')).toEqual([])
  })
})
