import { createHash } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import type { FieldProblem } from '#kernel/common/fault'
import { canonicalJson } from '#kernel/common/json'
import type { Transaction } from '#kernel/node/database'
import { tablesOf } from './catalog-tables.ts'
import { storableText } from './descriptor-source.ts'
import type { Entity } from './entity.ts'
import { formatEntityRef, parseEntityRef } from './entity-ref.ts'
import { edgesOf } from './entity-relations.ts'
import { searchRowsOf } from './entity-search-rows.ts'

/** Of one file; the rest is more of the same. */
const MAX_PROBLEMS = 50

export interface FileRow {
  id: string
  path: string
  contentHash: string
}

/** Lets one ingestion of a repository run at a time; the others wait. Held until the transaction ends. */
export async function lockRepository(tx: Transaction, repository: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`catalog:${repository}`}, 7007))`.execute(tx)
}

export async function listFiles(tx: Transaction, repository: string): Promise<FileRow[]> {
  const rows = await tablesOf(tx).selectFrom('catalog_file').select(['id', 'path', 'content_hash']).where('repository', '=', repository).execute()
  return rows.map((row) => ({ id: row.id, path: row.path, contentHash: row.content_hash }))
}

export async function listRefsOfFile(tx: Transaction, fileId: string): Promise<string[]> {
  const rows = await tablesOf(tx).selectFrom('entity').select('ref').where('file_id', '=', fileId).orderBy('ref').execute()
  return rows.map((row) => row.ref)
}

/** Which of `refs` are held by other files, with the holder's place. */
export async function findHolders(tx: Transaction, refs: readonly string[], exceptFileId: string): Promise<Map<string, string>> {
  if (refs.length === 0) return new Map()
  const rows = await tablesOf(tx)
    .selectFrom('entity')
    .innerJoin('catalog_file', 'catalog_file.id', 'entity.file_id')
    .select(['entity.ref', 'catalog_file.repository', 'catalog_file.path'])
    .where('entity.ref', 'in', refs)
    .where('entity.file_id', '!=', exceptFileId)
    .execute()
  return new Map(rows.map((row) => [row.ref, `${row.repository}/${row.path}`]))
}

export async function upsertFile(
  tx: Transaction,
  file: {
    repository: string
    path: string
    branch: string
    commit: string
    contentHash: string
    problems: readonly FieldProblem[]
    conflicts: readonly string[]
  },
): Promise<string> {
  const values = {
    repository: file.repository,
    path: file.path,
    branch: file.branch,
    commit_sha: file.commit,
    content_hash: file.contentHash,
    problems: problemsJson(file.problems),
    conflicts: [...file.conflicts],
  }
  const row = await tablesOf(tx)
    .insertInto('catalog_file')
    .values(values)
    .onConflict((conflict) => conflict.columns(['repository', 'path']).doUpdateSet({ ...values, read_at: sql<Date>`now()` }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** Writes an entity with its facts and edges. @returns what happened to it. */
export async function upsertEntity(
  tx: Transaction,
  input: { ref: string; entity: Entity; fileId: string; commit: string },
): Promise<'added' | 'altered' | 'unchanged'> {
  const { ref, entity } = input
  const db = tablesOf(tx)
  const etag = createHash('sha1').update(canonicalJson(entity)).digest('hex')
  const previous = await db.selectFrom('entity').select(['uid', 'etag']).where('ref', '=', ref).executeTakeFirst()
  const values = {
    ref,
    kind: entity.kind.toLowerCase(),
    namespace: (entity.metadata.namespace ?? 'default').toLowerCase(),
    name: entity.metadata.name,
    title: entity.metadata.title ?? null,
    owner_ref: ownerOf(entity),
    document: JSON.stringify(entity),
    etag,
    file_id: input.fileId,
    commit_sha: input.commit,
    problems: '[]',
    label: [entity.metadata.name, entity.metadata.title ?? ''].join(' ').trim().toLowerCase(),
  }
  if (previous?.etag === etag) {
    await db.updateTable('entity').set({ commit_sha: input.commit, problems: '[]', file_id: input.fileId }).where('uid', '=', previous.uid).execute()
    return 'unchanged'
  }
  const { uid } = await db
    .insertInto('entity')
    .values({ ...values, words: wordsOf(entity) })
    .onConflict((conflict) => conflict.column('ref').doUpdateSet({ ...values, words: wordsOf(entity), updated_at: sql<Date>`now()` }))
    .returning('uid')
    .executeTakeFirstOrThrow()
  await db.deleteFrom('entity_fact').where('uid', '=', uid).execute()
  await db.deleteFrom('entity_relation').where('origin', '=', uid).execute()
  const facts = searchRowsOf({ ...entity, metadata: { ...entity.metadata, uid } })
  await db
    .insertInto('entity_fact')
    .values(facts.map((row) => ({ uid, ...row })))
    .execute()
  const edges = edgesOf(entity)
  if (edges.length > 0) {
    await db
      .insertInto('entity_relation')
      .values(edges.map((edge) => ({ origin: uid, source_ref: edge.sourceRef, type: edge.type, target_ref: edge.targetRef })))
      .execute()
  }
  return previous ? 'altered' : 'added'
}

export async function setEntityProblems(tx: Transaction, ref: string, problems: readonly FieldProblem[]): Promise<void> {
  await tablesOf(tx)
    .updateTable('entity')
    .set({ problems: problemsJson(problems) })
    .where('ref', '=', ref)
    .execute()
}

/** Makes another file of the repository the home of an entity. */
export async function moveEntity(tx: Transaction, ref: string, to: { repository: string; path: string }): Promise<void> {
  const db = tablesOf(tx)
  const file = await db
    .selectFrom('catalog_file')
    .select(['id', 'problems'])
    .where('repository', '=', to.repository)
    .where('path', '=', to.path)
    .executeTakeFirstOrThrow()
  await db
    .updateTable('entity')
    .set({ file_id: file.id, problems: problemsJson(file.problems) })
    .where('ref', '=', ref)
    .execute()
}

export async function removeEntities(tx: Transaction, refs: readonly string[]): Promise<void> {
  if (refs.length > 0) await tablesOf(tx).deleteFrom('entity').where('ref', 'in', refs).execute()
}

/** Forgets a file whose entities are gone. */
export async function removeFile(tx: Transaction, fileId: string): Promise<void> {
  await tablesOf(tx).deleteFrom('catalog_file').where('id', '=', fileId).execute()
}

/** Marks files that wait for one of `refs` as unread. @returns their repositories and branches. */
export async function releaseConflicts(tx: Transaction, refs: readonly string[]): Promise<{ repository: string; branch: string }[]> {
  if (refs.length === 0) return []
  return await tablesOf(tx)
    .updateTable('catalog_file')
    .set({ content_hash: '' })
    .where(sql<boolean>`conflicts && ${[...refs]}::text[]`)
    .returning(['repository', 'branch'])
    .execute()
}

function problemsJson(problems: readonly FieldProblem[]): string {
  const kept = problems.slice(0, MAX_PROBLEMS)
  return JSON.stringify(kept.map((problem) => ({ ...problem, field: storableText(problem.field), message: storableText(problem.message).slice(0, 1_000) })))
}

function ownerOf(entity: Entity): string | null {
  const owner = entity.spec?.['owner']
  const parts = typeof owner === 'string' ? parseEntityRef(owner, { kind: 'group', namespace: entity.metadata.namespace ?? 'default' }) : undefined
  return parts ? formatEntityRef(parts) : null
}

function wordsOf(entity: Entity): RawBuilder<string> {
  const { metadata, spec } = entity
  const split = (text: string): string => `${text} ${text.replaceAll(/[-_.:/]+/g, ' ')}`
  const first = split(`${metadata.name} ${metadata.title ?? ''}`)
  const second = [...(metadata.tags ?? []), entity.kind, textOf(spec?.['type']), split(textOf(spec?.['owner'])), split(textOf(spec?.['system']))].join(' ')
  const third = (metadata.description ?? '').slice(0, 4_000)
  return sql<string>`setweight(to_tsvector('simple', ${first}), 'A') || setweight(to_tsvector('simple', ${second}), 'B') || setweight(to_tsvector('simple', ${third}), 'C')`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
