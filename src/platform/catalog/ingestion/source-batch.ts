import { createHash } from 'node:crypto'
import type { FieldProblem } from '#kernel/common/fault'

/** Which kinds a source may declare, and whether what it says of people gives rights. */
export interface SourceTrust {
  /**
   * - `organisation`: everything; only its people, groups and memberships give rights.
   * - `templates`: templates, and what `catalog` may.
   * - `catalog`: Component, API, Resource, System, Domain, Location, AiResource and OpenSLO's kinds.
   */
  readonly level: 'organisation' | 'templates' | 'catalog'
  /** Kinds beyond the level, of `User`, `Group` and `Template`. They are shown, and give no rights. */
  readonly allow?: readonly string[]
}

/** One descriptor file as it was read. */
export interface SourceFile {
  /** Unique within its source, e.g. `services/orders/catalog-info.yaml`. Named in messages. */
  readonly path: string
  readonly text: string
  /** `url:https://…` or `file:/…`: becomes the annotation `backstage.io/managed-by-location`. */
  readonly location: string
  /** The registered location at the start of the chain (`managed-by-origin-location`); `location` unless told. */
  readonly origin?: string
  /** Ref of the Location entity that lists this file, e.g. `location:default/generated-…`: what ancestry follows. */
  readonly parent?: string
  /** Where people see and edit the file. */
  readonly viewUrl?: string
  readonly editUrl?: string
  /** `acme/orders`, when it lies in a repository. */
  readonly repository?: string
  readonly branch?: string
}

/** What a source (a repository, a location, a directory service) holds now. Taken over in one transaction. */
export interface SourceBatch {
  /** Stable owner of the files: `git:acme/orders`, `location:<uuid>`, `scim`, `oidc:<issuer>`. */
  readonly source: string
  /** Files that are new or altered, or all of them: what did not change costs next to nothing. */
  readonly files: readonly SourceFile[]
  /** Paths that are gone. */
  readonly removed?: readonly string[]
  /** Whether every known path that is not in `files` is gone, too. */
  readonly isComplete: boolean
  readonly commit: string | null
  /** Ref of who caused it, or `system:fairway`. */
  readonly actor: string
  readonly changeId?: string
  readonly trust: SourceTrust
}

/** What an ingestion did, by ref, sorted. `problems` are those of the files that were read now. */
export interface IngestionReport {
  added: string[]
  altered: string[]
  removed: string[]
  problems: FieldProblem[]
  /** Location entities in the files that were read now: their targets are to be read by the caller. */
  emitted: EmittedLocation[]
}

/** A Location entity that was found in a file. */
export interface EmittedLocation {
  /** E.g. `location:default/all-services`. */
  ref: string
  type: 'url' | 'file'
  /** Absolute: resolved against the file's own location. Globs are kept. */
  targets: string[]
  /** Whether a target that is not there is a fault (`presence: required`, the default). */
  isRequired: boolean
  /** Path of the file that has it. */
  file: string
}

/** Hash of all that a file's entities depend on: while it is the same, the file is not read again. */
export function contentKey(file: SourceFile, trust: SourceTrust): string {
  const { text, ...place } = file
  return createHash('sha256')
    .update(JSON.stringify([place, trust.level, trust.allow ?? []]))
    .update(text)
    .digest('hex')
    .slice(0, 40)
}
