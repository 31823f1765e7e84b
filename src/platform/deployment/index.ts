import type { Route } from '#kernel/node/http'
import type { ChangeService } from '#platform/change'
import type { DeploymentDeps } from './deployment-deps.ts'
import { deploymentRoutes } from './deployment-routes.ts'

/** Routes of deployments, promotions, rollbacks and the environment matrix. The kind `deploy` is made apart, as the Change engine needs it. */
export function createDeployments(changes: ChangeService, deps: DeploymentDeps): { routes: Route[] } {
  return { routes: deploymentRoutes(changes, deps) }
}

export { createDeployKind } from './deploy-kind.ts'
export type { DeployInput } from './deploy-input.ts'
export { findDeployment } from './deployment-store.ts'
export * from './ports.ts'
export { parseScore } from './score/index.ts'
