import type { Route } from '#kernel/node/http'
import type { ChangeService } from '#platform/change'
import type { DeployDeps } from './deploy-kind.ts'
import { deploymentRoutes } from './deployment-routes.ts'
import type { DeployableComponent, TrafficShare, WorkloadHealth } from './ports.ts'

export interface DeploymentDeps extends Pick<DeployDeps, 'db' | 'environments'> {
  /** Components of the catalog that the matrix shows, also when nothing of them runs. */
  components: () => Promise<readonly DeployableComponent[]>
  /** All workloads of the runtime. */
  workloads: () => Promise<readonly WorkloadHealth[]>
  /** All routes of the ingress. */
  traffic: () => readonly TrafficShare[]
  /** Asked when needed, since a free port is known late. */
  ingressPort: () => number
}

/** Routes of deployments, promotions, rollbacks and the environment matrix. The kind `deploy` is made apart, as the Change engine needs it. */
export function createDeployments(changes: ChangeService, deps: DeploymentDeps): { routes: Route[] } {
  return { routes: deploymentRoutes(changes, deps) }
}

export { createDeployKind, type DeployInput } from './deploy-kind.ts'
export { findDeployment } from './deployment-store.ts'
export * from './ports.ts'
export { parseScore } from './score/index.ts'
