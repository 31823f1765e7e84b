import { describe, expect, it } from 'vitest'
import type { Environment } from '#platform/environment'
import type { WorkloadSpec } from '#runtime/runtime'
import type { Deployment } from './deployment-store.ts'
import { buildMatrix, type MatrixInput } from './environment-matrix.ts'
import type { WorkloadHealth } from './ports.ts'

const deployment: Deployment = {
  component: 'orders',
  environment: 'dev',
  release: 'rel_1',
  version: '1',
  digest: 'sha256:aa',
  commit: 'abc',
  spec: { replicas: 1 } as WorkloadSpec,
  previousRelease: null,
  changeId: 'chg_1',
  deployedAt: new Date('2026-01-01T00:00:00Z'),
  deployedBy: 'user:default/ana',
}
const input = (over: Partial<MatrixInput>): MatrixInput => ({
  environments: [{ name: 'dev' }, { name: 'production' }] as Environment[],
  components: [{ name: 'orders', title: 'Orders', owner: 'group:default/payments' }],
  deployments: [deployment],
  workloads: [],
  traffic: [],
  active: [],
  ingressPort: 8080,
  ...over,
})
const workload = (state: WorkloadHealth['state'], release = 'rel_1', version = '1'): WorkloadHealth => ({
  ref: { component: 'orders', environment: 'dev', release },
  version,
  state,
})

describe('buildMatrix', () => {
  it('shows what runs where, and how traffic is shared between releases', () => {
    const [row] = buildMatrix(
      input({
        workloads: [workload('ready'), workload('starting', 'rel_2', '2')],
        traffic: [
          {
            component: 'orders',
            environment: 'dev',
            host: 'orders.dev.localhost',
            backends: [
              { release: 'rel_2', weight: 10 },
              { release: 'rel_1', weight: 90 },
            ],
          },
        ],
        active: [{ id: 'chg_2', component: 'orders', environment: 'dev' }],
      }),
    )
    expect(row).toMatchObject({ component: 'orders', title: 'Orders', owner: 'group:default/payments', cells: { production: null } })
    expect(row?.cells['dev']).toEqual({
      release: 'rel_1',
      version: '1',
      digest: 'sha256:aa',
      commit: 'abc',
      url: 'http://orders.dev.localhost:8080',
      changeId: 'chg_1',
      deployedAt: '2026-01-01T00:00:00.000Z',
      deployedBy: 'user:default/ana',
      health: 'healthy',
      activeChangeId: 'chg_2',
      traffic: [
        { release: 'rel_2', version: '2', weight: 10 },
        { release: 'rel_1', version: '1', weight: 90 },
      ],
    })
  })

  it.each([
    { state: 'ready', health: 'healthy' },
    { state: 'starting', health: 'progressing' },
    { state: 'degraded', health: 'degraded' },
    { state: 'failed', health: 'degraded' },
    { state: 'stopped', health: 'off' },
    { state: 'absent', health: 'off' },
  ] as const)('a workload that is $state is $health', ({ state, health }) => {
    expect(buildMatrix(input({ workloads: [workload(state)] }))[0]?.cells['dev']?.health).toBe(health)
  })

  it('shows a first deployment while it is under way', () => {
    const [row] = buildMatrix(input({ deployments: [], active: [{ id: 'chg_9', component: 'orders', environment: 'dev' }] }))
    expect(row?.cells['dev']).toMatchObject({ release: '', activeChangeId: 'chg_9', health: 'progressing' })
  })

  it('keeps a row for what runs but is not in the catalog', () => {
    expect(buildMatrix(input({ components: [] }))[0]).toMatchObject({ component: 'orders', title: 'orders', owner: '' })
  })
})
