import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { FieldProblem } from '#kernel/common/fault'
import type { Transaction } from '#kernel/node/database'
import { tablesOf } from '../catalog-tables.ts'
import { storableText } from '../descriptor-source.ts'
import type { EntityDocument } from './entity-document.ts'
import type { SourceFile } from './source-batch.ts'

/** Of one file or entity; the rest is more of the same. */
const MAX_PROBLEMS = 50
/** Rows in one statement. */
const CHUNK = 250
/** Versions whose altered refs are kept for other processes. */
const KEPT_COMMITS = 1_000
/** More refs than this are not listed: whoever follows loads everything. */
export const MAX_LISTED_REFS = 3_000

export interface KnownFile {
  id: number
  path: string
  contentKey: string
  location: string
  hasEntities: boolean
}

/** A stored entity as an ingestion needs it. */
export interface EntityRow {
  id: number
  ref: string
  source: string
  path: string
  location: string
  fileId: number
  trust: number
  etag: string
  body: string
  relations: string
  problems: string | null
}

/** Makes ingestions take turns until the transaction ends. @returns the version before. */
export async function lockCatalog(tx: Transaction): Promise<number> {
  const row = await tablesOf(tx).selectFrom('catalog_version').select('version').forUpdate().executeTakeFirstOrThrow()
  return row.version
}

/** Files of a source: all, or those at `paths`. */
export async function listFiles(tx: Transaction, source: string, paths?: readonly string[]): Promise<KnownFile[]> {
  const some = paths === undefined ? sql`` : sql`and path = any(${[...paths]}::text[])`
  const { rows } = await sql<KnownFile>`
    select id, path, content_key as "contentKey", location from catalog_file where source = ${source} ${some}`.execute(tx)
  return rows
}

const ENTITY = sql`select e.id, e.ref, f.source, f.path, f.location, e.file_id as "fileId", e.trust, replace(e.etag::text, '-', '') as etag, e.body, e.relations, e.problems
  from entity e join catalog_file f on f.id = e.file_id`

export async function entitiesOfFiles(tx: Transaction, fileIds: readonly number[]): Promise<EntityRow[]> {
  if (fileIds.length === 0) return []
  const { rows } = await sql<EntityRow>`${ENTITY} where e.file_id = any(${[...fileIds]}::int[]) order by e.ref`.execute(tx)
  return rows
}

export async function entitiesByRef(tx: Transaction, refs: readonly string[]): Promise<EntityRow[]> {
  const found: EntityRow[] = []
  for (const part of chunks(refs)) {
    const { rows } = await sql<EntityRow>`${ENTITY} where e.ref = any(${part}::text[])`.execute(tx)
    found.push(...rows)
  }
  return found
}

/** Entities whose own files name one of `refs`. */
export async function entitiesNaming(tx: Transaction, refs: readonly string[]): Promise<EntityRow[]> {
  const found: EntityRow[] = []
  const { rows: any } = await sql`select from entity limit 1`.execute(tx)
  if (any.length === 0) return found
  for (const part of chunks(refs)) {
    const { rows } = await sql<EntityRow>`${ENTITY} where e.targets && ${part.map(refHash)}::bigint[]`.execute(tx)
    found.push(...rows)
  }
  return found
}

export async function upsertFiles(
  tx: Transaction,
  source: string,
  files: readonly { file: SourceFile; contentKey: string; commit: string; trust: number; problems: readonly FieldProblem[] }[],
): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  for (const part of chunks(files)) {
    const { rows } = await sql<{ id: number; path: string }>`
      insert into catalog_file (source, path, location, origin, parent, view_url, edit_url, repository, branch, commit_sha, content_key, trust, problems)
      select ${source}, * from unnest(
        ${part.map(({ file }) => file.path)}::text[], ${part.map(({ file }) => file.location)}::text[], ${part.map(({ file }) => file.origin ?? file.location)}::text[],
        ${part.map(({ file }) => file.parent ?? null)}::text[], ${part.map(({ file }) => file.viewUrl ?? null)}::text[], ${part.map(({ file }) => file.editUrl ?? null)}::text[],
        ${part.map(({ file }) => file.repository ?? '')}::text[], ${part.map(({ file }) => file.branch ?? '')}::text[], ${part.map(({ commit }) => commit)}::text[],
        ${part.map(({ contentKey }) => contentKey)}::text[], ${part.map(({ trust }) => trust)}::smallint[], ${part.map(({ problems }) => problemsText(problems))}::text[])
      on conflict (source, path) do update set location = excluded.location, origin = excluded.origin, parent = excluded.parent, view_url = excluded.view_url,
        edit_url = excluded.edit_url, repository = excluded.repository, branch = excluded.branch, commit_sha = excluded.commit_sha,
        content_key = excluded.content_key, trust = excluded.trust, problems = excluded.problems, is_orphan = false
      returning id, path`.execute(tx)
    for (const row of rows) ids.set(row.path, row.id)
  }
  return ids
}

export interface EntityWrite extends EntityDocument {
  fileId: number
  trust: number
  relations: string
  targets: readonly string[]
}

/** Writes entities. @returns their ids by ref. */
export async function upsertEntities(tx: Transaction, entities: readonly EntityWrite[]): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  for (const part of chunks(entities)) {
    const { rows } = await sql<{ id: number; ref: string }>`
      insert into entity (ref, kind, file_id, trust, etag, body, relations, targets)
      select t.ref, t.kind, t.file_id, t.trust, t.etag::uuid, t.body, t.relations, t.targets::bigint[] from unnest(
        ${part.map(({ ref }) => ref)}::text[], ${part.map(({ kind }) => kind)}::text[], ${part.map(({ fileId }) => fileId)}::int[],
        ${part.map(({ trust }) => trust)}::smallint[], ${part.map(({ etag }) => etag)}::text[], ${part.map(({ body }) => body)}::text[],
        ${part.map(({ relations }) => relations)}::text[], ${part.map(({ targets }) => `{${targets.map(refHash).join(',')}}`)}::text[]
      ) as t (ref, kind, file_id, trust, etag, body, relations, targets)
      on conflict (ref) do update set kind = excluded.kind, file_id = excluded.file_id, trust = excluded.trust, etag = excluded.etag, body = excluded.body,
        relations = excluded.relations, targets = excluded.targets, problems = null
      returning id, ref`.execute(tx)
    for (const row of rows) ids.set(row.ref, row.id)
  }
  return ids
}

export async function setRelations(tx: Transaction, items: readonly { id: number; relations: string }[]): Promise<void> {
  for (const part of chunks(items)) {
    await sql`update entity e set relations = t.relations from unnest(${part.map(({ id }) => id)}::int[], ${part.map(({ relations }) => relations)}::text[]) as t (id, relations)
      where e.id = t.id`.execute(tx)
  }
}

/** Puts problems on entities, in a file. */
export async function setProblems(tx: Transaction, items: readonly { ref: string; fileId: number; problems: readonly FieldProblem[] }[]): Promise<void> {
  for (const part of chunks(items)) {
    await sql`update entity e set problems = t.problems, file_id = t.file_id from unnest(
        ${part.map(({ ref }) => ref)}::text[], ${part.map(({ fileId }) => fileId)}::int[], ${part.map(({ problems }) => problemsText(problems))}::text[]
      ) as t (ref, file_id, problems) where e.ref = t.ref`.execute(tx)
  }
}

export async function deleteEntities(tx: Transaction, refs: readonly string[]): Promise<void> {
  for (const part of chunks(refs)) await sql`delete from entity where ref = any(${part}::text[])`.execute(tx)
}

export async function deleteFiles(tx: Transaction, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await sql`delete from catalog_file where id = any(${[...ids]}::int[])`.execute(tx)
}

/** Lets a file be read again though it did not change. */
export async function forgetContent(tx: Transaction, fileId: number): Promise<void> {
  await sql`update catalog_file set content_key = '' where id = ${fileId}`.execute(tx)
}

/** Who is in which group by these entities' word. */
export async function replaceMemberships(
  tx: Transaction,
  entityIds: readonly number[],
  pairs: readonly { entityId: number; child: string; parent: string }[],
): Promise<void> {
  if (entityIds.length > 0) await sql`delete from entity_membership where entity_id = any(${[...entityIds]}::int[])`.execute(tx)
  for (const part of chunks(pairs)) {
    await sql`insert into entity_membership (entity_id, child, parent) select * from unnest(
      ${part.map(({ entityId }) => entityId)}::int[], ${part.map(({ child }) => child)}::text[], ${part.map(({ parent }) => parent)}::text[]) on conflict do nothing`.execute(
      tx,
    )
  }
}

/** Raises the version, tells other processes which refs it altered, and wakes them when the transaction is through. */
export async function commitVersion(tx: Transaction, refs: readonly string[]): Promise<number> {
  const listed = refs.length > MAX_LISTED_REFS ? null : [...refs]
  const { rows } = await sql<{ version: number }>`
    with next as (update catalog_version set version = version + 1 returning version),
      kept as (insert into catalog_commit (version, refs) select version, ${listed}::text[] from next)
    select version from next`.execute(tx)
  const version = rows[0]?.version ?? 0
  if (version % 100 === 0) await sql`delete from catalog_commit where version < ${version - KEPT_COMMITS}`.execute(tx)
  await sql`select pg_notify('fairway_catalog', ${String(version)})`.execute(tx)
  return version
}

/** 62 bits of a ref's hash: who names a ref is found by it, and looked at again. */
export function refHash(ref: string): string {
  return (createHash('sha1').update(ref).digest().readBigInt64BE(0) >> 2n).toString()
}

export function problemsText(problems: readonly FieldProblem[]): string | null {
  if (problems.length === 0) return null
  return JSON.stringify(
    problems
      .slice(0, MAX_PROBLEMS)
      .map((problem) => ({ ...problem, field: storableText(problem.field).slice(0, 500), message: storableText(problem.message).slice(0, 1_000) })),
  )
}

export function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, index) => items.slice(index * CHUNK, (index + 1) * CHUNK))
}
