import { sql, type RawBuilder } from 'kysely'
import type { JsonObject } from '#kernel/common/json'
import type { Queryable, Transaction } from '#kernel/node/database'
import type { StepDetails } from '../creation-details.ts'
import { changeStatesOf, type TaskStatus } from './task-status.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'

/** A run of a template; its life is that of its last attempt's change. */
export interface Task {
  id: string
  /** The attempt that counts. */
  changeId: string
  /** Oldest first. */
  attempts: { changeId: string; block: number }[]
  templateRef: string
  createdBy: string
  createdAt: Date
  spec: JsonObject
  /** `CreationInput` without values and secrets: what a retry asks for again. */
  request: JsonObject
  /** Of attempts whose plan failed in a step, by their changes: the steps that ran, the one that failed last. */
  ran: Readonly<Record<string, readonly StepDetails[]>>
}

/** @returns false when there is a task of that id already. */
export async function insertTask(tx: Transaction, task: Omit<Task, 'attempts' | 'ran'> & { ran?: readonly StepDetails[] }): Promise<boolean> {
  const { rows } = await sql`insert into creation_task (id, change_id, attempts, template_ref, created_by, created_at, spec, request, ran)
    values (${task.id}, ${task.changeId}, jsonb_build_array(jsonb_build_object('changeId', ${task.changeId}::text, 'block', nextval('creation_event_block'))),
      ${task.templateRef}, ${task.createdBy}, ${task.createdAt}, ${JSON.stringify(task.spec)}::jsonb, ${JSON.stringify(task.request)}::jsonb,
      ${ranText(task.changeId, task.ran)}::jsonb)
    on conflict (id) do nothing returning id`.execute(tx)
  return rows.length > 0
}

/** Makes a change the attempt that counts. Of two at once one is refused. @throws `platform.scaffolder.not_retryable` while the one before goes on. */
export async function addAttempt(tx: Transaction, id: string, changeId: string, ran?: readonly StepDetails[]): Promise<void> {
  const { rows } = await sql`update creation_task set change_id = ${changeId}, ran = ran || ${ranText(changeId, ran)}::jsonb,
      attempts = attempts || jsonb_build_array(jsonb_build_object('changeId', ${changeId}::text, 'block', nextval('creation_event_block')))
    where id = ${id} and exists (select from change where change.id = creation_task.change_id and change.finished_at is not null and change.state <> 'done')
    returning id`.execute(tx)
  if (rows.length === 0) throw scaffolderFaults.not_retryable({ id, status: 'under way, or completed' })
}

function ranText(changeId: string, ran: readonly StepDetails[] | undefined): string {
  return JSON.stringify(ran === undefined ? {} : { [changeId]: ran })
}

/** @param id of the task, or of the change of any of its attempts. */
export async function findTask(db: Queryable, id: string): Promise<Task | undefined> {
  if (id.includes('\0')) return undefined
  return (await select(db, sql`where id = ${id} or attempts @> ${JSON.stringify([{ changeId: id }])}::jsonb`))[0]
}

export interface TaskFilter {
  createdBy?: readonly string[]
  status?: readonly TaskStatus[]
  /** Oldest first instead of newest first. */
  isAscending?: boolean
  limit: number
  offset: number
}

export async function listTasks(db: Queryable, filter: TaskFilter): Promise<{ items: Task[]; total: number }> {
  const conditions = [sql`true`]
  if (filter.createdBy && filter.createdBy.length > 0) conditions.push(sql`created_by = any(${[...filter.createdBy]}::text[])`)
  if (filter.status && filter.status.length > 0)
    conditions.push(
      sql`exists (select from change where change.id = creation_task.change_id and change.state = any(${filter.status.flatMap(changeStatesOf)}::text[]))`,
    )
  const where = sql`where ${sql.join(conditions, sql` and `)}`
  const direction = sql.raw(filter.isAscending === true ? 'asc' : 'desc')
  const [items, count] = await Promise.all([
    select(db, sql`${where} order by created_at ${direction}, id limit ${filter.limit} offset ${filter.offset}`),
    sql<{ total: number }>`select count(*)::int as total from creation_task ${where}`.execute(db),
  ])
  return { items, total: count.rows[0]?.total ?? 0 }
}

interface TaskRow {
  id: string
  change_id: string
  attempts: Task['attempts']
  ran: Task['ran']
  template_ref: string
  created_by: string
  created_at: Date
  spec: JsonObject
  request: JsonObject
}

async function select(db: Queryable, rest: RawBuilder<unknown>): Promise<Task[]> {
  const { rows } =
    await sql<TaskRow>`select id, change_id, attempts, template_ref, created_by, created_at, spec, request, ran from creation_task ${rest}`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    changeId: row.change_id,
    attempts: row.attempts,
    ran: row.ran,
    templateRef: row.template_ref,
    createdBy: row.created_by,
    createdAt: row.created_at,
    spec: row.spec,
    request: row.request,
  }))
}
