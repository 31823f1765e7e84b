import { sql } from 'kysely'
import type { Queryable } from '#kernel/node/database'
import type { Entity } from '#platform/catalog'

export interface HistoryRow {
  id: number
  kind: 'added' | 'altered' | 'removed'
  at: Date
  actor: string
  commit: string | null
  changeId: string | null
  source: string
  before: Entity | null
  after: Entity | null
}

interface Row extends Omit<HistoryRow, 'before' | 'after' | 'kind' | 'id'> {
  id: string
  kind: 'a' | 'c' | 'r'
  before: string | null
  after: string | null
}

const KINDS = { a: 'added', c: 'altered', r: 'removed' } as const

/** What happened to an entity, newest first. @param before only what is older than this id. */
export async function listHistory(db: Queryable, ref: string, page: { before?: number; limit: number }): Promise<HistoryRow[]> {
  const older = page.before === undefined ? sql`true` : sql`c.id < ${page.before}`
  const { rows } = await sql<Row>`
    select c.id::text, c.kind, i.at, i.actor, i.commit_sha as "commit", i.change_id as "changeId", i.source, c.before,
      case when c.kind = 'r' then null when n.id is null then (select e.body from entity e where e.ref = c.ref) else n.before end as after
    from entity_change c join entity_ingestion i on i.id = c.ingestion_id
    left join lateral (select n.id, n.before from entity_change n where n.ref = c.ref and n.id > c.id order by n.id limit 1) n on true
    where c.ref = ${ref} and ${older} order by c.id desc limit ${page.limit}`.execute(db)
  return rows.map((row) => ({ ...row, id: Number(row.id), kind: KINDS[row.kind], before: parsed(row.before), after: parsed(row.after) }))
}

/** Whether anything is known of a ref, now or earlier. */
export async function isKnown(db: Queryable, ref: string): Promise<boolean> {
  const { rows } = await sql`select from entity_change where ref = ${ref} union all select from entity where ref = ${ref} limit 1`.execute(db)
  return rows.length > 0
}

/** Documents of refs as they were at a time, in one snapshot; those that were not there are left out. */
export async function documentsAt(db: Queryable, refs: readonly string[], at: Date): Promise<Map<string, string>> {
  const { rows } = await sql<{ ref: string; body: string }>`
    with later as (
      select distinct on (c.ref) c.ref, c.before from entity_change c join entity_ingestion i on i.id = c.ingestion_id
      where c.ref = any(${refs}::text[]) and i.at > ${at} order by c.ref, c.id)
    select ref, before as body from later where before is not null
    union all select e.ref, e.body from entity e where e.ref = any(${refs}::text[]) and not exists (select from later l where l.ref = e.ref)`.execute(db)
  return new Map(rows.map(({ ref, body }) => [ref, body]))
}

/** Refs that were altered since and had `text` in their document before: who may have named an entity then. */
export async function refsMentioning(db: Queryable, text: string, at: Date): Promise<string[]> {
  const { rows } = await sql<{ ref: string }>`
    select distinct c.ref from entity_change c join entity_ingestion i on i.id = c.ingestion_id
    where i.at > ${at} and strpos(lower(c.before), ${text.toLowerCase()}) > 0 limit 5000`.execute(db)
  return rows.map(({ ref }) => ref)
}

/** The last taking over that altered an entity until a time. */
export async function lastIngestion(db: Queryable, ref: string, at: Date): Promise<{ commit: string | null; source: string; at: Date } | undefined> {
  const { rows } = await sql<{ commit: string | null; source: string; at: Date }>`
    select i.commit_sha as "commit", i.source, i.at from entity_change c join entity_ingestion i on i.id = c.ingestion_id
    where c.ref = ${ref} and i.at <= ${at} order by c.id desc limit 1`.execute(db)
  return rows[0]
}

/** Calls back with every entity as it was at a time, page by page, in one snapshot. @param take number of its row: that of today's, or below zero. */
export async function eachAt(tx: Queryable, at: Date, take: (row: number, ref: string, body: string) => void): Promise<void> {
  const { rows: later } = await sql<{ ref: string; before: string | null }>`
    select distinct on (c.ref) c.ref, c.before from entity_change c join entity_ingestion i on i.id = c.ingestion_id
    where i.at > ${at} order by c.ref, c.id`.execute(tx)
  const altered = new Set(later.map(({ ref }) => ref))
  let number = -1
  for (const { ref, before } of later) if (before !== null) take(number--, ref, before)
  for (let after = 0, isMore = true; isMore;) {
    const { rows } = await sql<{ id: number; ref: string; body: string }>`select id, ref, body from entity where id > ${after} order by id limit 500`.execute(
      tx,
    )
    for (const { id, ref, body } of rows) if (!altered.has(ref)) take(id, ref, body)
    after = rows.at(-1)?.id ?? after
    isMore = rows.length === 500
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function parsed(text: string | null): Entity | null {
  return text === null ? null : (JSON.parse(text) as Entity)
}
