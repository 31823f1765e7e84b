import type { Transaction } from '#kernel/node/database'

/** A release as deployments see it; `delivery/release` has more. */
export interface DeployableRelease {
  id: string
  component: string
  /** `1`, `2`, … */
  version: string
  /** Digest of the OCI manifest. */
  digest: string
  commit: string
  /** Text of score.yaml; empty for a package, of which nothing is run. */
  score: string
  quarantine: { reason: string } | null
}

/** Releases, newest first. */
export interface ReleaseSource {
  /** @throws a 404 fault. */
  get(id: string): Promise<DeployableRelease>
  list(query: { component: string; limit: number; cursor?: string | undefined }): Promise<{ items: DeployableRelease[]; nextCursor: string | null }>
  /** Keeps a release from being deployed again. Idempotent; in the caller's transaction when the store can. */
  quarantine(tx: Transaction, id: string, reason: string): Promise<void>
}

/** How a workload is doing. */
export interface WorkloadHealth {
  ref: { component: string; environment: string; release: string }
  version: string
  state: 'starting' | 'ready' | 'degraded' | 'failed' | 'stopped' | 'absent'
}

export interface TrafficShare {
  component: string
  environment: string
  host: string
  backends: readonly { release: string; weight: number }[]
}

/** A component of the catalog that can be deployed. */
export interface DeployableComponent {
  name: string
  title: string
  /** Group ref; empty when nobody owns it. */
  owner: string
}
