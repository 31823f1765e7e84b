import { sql } from 'kysely'
import type { PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import type { Queryable, Transaction } from '#kernel/node/database'
import type { ChangeResult, Plan, StepState } from './change.ts'
import { isFinal, moveReason, type ChangeState } from './change-state.ts'
import { changeTables, type ChangeRow } from './change-tables.ts'

/** Thrown when this execution of a change is no longer the one that counts: another executor has taken over. It must write nothing. */
export class FenceLost extends Error {
  constructor(id: string) {
    super(`change ${id} is carried on by another execution`)
  }
}

/** One execution of a change's workflow; `epoch` is its fencing token. */
export interface Execution {
  id: string
  epoch: number
}

/**
 * Moves a change to another state. Writes only for the execution that counts and only an allowed move.
 * @throws {FenceLost}
 */
export async function moveChange(
  tx: Transaction,
  execution: Execution,
  from: ChangeState,
  to: ChangeState,
  at: Date,
  fields: { result?: ChangeResult; plan?: Plan; planHash?: string; expiresAt?: Date | null } = {},
): Promise<void> {
  if (moveReason(from, to) === undefined) throw new Error(`a change can not go from ${from} to ${to}`)
  const result = await changeTables(tx)
    .updateTable('change')
    .set({
      state: to,
      entered: sql`jsonb_build_object(${to}::text, ${at.toISOString()}::text) || entered`,
      ...(to === 'applying' ? { started_at: sql<Date>`coalesce(started_at, ${at})` } : {}),
      ...(isFinal(to) ? { finished_at: at } : {}),
      ...(fields.result ? { result: JSON.stringify(fields.result) } : {}),
      ...(fields.plan ? { plan: JSON.stringify(fields.plan) } : {}),
      ...(fields.planHash === undefined ? {} : { plan_hash: fields.planHash }),
      ...(fields.expiresAt === undefined ? {} : { expires_at: fields.expiresAt }),
      stalls: 0,
    })
    .where('id', '=', execution.id)
    .where('epoch', '=', execution.epoch)
    .where('state', '=', from)
    .executeTakeFirst()
  if (result.numUpdatedRows !== 1n) throw new FenceLost(execution.id)
}

/** Lists actions as pending steps; those that are there already stay as they are. */
export async function insertSteps(tx: Transaction, id: string, phase: 'apply' | 'rollback', actions: readonly PlannedAction[]): Promise<void> {
  if (actions.length === 0) return
  await changeTables(tx)
    .insertInto('change_step')
    .values(
      actions.map((action, position) => ({
        change_id: id,
        phase,
        action_id: action.id,
        position,
        title: action.title,
        driver: action.driver,
        verb: action.verb,
        state: 'pending' as const,
        message: '',
        outputs: '{}',
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export interface StepPatch {
  state?: StepState
  message?: string
  percent?: number | null
  code?: string | null
  startedAt?: Date
  finishedAt?: Date
  outputs?: JsonObject
}

/** Writes what became of one step. @throws {FenceLost} */
export async function writeStep(db: Queryable, execution: Execution, phase: 'apply' | 'rollback', actionId: string, patch: StepPatch): Promise<void> {
  const result = await changeTables(db)
    .updateTable('change_step')
    .set({
      ...(patch.state === undefined ? {} : { state: patch.state }),
      ...(patch.message === undefined ? {} : { message: patch.message.slice(0, 2_000) }),
      ...(patch.percent === undefined ? {} : { percent: patch.percent }),
      ...(patch.code === undefined ? {} : { code: patch.code }),
      ...(patch.startedAt === undefined ? {} : { started_at: sql<Date>`coalesce(started_at, ${patch.startedAt})` }),
      ...(patch.finishedAt === undefined ? {} : { finished_at: patch.finishedAt }),
      ...(patch.outputs === undefined ? {} : { outputs: JSON.stringify(patch.outputs) }),
    })
    .where('change_id', '=', execution.id)
    .where('phase', '=', phase)
    .where('action_id', '=', actionId)
    .where(sql<boolean>`exists (select from change where id = ${execution.id} and epoch = ${execution.epoch})`)
    .executeTakeFirst()
  if (result.numUpdatedRows !== 1n) throw new FenceLost(execution.id)
}

/** What a running step must know of its change: `lost` when another execution carries it on. */
export async function readPulse(db: Queryable, execution: Execution): Promise<'going' | 'cancelled' | 'lost'> {
  const row = await changeTables(db).selectFrom('change').select(['epoch', 'cancellation']).where('id', '=', execution.id).executeTakeFirst()
  if (row?.epoch !== execution.epoch) return 'lost'
  return row.cancellation ? 'cancelled' : 'going'
}

/** Locks the change for its execution. @throws {FenceLost} */
export async function lockForExecution(tx: Transaction, execution: Execution): Promise<ChangeRow> {
  const row = await changeTables(tx).selectFrom('change').selectAll().where('id', '=', execution.id).forUpdate().executeTakeFirst()
  if (row?.epoch !== execution.epoch) throw new FenceLost(execution.id)
  return row
}

/** Marks that a step of this change has ended, so that it is no poison. */
export async function clearStalls(tx: Transaction, execution: Execution): Promise<void> {
  await changeTables(tx).updateTable('change').set({ stalls: 0 }).where('id', '=', execution.id).where('epoch', '=', execution.epoch).execute()
}
