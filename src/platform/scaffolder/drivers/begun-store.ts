import { sql } from 'kysely'
import type { JsonObject } from '#kernel/common/json'
import type { Queryable } from '#kernel/node/database'

/** How far an effect of several requests has come. */
export interface BegunEffect {
  /** The change that sent it. */
  attempt: string
  /** Number of the request that is next, or was sent. */
  request: number
  /** It was sent, and nobody knows what came of it. */
  isOpen: boolean
  /** Of the requests before. */
  outputs: JsonObject
  begunAt: Date
}

export async function findBegun(db: Queryable, taskId: string, effectId: string): Promise<BegunEffect | undefined> {
  const { rows } = await sql<{ attempt: string; request: number; is_open: boolean; outputs: JsonObject; begun_at: Date }>`
    select attempt, request, is_open, outputs, begun_at from creation_begun where task_id = ${taskId} and effect_id = ${effectId}`.execute(db)
  const [row] = rows
  return row && { attempt: row.attempt, request: row.request, isOpen: row.is_open, outputs: row.outputs, begunAt: row.begun_at }
}

export async function recordBegun(db: Queryable, taskId: string, effectId: string, begun: Omit<BegunEffect, 'begunAt'>): Promise<void> {
  await sql`insert into creation_begun (task_id, effect_id, attempt, request, is_open, outputs)
    values (${taskId}, ${effectId}, ${begun.attempt}, ${begun.request}, ${begun.isOpen}, ${JSON.stringify(begun.outputs)}::jsonb)
    on conflict (task_id, effect_id) do update set attempt = excluded.attempt, request = excluded.request, is_open = excluded.is_open,
      outputs = excluded.outputs, begun_at = now()`.execute(db)
}

export async function forgetBegun(db: Queryable, taskId: string, effectId: string): Promise<void> {
  await sql`delete from creation_begun where task_id = ${taskId} and effect_id = ${effectId}`.execute(db)
}
