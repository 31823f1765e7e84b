import { sql } from 'kysely'
import type { JsonObject } from '#kernel/common/json'
import type { Queryable, Transaction } from '#kernel/node/database'
import type { FileFingerprint } from './creation-render.ts'

/** Lineage of what a task made: which template, at which commit, with which values. Read by campaigns. */
export interface CreationRecord {
  changeId: string
  taskId: string | null
  templateRef: string
  templateCommit: string
  templateVersion: string
  /** Where it came from: a repository, an address, a folder. */
  templateSource?: string
  parameters: JsonObject
  pins: JsonObject
  fillsDefaults: boolean
  repository: string | null
  componentRef: string | null
  createdBy: string
  createdAt: Date
}

/** Keeps what a creation made, and every file as it was rendered. Again for the same change it does nothing. */
export async function recordCreation(tx: Transaction, row: CreationRecord, files: readonly (FileFingerprint & { repository: string })[]): Promise<void> {
  await sql`insert into creation (change_id, task_id, template_ref, template_commit, template_version, template_source, parameters, pins, fills_defaults, repository, component_ref, created_by, created_at)
    values (${row.changeId}, ${row.taskId}, ${row.templateRef}, ${row.templateCommit}, ${row.templateVersion}, ${row.templateSource ?? ''}, ${JSON.stringify(row.parameters)}::jsonb,
      ${JSON.stringify(row.pins)}::jsonb, ${row.fillsDefaults}, ${row.repository}, ${row.componentRef}, ${row.createdBy}, ${row.createdAt})
    on conflict (change_id) do nothing`.execute(tx)
  if (files.length === 0) return
  const column = (key: 'repository' | 'path' | 'sha256' | 'mode'): string[] => files.map((file) => file[key])
  await sql`insert into creation_file (change_id, repository, path, sha256, mode)
    select ${row.changeId}, * from unnest(${column('repository')}::text[], ${column('path')}::text[], ${column('sha256')}::text[], ${column('mode')}::text[])
    on conflict do nothing`.execute(tx)
}

/** Outputs of the effects that a task has carried out, by effect id. */
export async function listDone(db: Queryable, taskId: string): Promise<Record<string, JsonObject>> {
  const { rows } = await sql<{ effect_id: string; outputs: JsonObject }>`select effect_id, outputs from creation_done where task_id = ${taskId}`.execute(db)
  return Object.fromEntries(rows.map((row) => [row.effect_id, row.outputs]))
}

export async function findDone(db: Queryable, taskId: string, effectId: string): Promise<JsonObject | undefined> {
  const { rows } = await sql<{ outputs: JsonObject }>`select outputs from creation_done where task_id = ${taskId} and effect_id = ${effectId}`.execute(db)
  return rows[0]?.outputs
}

/** Notes that an effect of a task is done. The first note stays. */
export async function recordDone(db: Queryable, taskId: string, effectId: string, outputs: JsonObject): Promise<void> {
  await sql`insert into creation_done (task_id, effect_id, outputs) values (${taskId}, ${effectId}, ${JSON.stringify(outputs)}::jsonb) on conflict do nothing`.execute(
    db,
  )
}

/** Takes notes back, e.g. of approvals when what they were given for is undone. */
export async function forgetDone(db: Queryable, taskId: string, effectIds: readonly string[]): Promise<void> {
  if (effectIds.length > 0) await sql`delete from creation_done where task_id = ${taskId} and effect_id = any(${[...effectIds]}::text[])`.execute(db)
}

/** Repositories that this task, or this change, was about to make. */
export async function listEffects(db: Queryable, owner: string): Promise<string[]> {
  const { rows } = await sql<{ repository: string }>`select repository from creation_effect where change_id = ${owner} order by created_at`.execute(db)
  return rows.map((row) => row.repository)
}
