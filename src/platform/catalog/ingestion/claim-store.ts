import { sql } from 'kysely'
import type { Transaction } from '#kernel/node/database'
import type { Claim } from './batch-plan.ts'
import { chunks } from './ingestion-store.ts'

/** A claim with the file that has it. */
export interface ClaimRow extends Claim {
  fileId: number
  body: string
}

/** Claims on refs, the best first: by trust, then by age. Not those of `exceptFileIds`. */
export async function listClaims(tx: Transaction, refs: readonly string[], exceptFileIds: readonly number[]): Promise<ClaimRow[]> {
  const { rows: any } = await sql`select from entity_claim limit 1`.execute(tx)
  if (any.length === 0 || refs.length === 0) return []
  const { rows } = await sql<ClaimRow>`
    select c.id, c.ref, c.trust, c.file_id as "fileId", c.document as body, f.source, f.path
    from entity_claim c join catalog_file f on f.id = c.file_id
    where c.ref = any(${[...refs]}::text[]) and c.file_id <> all(${[...exceptFileIds]}::int[]) order by c.trust desc, c.id`.execute(tx)
  return rows
}

/** Replaces the claims of files. */
export async function replaceClaims(
  tx: Transaction,
  fileIds: readonly number[],
  claims: readonly { ref: string; fileId: number; trust: number; body: string }[],
): Promise<void> {
  if (fileIds.length > 0) await sql`delete from entity_claim where file_id = any(${[...fileIds]}::int[])`.execute(tx)
  for (const part of chunks(claims)) {
    await sql`insert into entity_claim (ref, file_id, trust, document) select * from unnest(
      ${part.map(({ ref }) => ref)}::text[], ${part.map(({ fileId }) => fileId)}::int[], ${part.map(({ trust }) => trust)}::smallint[],
      ${part.map(({ body }) => body)}::text[]) on conflict do nothing`.execute(tx)
  }
}

export async function deleteClaims(tx: Transaction, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await sql`delete from entity_claim where id = any(${[...ids]}::bigint[])`.execute(tx)
}
