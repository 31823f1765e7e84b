import { sql } from 'kysely'
import type { Database, Transaction } from '#kernel/node/database'
import type { View, ViewContent, ViewPage } from './view.ts'

const VIEW = sql`id, page, name, search, columns, is_shared as "isShared", owner, created_at as "createdAt", updated_at as "updatedAt"`

/** What `principal` sees on a page: their own first, then what others share; by name. */
export async function listViews(db: Database, { page, principal }: { page: ViewPage; principal: string }): Promise<View[]> {
  const { rows } = await sql<View>`
    select ${VIEW} from saved_view where page = ${page} and (owner = ${principal} or is_shared)
    order by owner <> ${principal}, lower(name), id limit 500`.execute(db)
  return rows
}

export async function findView(db: Database, id: string): Promise<View | undefined> {
  const { rows } = await sql<View>`select ${VIEW} from saved_view where id = ${id}`.execute(db)
  return rows[0]
}

/** How many views an owner keeps on a page. Two creations of one owner take turns. */
export async function countOwnViews(tx: Transaction, { page, owner }: { page: ViewPage; owner: string }): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`saved_view ${owner}`}, 0))`.execute(tx)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from saved_view where page = ${page} and owner = ${owner}`.execute(tx)
  return rows[0]?.count ?? 0
}

/** Undefined when its owner has another of that name. */
export async function insertView(tx: Transaction, view: View): Promise<View | undefined> {
  const { rows } = await sql<View>`
    insert into saved_view (id, page, name, search, columns, is_shared, owner, created_at, updated_at)
    values (${view.id}, ${view.page}, ${view.name}, ${view.search}, ${view.columns}::text[], ${view.isShared}, ${view.owner}, ${view.createdAt}, ${view.updatedAt})
    on conflict do nothing returning ${VIEW}`.execute(tx)
  return rows[0]
}

/** True when another view of the same owner has the name. */
export async function isNameTaken(tx: Transaction, { id, name }: { id: string; name: string }): Promise<boolean> {
  const { rows } = await sql`
    select 1 from saved_view o join saved_view v on v.owner = o.owner and v.page = o.page
    where v.id = ${id} and o.id <> v.id and lower(o.name) = lower(${name})`.execute(tx)
  return rows.length > 0
}

export async function updateView(tx: Transaction, id: string, content: ViewContent, at: Date): Promise<View | undefined> {
  const { rows } = await sql<View>`
    update saved_view set name = ${content.name}, search = ${content.search}, columns = ${content.columns}::text[], is_shared = ${content.isShared}, updated_at = ${at}
    where id = ${id} returning ${VIEW}`.execute(tx)
  return rows[0]
}

export async function deleteView(tx: Transaction, id: string): Promise<boolean> {
  const { rows } = await sql`delete from saved_view where id = ${id} returning id`.execute(tx)
  return rows.length > 0
}
