import { sql } from 'kysely'
import type { JsonObject } from '#kernel/common/json'
import type { Queryable } from '#kernel/node/database'
import { targetOf, type DesiredResource } from './desired.ts'

export interface ResourceRow {
  /** `postgres/orders/production/db`. */
  id: string
  type: string
  class: string
  component: string
  environment: string
  name: string
  recipe: string
  driver: string
  status: 'providing' | 'ready' | 'failed'
  /** Values; a secret one is `{ secretPath }`. */
  outputs: JsonObject
  changeId: string | null
  createdAt: Date
  updatedAt: Date
}

const COLUMNS = sql`id, type, class, component, environment, name, recipe, driver, status, outputs, change_id as "changeId", created_at as "createdAt", updated_at as "updatedAt"`

export async function listResources(
  db: Queryable,
  query: { component?: string | undefined; environment?: string | undefined; after?: string | undefined; limit: number },
): Promise<ResourceRow[]> {
  const { rows } = await sql<ResourceRow>`select ${COLUMNS} from resource
    where (${query.component ?? null}::text is null or component = ${query.component ?? null})
      and (${query.environment ?? null}::text is null or environment = ${query.environment ?? null}) and id > ${query.after ?? ''}
    order by id limit ${query.limit}`.execute(db)
  return rows
}

/** Notes that a resource is being provided. One that is there stays ready meanwhile. */
export async function noteProviding(db: Queryable, wish: { desired: DesiredResource; driver: string; changeId: string | null; at: Date }): Promise<void> {
  const { desired, driver, changeId, at } = wish
  await sql`insert into resource (id, type, class, component, environment, name, recipe, driver, status, change_id, created_at, updated_at)
    values (${targetOf(desired)}, ${desired.type}, ${desired.class}, ${desired.component}, ${desired.environment}, ${desired.name}, ${desired.recipe}, ${driver}, 'providing', ${changeId}, ${at}, ${at})
    on conflict (id) do update set status = case when resource.status = 'failed' then 'providing' else resource.status end`.execute(db)
}

/** @returns false when all was recorded already. */
export async function noteReady(
  db: Queryable,
  done: { desired: DesiredResource; driver: string; outputs: JsonObject; changeId: string | null; at: Date },
): Promise<boolean> {
  const { desired, driver, changeId, at } = done
  const outputs = JSON.stringify(done.outputs)
  const { rows } =
    await sql`update resource set status = 'ready', outputs = ${outputs}::jsonb, recipe = ${desired.recipe}, class = ${desired.class}, driver = ${driver}, change_id = ${changeId}, updated_at = ${at}
    where id = ${targetOf(desired)} and (status <> 'ready' or outputs <> ${outputs}::jsonb or recipe <> ${desired.recipe}) returning id`.execute(db)
  return rows.length === 1
}

export async function noteFailed(db: Queryable, id: string, at: Date): Promise<void> {
  await sql`update resource set status = 'failed', updated_at = ${at} where id = ${id} and status = 'providing'`.execute(db)
}

/** @returns false when there was none. */
export async function deleteResource(db: Queryable, id: string): Promise<boolean> {
  const { rows } = await sql`delete from resource where id = ${id} returning id`.execute(db)
  return rows.length === 1
}
