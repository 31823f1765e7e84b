import type { FieldProblem } from '#kernel/common/fault'
import type { BatchIngestion } from '#platform/catalog'
import type { LocationKind } from './location-target.ts'

/** What an ingestion did. */
export type IngestionReport = Awaited<ReturnType<BatchIngestion['take']>>

/** `reading` until it was read for the first time or while a refresh is due; `partial` when something of it could not be read or is wrong. */
export type LocationState = 'reading' | 'ok' | 'partial' | 'failed'

/** A place that descriptors come from. */
export interface Location {
  id: string
  kind: LocationKind
  /** E.g. `https://github.com/acme/orders`. */
  target: string
  /** What the catalog knows its files by, e.g. `location:3f0c…`. */
  source: string
  /** A repository of the built-in Git host: always read, never registered. */
  isBuiltIn: boolean
  /** The organisation whose repository this is. */
  parentId: string | null
  /** Of what lies on a Git host. */
  host: string | null
  /** The repository; of an organisation its name. */
  repository: string | null
  /** Kinds that it may declare beyond those of every location. */
  allow: readonly string[]
  addedBy: string
  addedAt: Date
  state: LocationState
  problems: readonly FieldProblem[]
  attempts: number
  lastReadAt: Date | null
  nextReadAt: Date | null
  isRemoved: boolean
  commits: Readonly<Record<string, string>>
  fingerprint: string
  /** How often it was asked to be read. */
  requests: number
}

/** Kinds that an administrator may allow a location: they are shown, and give no rights. */
export const ALLOWABLE_KINDS = ['User', 'Group', 'Template'] as const

/** How Backstage names a location's type. */
export function backstageType(location: Pick<Location, 'kind'>): 'url' | 'file' {
  return location.kind === 'file' ? 'file' : 'url'
}
