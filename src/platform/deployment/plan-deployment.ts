import type { PlannedAction } from '#kernel/common/driver'
import { canonicalJson, type JsonObject } from '#kernel/common/json'
import type { WorkloadSpec } from '#runtime/runtime'
import type { DraftPlan } from '#platform/change'
import { rolloutStepsOf, type Environment, type RolloutStep } from '#platform/environment'
import { diffWorkloads } from './workload-diff.ts'

/** A workload has so long to become ready. */
const READY_TIMEOUT_SECONDS = 120
/** All users are on the release by now: what follows is a smoke test, and what comes later is the objective's business. */
const VERIFY_SECONDS = 2

/** What runs now in the place that is deployed to. */
export interface CurrentDeployment {
  release: string
  version: string
  spec: WorkloadSpec
}

export interface DeploymentRequest {
  component: string
  environment: Environment
  spec: WorkloadSpec
  current: CurrentDeployment | undefined
  /** Host names that lead to it; empty for a workload without a port. */
  hosts: readonly string[]
  resources: readonly PlannedAction[]
  /** Back to a release that ran here before: traffic moves at once. */
  isRollback: boolean
}

/**
 * Plans a release into an environment: resources, the workload, traffic step by step with an analysis each, the verification, and the end of
 * the release before. Pure: the same request gives the same plan.
 */
export function planDeployment(request: DeploymentRequest): DraftPlan {
  const { spec, current, environment } = request
  const isSameRelease = current?.release === spec.ref.release
  const isSameSpec = current !== undefined && sameSpec(current.spec, spec)
  const unchanged = isSameRelease && isSameSpec && request.resources.every((action) => action.verb === 'none')
  const where = `${request.component} v${spec.labels.version}`
  const baseline = isSameRelease ? undefined : current
  const actions = [...request.resources, workloadAction(request), ...trafficActions(request, baseline), ...retireActions(request, baseline)]
  return {
    summary: unchanged
      ? `${where} already runs in ${environment.name}`
      : `${request.isRollback ? 'Roll back to' : 'Deploy'} ${where} ${request.isRollback ? 'in' : 'to'} ${environment.name}${baseline ? ` in place of v${baseline.version}` : ''}`,
    actions: unchanged ? [] : actions,
    rollback: unchanged ? [] : rollbackActions(request, baseline),
    costCentsPerMonth: unchanged ? 0 : actions.reduce((sum, action) => sum + (action.costCentsPerMonth ?? 0), 0),
    approval: environment.approval
      ? {
          ...environment.approval,
          reason: `${environment.title} asks for ${environment.approval.required} ${environment.approval.required === 1 ? 'approval' : 'approvals'}`,
        }
      : null,
    unchanged,
  }
}

/** Equal but for the change that started it. */
function sameSpec(a: WorkloadSpec, b: WorkloadSpec): boolean {
  const bare = (spec: WorkloadSpec): unknown => ({ ...spec, labels: { ...spec.labels, changeId: undefined } })
  return canonicalJson(bare(a)) === canonicalJson(bare(b))
}

function workloadAction({ spec, current, resources, component, environment }: DeploymentRequest): PlannedAction {
  const isSameRelease = current?.release === spec.ref.release
  return {
    id: 'workload',
    driver: 'workload',
    verb: isSameRelease ? 'alter' : 'create',
    target: keyOf(spec.ref),
    title: `${isSameRelease ? 'Change' : 'Start'} ${component} v${spec.labels.version} in ${environment.name}`,
    concern: 'code',
    changes: diffWorkloads(current?.spec, spec),
    dependsOn: resources.map((action) => action.id),
    input: toJson({ spec, readyTimeoutSeconds: READY_TIMEOUT_SECONDS }),
  }
}

function trafficActions(request: DeploymentRequest, baseline: CurrentDeployment | undefined): PlannedAction[] {
  const { spec, hosts, environment, isRollback, current } = request
  if (hosts.length === 0) return []
  const isInPlace = current?.release === spec.ref.release
  const steps: RolloutStep[] = isRollback || isInPlace ? [{ weight: 100, minSeconds: 0 }] : rolloutStepsOf(environment, baseline !== undefined)
  const actions: PlannedAction[] = []
  let before = 'workload'
  let weightBefore = isInPlace ? 100 : 0
  for (const { weight, minSeconds } of steps) {
    const traffic = trafficAction(request, baseline, weight, weightBefore, before)
    actions.push(traffic)
    before = traffic.id
    weightBefore = weight
    if (weight === 100) {
      actions.push(
        analysisAction(request, {
          id: 'verify',
          baseline: null,
          minSeconds,
          maxSeconds: Math.max(VERIFY_SECONDS, minSeconds * 2),
          dependsOn: before,
          weight,
        }),
      )
      break
    }
    const analysis = analysisAction(request, {
      id: `analysis:${weight}`,
      baseline: baseline?.release ?? null,
      minSeconds,
      maxSeconds: maxSecondsOf(minSeconds),
      dependsOn: before,
      weight,
    })
    actions.push(analysis)
    before = analysis.id
  }
  return actions
}

/** A verdict that takes longer than this is taken as "not worse". */
function maxSecondsOf(minSeconds: number): number {
  return Math.max(60, minSeconds * 10)
}

function trafficAction(
  request: DeploymentRequest,
  baseline: CurrentDeployment | undefined,
  weight: number,
  weightBefore: number,
  dependsOn: string,
): PlannedAction {
  const { spec, hosts, component, environment } = request
  const backends = [{ release: spec.ref.release, weight }, ...(baseline && weight < 100 ? [{ release: baseline.release, weight: 100 - weight }] : [])]
  return {
    id: `traffic:${weight}`,
    driver: 'traffic',
    verb: baseline || weightBefore > 0 ? 'alter' : 'create',
    target: `${component}/${environment.name}`,
    title: `Lead ${weight} % of the traffic of ${hosts.join(', ')} to v${spec.labels.version}`,
    concern: 'traffic',
    changes: [{ path: `traffic.v${spec.labels.version}`, before: weightBefore, after: weight }],
    dependsOn: [dependsOn],
    input: toJson({ hosts, component, environment: environment.name, backends }),
  }
}

function analysisAction(
  request: DeploymentRequest,
  step: { id: string; baseline: string | null; minSeconds: number; maxSeconds: number; dependsOn: string; weight: number },
): PlannedAction {
  const { spec, component, environment, hosts } = request
  return {
    id: step.id,
    driver: 'analysis',
    verb: 'run',
    target: keyOf(spec.ref),
    title: step.id === 'verify' ? `Verify v${spec.labels.version} in ${environment.name}` : `Watch v${spec.labels.version} at ${step.weight} % of the traffic`,
    concern: 'traffic',
    changes: [],
    dependsOn: [step.dependsOn],
    input: toJson({
      component,
      environment: environment.name,
      release: spec.ref.release,
      version: spec.labels.version,
      baseline: step.baseline,
      host: hosts[0] ?? null,
      minSeconds: step.minSeconds,
      maxSeconds: step.maxSeconds,
      probePath: spec.readiness?.path ?? '/',
      // The driver asks for the objective when it runs, not when it is planned.
      target: null,
    }),
  }
}

function retireActions(request: DeploymentRequest, baseline: CurrentDeployment | undefined): PlannedAction[] {
  if (!baseline) return []
  return [retireAction(request, baseline, request.hosts.length === 0 ? 'workload' : 'verify')]
}

function retireAction(
  { component, environment }: DeploymentRequest,
  { release, version }: { release: string; version: string },
  dependsOn: string,
): PlannedAction {
  return {
    id: `retire:${release}`,
    driver: 'retire',
    verb: 'destroy',
    target: keyOf({ component, environment: environment.name, release }),
    title: `Stop ${component} v${version} in ${environment.name}`,
    concern: 'capacity',
    changes: [],
    dependsOn: [dependsOn],
    input: toJson({ component, environment: environment.name, release }),
  }
}

/** Back to what ran: it is made sure to run, gets all of the traffic, and the new one is stopped. Nothing that holds data is touched. */
function rollbackActions(request: DeploymentRequest, baseline: CurrentDeployment | undefined): PlannedAction[] {
  const { spec, hosts, component, environment, current } = request
  const back = baseline ?? current
  const actions: PlannedAction[] = []
  if (back) {
    actions.push({
      id: 'restore',
      driver: 'workload',
      verb: 'alter',
      target: keyOf(back.spec.ref),
      title: `Keep ${component} v${back.version} running in ${environment.name}`,
      concern: 'code',
      changes: [],
      dependsOn: [],
      input: toJson({ spec: back.spec, readyTimeoutSeconds: READY_TIMEOUT_SECONDS }),
    })
  }
  if (hosts.length > 0) {
    actions.push({
      id: 'traffic:back',
      driver: 'traffic',
      verb: back ? 'alter' : 'destroy',
      target: `${component}/${environment.name}`,
      title: back ? `Lead all traffic of ${hosts.join(', ')} to v${back.version}` : `Withdraw ${hosts.join(', ')}`,
      concern: 'traffic',
      changes: [],
      dependsOn: back ? ['restore'] : [],
      input: toJson({ hosts, component, environment: environment.name, backends: back ? [{ release: back.release, weight: 100 }] : [] }),
    })
  }
  if (back?.release === spec.ref.release) return actions
  const last = actions.at(-1)?.id
  const retire = retireAction(request, { release: spec.ref.release, version: spec.labels.version }, last ?? '')
  return [...actions, { ...retire, dependsOn: last === undefined ? [] : [last] }]
}

function keyOf(ref: WorkloadSpec['ref']): string {
  return `${ref.component}/${ref.environment}/${ref.release}`
}

function toJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject
}
