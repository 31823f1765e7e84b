import type { JsonObject } from '#kernel/common/json'
import type { FieldProblem } from '#kernel/common/fault'

/** Tools whose files are read and written. */
export const FORMATS = ['backstage', 'port', 'cortex'] as const
export type Format = (typeof FORMATS)[number]

/** A file as people hand it over or get it. `path` is relative. */
export interface InteropFile {
  path: string
  text: string
}

/**
 * What did not come through as it was.
 * `dropped`: it is nowhere any more. `kept`: it lies in the result, but nothing acts on it. `approximated`: it means nearly the same.
 */
export interface Loss {
  path: string
  /** Where in the file, e.g. `microservice.relations.owningTeam`. */
  field: string
  effect: 'dropped' | 'kept' | 'approximated'
  reason: string
}

/** A document in our words: a Backstage entity, or one of `fairway.dev/v1`. */
export interface ImportedDocument {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; title?: string; description?: string } & JsonObject
  spec: JsonObject
}

/** What a set of foreign files becomes. A file that can't be read is a problem and takes nothing from the others. */
export interface Imported {
  documents: ImportedDocument[]
  losses: Loss[]
  problems: FieldProblem[]
}

/** Files of the other tool, and what of the catalog they can't say. */
export interface Exported {
  files: InteropFile[]
  losses: Loss[]
}

/** Annotations that remember what a document was called elsewhere, so that an export gives the same names back. */
export const ORIGIN = { port: 'getport.io/identifier', portBlueprint: 'getport.io/blueprint', cortex: 'cortex.io/tag' } as const
