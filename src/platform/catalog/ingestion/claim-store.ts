import { sql } from 'kysely'
import type { Transaction } from '#kernel/node/database'
import type { Entity } from '../entity.ts'
import type { Claim } from './batch-plan.ts'
import { chunks } from './ingestion-store.ts'

/** A claim with the file that has it. */
export interface ClaimRow extends Claim {
  fileId: number
  file: {
    path: string
    location: string
    origin: string
    parent: string | null
    viewUrl: string | null
    editUrl: string | null
    repository: string
    branch: string
  }
  commit: string
  document: Entity
}

/** Claims on refs, the best first: by trust, then by age. Not those of `exceptFileIds`. */
export async function listClaims(tx: Transaction, refs: readonly string[], exceptFileIds: readonly number[]): Promise<ClaimRow[]> {
  const { rows: any } = await sql`select from entity_claim limit 1`.execute(tx)
  if (any.length === 0 || refs.length === 0) return []
  const { rows } = await sql<Omit<ClaimRow, 'document'> & { document: string }>`
    select c.id, c.ref, c.trust, c.file_id as "fileId", c.document, f.source, f.path, f.commit_sha as commit,
      json_build_object('path', f.path, 'location', f.location, 'origin', f.origin, 'parent', f.parent, 'viewUrl', f.view_url, 'editUrl', f.edit_url,
        'repository', f.repository, 'branch', f.branch) as file
    from entity_claim c join catalog_file f on f.id = c.file_id
    where c.ref = any(${[...refs]}::text[]) and c.file_id <> all(${[...exceptFileIds]}::int[]) order by c.trust desc, c.id`.execute(tx)
  return rows.map((row) => ({ ...row, document: JSON.parse(row.document) as Entity }))
}

/** Replaces the claims of files. */
export async function replaceClaims(
  tx: Transaction,
  fileIds: readonly number[],
  claims: readonly { ref: string; fileId: number; trust: number; document: Entity }[],
): Promise<void> {
  if (fileIds.length > 0) await sql`delete from entity_claim where file_id = any(${[...fileIds]}::int[])`.execute(tx)
  for (const part of chunks(claims)) {
    await sql`insert into entity_claim (ref, file_id, trust, document) select * from unnest(
      ${part.map(({ ref }) => ref)}::text[], ${part.map(({ fileId }) => fileId)}::int[], ${part.map(({ trust }) => trust)}::smallint[],
      ${part.map(({ document }) => JSON.stringify(document))}::text[]) on conflict do nothing`.execute(tx)
  }
}

export async function deleteClaims(tx: Transaction, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await sql`delete from entity_claim where id = any(${[...ids]}::bigint[])`.execute(tx)
}
