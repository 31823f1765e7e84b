import type { ProvenanceVerdict } from '#delivery/provenance'

/** `artifactType` of a packed application. */
export const APP_ARTIFACT = 'application/vnd.fairway.app.v1'
/** `artifactType` of a package: files that others use, and that are never run. */
export const PACKAGE_ARTIFACT = 'application/vnd.fairway.package.v1'
/** Media type of an application's config: JSON with component, entries and unpacked size. */
export const APP_CONFIG = 'application/vnd.fairway.app.config.v1+json'
/** Media type of an application's one layer (OCI image specification 1.1). */
export const APP_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
/** Media type of a CycloneDX SBOM, as IANA registered it. */
export const CYCLONEDX = 'application/vnd.cyclonedx+json'
/** Media type of a SARIF log, as IANA registered it. */
export const SARIF = 'application/sarif+json'

/** What an artifact is for: to be run, or to be used by others. */
export type ArtifactKind = 'app' | 'package'

/** What a run built, and where it came from. */
export interface PublishRequest {
  component: string
  /** `app` unless told. */
  kind?: ArtifactKind
  /** `acme/orders` */
  repository: string
  /** Full commit id. */
  commit: string
  /** `refs/heads/main` */
  ref: string
  /** `.github/workflows/ci.yml` */
  workflow: string
  runId: string
  /** All that is to run, and nothing else; a `.git` at its top is left out. */
  folder: string
  startedAt?: Date
  /** CycloneDX JSON. */
  sbom?: Uint8Array
  /** SARIF 2.1.0 logs. */
  sarif?: readonly Uint8Array[]
}

/** What a tool found, by level. Suppressed results do not count. */
export interface Finding {
  tool: string
  count: number
  errors: number
  warnings: number
  notes: number
}

/** What was published, once for a run and component. */
export interface Artifact {
  digest: string
  kind: ArtifactKind
  component: string
  repository: string
  commit: string
  ref: string
  workflow: string
  runId: string
  /** Of the packed layer. */
  sizeBytes: number
  createdAt: Date
  sbom: { components: number } | null
  findings: Finding[]
}

/** Publishes, verifies and unpacks artifacts. */
export interface ArtifactService {
  /**
   * Packs a folder into an OCI artifact of the built-in registry, with SBOM, findings and signed provenance attached.
   * The same files give the same digest, wherever and whenever. Called again for the same run and component, it answers what the first call made.
   * @throws `delivery.artifact.empty`, `…unsafe_entry`, `…too_large`, `…bad_report`.
   */
  publish(request: PublishRequest): Promise<Artifact>
  /** The newest publication of a digest. @throws `delivery.artifact.not_found`. */
  get(digest: string): Promise<Artifact>
  /** What a run published for a component; the only one when `component` is absent. */
  findOfRun(runId: string, component?: string): Promise<Artifact | undefined>
  /** Judges the provenance. `expect` is what the caller knows of its source; absent, what was recorded when it was published. Never throws for an unknown digest. */
  verify(digest: string, expect?: { repository: string; commit?: string }): Promise<ProvenanceVerdict>
  /**
   * The folder with the artifact's files: made once, whole, and shared by all who ask; only to be read.
   * @throws `delivery.artifact.not_found`, `…bad_archive`, `…too_large`.
   */
  unpack(digest: string): Promise<string>
}
