import type { Database } from '#kernel/node/database'
import type { EnvironmentDirectory } from '#platform/environment'
import type { DeployableComponent, TrafficShare, WorkloadHealth } from './ports.ts'

/** What the routes of deployments and the environment matrix work with. */
export interface DeploymentDeps {
  db: Database
  environments: EnvironmentDirectory
  /** Components of the catalog that the matrix shows, also when nothing of them runs. */
  components: () => Promise<readonly DeployableComponent[]>
  /** All workloads of the runtime. */
  workloads: () => Promise<readonly WorkloadHealth[]>
  /** All routes of the ingress. */
  traffic: () => readonly TrafficShare[]
  /** Asked when needed, since a free port is known late. */
  ingressPort: () => number
}
