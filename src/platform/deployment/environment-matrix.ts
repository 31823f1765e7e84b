import type { Environment } from '#platform/environment'
import type { Deployment } from './deployment-store.ts'
import { urlOf } from './hosts.ts'
import type { DeployableComponent, TrafficShare, WorkloadHealth } from './ports.ts'

type Health = 'healthy' | 'progressing' | 'degraded' | 'unknown' | 'off'

/** One component in one environment. */
interface MatrixCell {
  release: string
  version: string
  digest: string
  commit: string
  url: string | null
  changeId: string
  deployedAt: string
  deployedBy: string
  health: Health
  activeChangeId: string | null
  traffic: { release: string; version: string; weight: number }[]
}

export interface MatrixRow {
  component: string
  title: string
  owner: string
  /** Null: nothing runs there. A first deployment that is under way has a cell without a release. */
  cells: Record<string, MatrixCell | null>
}

export interface MatrixInput {
  environments: readonly Environment[]
  components: readonly DeployableComponent[]
  deployments: readonly Deployment[]
  workloads: readonly WorkloadHealth[]
  traffic: readonly TrafficShare[]
  active: readonly { id: string; component: string; environment: string }[]
  ingressPort: number
}

/** Puts the environment matrix together: a row per component that is known or runs, a cell per environment. Pure. */
export function buildMatrix(input: MatrixInput): MatrixRow[] {
  const known = new Map(input.components.map((component) => [component.name, component]))
  const names = new Set([...known.keys(), ...input.deployments.map((deployment) => deployment.component), ...input.active.map((change) => change.component)])
  const deployments = new Map(input.deployments.map((deployment) => [placeOf(deployment), deployment]))
  const active = new Map(input.active.map((change) => [placeOf(change), change.id]))
  return [...names].sort().map((component) => ({
    component,
    title: known.get(component)?.title ?? component,
    owner: known.get(component)?.owner ?? '',
    cells: Object.fromEntries(
      input.environments.map(({ name }) => [name, cellOf(input, deployments.get(`${component}/${name}`), active.get(`${component}/${name}`), component, name)]),
    ),
  }))
}

function cellOf(
  input: MatrixInput,
  deployment: Deployment | undefined,
  activeChangeId: string | undefined,
  component: string,
  environment: string,
): MatrixCell | null {
  if (!deployment && activeChangeId === undefined) return null
  const here = (place: { component: string; environment: string }): boolean => place.component === component && place.environment === environment
  const workloads = input.workloads.filter((workload) => here(workload.ref))
  const versions = new Map([
    ...workloads.map((workload) => [workload.ref.release, workload.version] as const),
    ...(deployment ? [[deployment.release, deployment.version] as const] : []),
  ])
  const route = input.traffic.find(here)
  const running = deployment && workloads.find((workload) => workload.ref.release === deployment.release)
  return {
    release: deployment?.release ?? '',
    version: deployment?.version ?? '',
    digest: deployment?.digest ?? '',
    commit: deployment?.commit ?? '',
    url: route ? urlOf(component, environment, input.ingressPort) : null,
    changeId: deployment?.changeId ?? activeChangeId ?? '',
    deployedAt: deployment?.deployedAt.toISOString() ?? '',
    deployedBy: deployment?.deployedBy ?? '',
    health: healthOf(deployment, running?.state, activeChangeId !== undefined),
    activeChangeId: activeChangeId ?? null,
    traffic: (route?.backends ?? []).map(({ release, weight }) => ({ release, version: versions.get(release) ?? '', weight })),
  }
}

function healthOf(deployment: Deployment | undefined, state: WorkloadHealth['state'] | undefined, isChanging: boolean): Health {
  if (!deployment) return isChanging ? 'progressing' : 'unknown'
  if (deployment.spec.replicas === 0) return 'off'
  const health: Record<WorkloadHealth['state'], Health> = {
    ready: 'healthy',
    starting: 'progressing',
    degraded: 'degraded',
    failed: 'degraded',
    stopped: 'off',
    absent: 'off',
  }
  return state === undefined ? 'off' : health[state]
}

function placeOf(place: { component: string; environment: string }): string {
  return `${place.component}/${place.environment}`
}
