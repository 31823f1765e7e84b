import { createHash } from 'node:crypto'
import type { FieldProblem } from '#kernel/common/fault'
import type { Entity, EntityRelation, EntityStatusItem } from '../entity.ts'
import type { SourceFile } from './source-batch.ts'

/** An entity as it is kept: the text of its JSON without relations and status, with what the catalog adds. */
export interface EntityDocument {
  ref: string
  /** In lower case. */
  kind: string
  etag: string
  body: string
}

const ORPHAN = 'backstage.io/orphan'

/**
 * The uid of a ref: always the same, so that it outlives a rebuilt table, a moved file and a removal that was none. Version 8 of RFC 9562: made of a
 * hash of our own choice.
 */
export function uidOf(ref: string): string {
  const hex = createHash('sha256').update(`fairway entity ${ref}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Adds to a declared entity where it is from, its uid and its etag. Pure. */
export function documentOf(ref: string, declared: Entity, file: SourceFile, isOrphan = false): EntityDocument {
  const { namespace, name, annotations, uid: _uid, etag: _etag, ...rest } = declared.metadata
  const source = file.viewUrl !== undefined && file.location.startsWith('url:') ? { 'backstage.io/source-location': file.location.replace(/[^/]*$/, '') } : {}
  const places = {
    'backstage.io/managed-by-location': file.location,
    'backstage.io/managed-by-origin-location': file.origin ?? file.location,
    ...(file.viewUrl === undefined ? {} : { 'backstage.io/view-url': file.viewUrl }),
    ...(file.editUrl === undefined ? {} : { 'backstage.io/edit-url': file.editUrl }),
    ...(isOrphan ? { [ORPHAN]: 'true' } : {}),
  }
  const { [ORPHAN]: _orphan, ...kept } = annotations ?? {}
  const metadata = { namespace: namespace ?? 'default', annotations: { ...source, ...kept, ...places }, name, ...rest, uid: uidOf(ref) }
  return finished(ref, { ...declared, metadata })
}

/** The same entity with, or without, the mark of an orphan. */
export function markedOrphan(ref: string, entity: Entity, isOrphan: boolean): EntityDocument {
  const { [ORPHAN]: _orphan, ...annotations } = entity.metadata.annotations ?? {}
  const { etag: _etag, ...metadata } = entity.metadata
  return finished(ref, { ...entity, metadata: { ...metadata, annotations: isOrphan ? { ...annotations, [ORPHAN]: 'true' } : annotations } })
}

function finished(ref: string, { apiVersion, kind, metadata, spec }: Entity): EntityDocument {
  const plain = { metadata, apiVersion, kind, ...(spec === undefined ? {} : { spec }) }
  const etag = createHash('sha256').update(JSON.stringify(plain)).digest('hex').slice(0, 32)
  return { ref, kind: kind.toLowerCase(), etag, body: JSON.stringify({ ...plain, metadata: { ...metadata, etag } }) }
}

/** A document that was stored as its text. */
export function documentOfText(ref: string, body: string): EntityDocument {
  const { kind, metadata } = JSON.parse(body) as Entity
  return { ref, kind: kind.toLowerCase(), etag: metadata.etag ?? '', body }
}

/** Puts the parts of a stored entity together as the text of its JSON. */
export function stitchedText(row: { body: string; relations: string; problems: string | null }): string {
  const status = row.problems === null ? '' : `,"status":${JSON.stringify({ items: (JSON.parse(row.problems) as FieldProblem[]).map(statusItem) })}`
  return `${row.body.slice(0, -1)},"relations":${row.relations}${status}}`
}

/** Relations sorted and as JSON. */
export function relationsText(relations: Iterable<EntityRelation>): string {
  return JSON.stringify([...relations].sort((a, b) => (a.type < b.type || (a.type === b.type && a.targetRef < b.targetRef) ? -1 : 1)))
}

function statusItem(problem: FieldProblem): EntityStatusItem {
  const place = problem.file === undefined ? '' : `${problem.file}:${problem.line ?? 1}: `
  const message = `${place}${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`
  return { type: 'backstage.io/catalog-processing', level: 'error', message, error: { name: 'InputError', message } }
}
