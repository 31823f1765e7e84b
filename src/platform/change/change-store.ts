import { sql } from 'kysely'
import type { Queryable, Transaction } from '#kernel/node/database'
import type { Change, ChangeStep } from './change.ts'
import type { ChangeState } from './change-state.ts'
import { changeTables, type ChangeDecisionRow, type ChangeRow, type ChangeStepRow } from './change-tables.ts'
import type { Decision } from './approval.ts'

/** Newest first. All criteria that are given must hold. */
export interface ChangeFilter {
  state?: readonly ChangeState[]
  component?: string
  environment?: string
  kind?: string
  requestedBy?: string
}

export async function findChangeRow(db: Queryable, id: string): Promise<ChangeRow | undefined> {
  return await changeTables(db).selectFrom('change').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Locks the row until the transaction ends, so that a decision and the workflow never pass each other. */
export async function lockChangeRow(tx: Transaction, id: string): Promise<ChangeRow | undefined> {
  return await changeTables(tx).selectFrom('change').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function findChangeByKey(db: Queryable, requestedBy: string, key: string): Promise<ChangeRow | undefined> {
  return await changeTables(db).selectFrom('change').selectAll().where('requested_by', '=', requestedBy).where('idempotency_key', '=', key).executeTakeFirst()
}

/** The unfinished change that holds this key. */
export async function findChangeHolding(db: Queryable, exclusiveKey: string): Promise<ChangeRow | undefined> {
  return await changeTables(db).selectFrom('change').selectAll().where('exclusive_key', '=', exclusiveKey).where('finished_at', 'is', null).executeTakeFirst()
}

/** Unfinished changes that hold a place. */
export async function listActivePlaces(db: Queryable): Promise<{ id: string; component: string; environment: string }[]> {
  const rows = await changeTables(db)
    .selectFrom('change')
    .select(['id', 'component', 'environment'])
    .where('finished_at', 'is', null)
    .where('exclusive_key', 'is not', null)
    .orderBy('id')
    .limit(5_000)
    .execute()
  return rows.flatMap(({ id, component, environment }) => (component === null || environment === null ? [] : [{ id, component, environment }]))
}

export async function listChangeRows(db: Queryable, filter: ChangeFilter, page: { limit: number; before?: string | undefined }): Promise<ChangeRow[]> {
  let query = changeTables(db).selectFrom('change').selectAll().orderBy('id', 'desc').limit(page.limit)
  if (filter.state) query = query.where('state', 'in', [...filter.state])
  if (filter.component !== undefined) query = query.where('component', '=', filter.component)
  if (filter.environment !== undefined) query = query.where('environment', '=', filter.environment)
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
  if (filter.requestedBy !== undefined) query = query.where('requested_by', '=', filter.requestedBy)
  if (page.before !== undefined) query = query.where('id', '<', page.before)
  return await query.execute()
}

export async function listDecisionRows(db: Queryable, ids: readonly string[]): Promise<ChangeDecisionRow[]> {
  if (ids.length === 0) return []
  return await changeTables(db)
    .selectFrom('change_decision')
    .selectAll()
    .where('change_id', 'in', [...ids])
    .orderBy('at')
    .orderBy('id')
    .execute()
}

export async function listStepRows(db: Queryable, ids: readonly string[]): Promise<ChangeStepRow[]> {
  if (ids.length === 0) return []
  return await changeTables(db)
    .selectFrom('change_step')
    .selectAll()
    .where('change_id', 'in', [...ids])
    .orderBy('change_id')
    .orderBy('phase')
    .orderBy('position')
    .execute()
}

/** Puts rows together: two queries for any number of changes. */
export async function assembleChanges(db: Queryable, rows: readonly ChangeRow[]): Promise<Change[]> {
  const ids = rows.map((row) => row.id)
  const [decisions, steps] = await Promise.all([listDecisionRows(db, ids), listStepRows(db, ids)])
  return rows.map((row) =>
    toChange(
      row,
      decisions.filter((decision) => decision.change_id === row.id),
      steps.filter((step) => step.change_id === row.id),
    ),
  )
}

export function toDecision(row: ChangeDecisionRow): Decision {
  return { by: row.by, byKind: row.by_kind, groups: row.groups, verdict: row.verdict, planHash: row.plan_hash, comment: row.comment, at: row.at }
}

function toChange(row: ChangeRow, decisions: readonly ChangeDecisionRow[], steps: readonly ChangeStepRow[]): Change {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    ...(row.component === null ? {} : { component: row.component }),
    ...(row.environment === null ? {} : { environment: row.environment }),
    ...(row.release === null ? {} : { release: row.release }),
    state: row.state,
    reason: row.reason,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    planHash: row.plan_hash,
    plan: row.plan,
    expiresAt: row.expires_at,
    decisions: decisions.map(toDecision),
    steps: steps.map(toStep),
    result: row.result,
    entered: row.entered,
  }
}

function toStep(row: ChangeStepRow): ChangeStep {
  return {
    actionId: row.action_id,
    phase: row.phase,
    title: row.title,
    driver: row.driver,
    verb: row.verb,
    state: row.state,
    message: row.message,
    percent: row.percent,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    outputs: row.outputs,
  }
}

/** Names of tables and functions of the durable engine, which lives in a schema of its own in the same database. */
export const WORKFLOW_SCHEMA = 'dbos'

/** Queues the workflow of a change in the caller's transaction: row and workflow come into being together. */
export async function enqueueChangeWorkflow(
  tx: Transaction,
  id: string,
  workflow: { name: string; queue: string; version: string; application: string },
): Promise<void> {
  await sql`select ${sql.ref(WORKFLOW_SCHEMA)}.enqueue_workflow(
    workflow_name => ${workflow.name}, queue_name => ${workflow.queue}, positional_args => array[to_json(${id}::text)],
    workflow_id => ${id}, app_version => ${workflow.version}, application_name => ${workflow.application})`.execute(tx)
}

/** Wakes the workflow of a change in the caller's transaction. The same `messageId` again wakes nobody. */
export async function wakeChangeWorkflow(tx: Transaction, id: string, messageId: string): Promise<void> {
  await sql`select ${sql.ref(WORKFLOW_SCHEMA)}.send_message(
    destination_id => ${id}, message => to_json(${messageId}::text), topic => 'decision', message_id => ${messageId})`.execute(tx)
}
