import type { JsonObject } from '#kernel/common/json'
import type { Imported, ImportedDocument, InteropFile, Loss } from '../interop.ts'
import { isRecord, readForeign } from '../read-foreign.ts'

/** Annotations that say where another catalog has an entity from: here it comes from somewhere else. */
const OF_THE_OTHER_CATALOG = /^backstage\.io\/(?:managed-by-location|managed-by-origin-location|view-url|edit-url|orphan)$/

/** Takes over descriptors, from files or as another catalog's API gives them: what a catalog adds itself (uid, etag, relations, status) is left away. Pure. */
export function importBackstage(files: readonly InteropFile[]): Imported {
  const { objects, problems } = readForeign(files)
  const losses: Loss[] = []
  const documents: ImportedDocument[] = []
  for (const { path, value } of objects) {
    if (!isRecord(value['metadata']) || typeof value['kind'] !== 'string' || typeof value['apiVersion'] !== 'string') {
      problems.push({ field: '', message: 'is no descriptor: it has no apiVersion, kind and metadata', file: path, line: 1, column: 1 })
      continue
    }
    if (value['kind'] === 'Location') {
      losses.push({ path, field: String(value['metadata']['name']), effect: 'dropped', reason: 'locations are added with `fairway locations add`' })
      continue
    }
    documents.push(documentOf(value as JsonObject & { apiVersion: string; kind: string; metadata: JsonObject }))
  }
  return { documents, losses, problems }
}

/** An entity without what its catalog has added. */
export function documentOf(value: {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: JsonObject
  readonly spec?: unknown
}): ImportedDocument {
  const { uid: _uid, etag: _etag, annotations, ...metadata } = value.metadata
  const kept = Object.entries(isRecord(annotations) ? (annotations as JsonObject) : {}).filter(([key]) => !OF_THE_OTHER_CATALOG.test(key))
  return {
    apiVersion: value.apiVersion,
    kind: value.kind,
    metadata: { ...metadata, ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }) } as ImportedDocument['metadata'],
    spec: (isRecord(value.spec) ? value.spec : {}) as JsonObject,
  }
}
