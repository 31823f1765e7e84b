import type { Id } from '#kernel/common/id'
import type { JsonObject } from '#kernel/common/json'
import type { ArtifactKind } from '#delivery/artifact'
import type { ProvenanceVerdict } from '#delivery/provenance'

/** What may be deployed: an artifact by digest, with the score file of its commit. Immutable but for its quarantine. */
export interface Release {
  id: Id<'rel'>
  component: string
  /** 1, 2, 3 … for each component, without gaps; shown as `v1`. */
  version: number
  /** `acme/orders` */
  repository: string
  commit: string
  commitMessage: string
  /** `sha256:…` of the OCI manifest. */
  digest: string
  runId: string
  /** What it is of: an application, which is run, or a package, which others use. */
  kind: ArtifactKind
  /** The score file as it was written, and as YAML reads it; not yet checked against score's schema. Empty for a package. */
  scoreText: string
  score: JsonObject
  createdBy: string
  createdAt: Date
  quarantine: { reason: string; at: Date; by: string } | null
}

/** A release to be made. */
export interface NewRelease {
  component: string
  repository: string
  commit: string
  commitMessage: string
  digest: string
  runId: string
  /** `app` unless told. */
  kind?: ArtifactKind
  /** Of no matter for a package: nothing of it is run. */
  scoreText: string
  createdBy: string
}

/** What a run left to make a release of. */
interface ReleasableArtifact {
  repository: string
  commit: string
  commitMessage: string
  digest: string
  kind: ArtifactKind
  scoreText: string
}

/** Finds what a run published for a component. Main makes it of the artifacts and the Git host. */
export type ArtifactOfRun = (runId: string, component: string) => Promise<ReleasableArtifact | undefined>

/** Makes, lists, judges and quarantines releases. */
export interface ReleaseService {
  /**
   * Makes the next version. The same component, digest and commit again answer the release that is there.
   * @throws `delivery.release.bad_score` with line and column of each fault.
   */
  create(input: NewRelease): Promise<Release>
  /** As `create`, of what a run published. @throws also `delivery.release.no_artifact`. */
  createOfRun(input: { component: string; runId: string; createdBy: string }): Promise<Release>
  /** @throws `delivery.release.not_found`. */
  get(id: string): Promise<Release>
  /** By version, e.g. 3 of `orders`. @throws `delivery.release.not_found`. */
  getVersion(component: string, version: number): Promise<Release>
  /** The newest that is not in quarantine; with `before`, the newest older than that version. @throws `delivery.release.none`. */
  getNewest(component: string, before?: number): Promise<Release>
  /** Components that were released at least once. */
  components(): Promise<ReadonlySet<string>>
  /** Newest first. @throws `delivery.release.bad_cursor`. */
  list(query: { component?: string | undefined; limit?: number; cursor?: string | undefined }): Promise<{ items: Release[]; nextCursor: string | null }>
  /** Says that it must not be deployed; again, it keeps the first reason. @throws `delivery.release.not_found`. */
  quarantine(id: string, reason: string, actor: string): Promise<Release>
  /** Lifts the quarantine; of a release that is in none it is a success. @throws `delivery.release.not_found`. */
  liftQuarantine(id: string, actor: string): Promise<Release>
  /** Whether its artifact was built here, from its repository and commit. A good verdict is kept in memory. @throws `delivery.release.not_found`. */
  provenance(id: string): Promise<ProvenanceVerdict>
}
