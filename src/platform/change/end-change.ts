import type { Transaction } from '#kernel/node/database'
import { changeFaults } from './change-faults.ts'
import type { ChangeResult, Plan } from './change.ts'
import { PLATFORM_ACTOR, recordChange } from './change-record.ts'
import type { ChangeState } from './change-state.ts'
import { timingsOf } from './change-state.ts'
import { listStepRows } from './change-store.ts'
import { changeTables, type ChangeRow } from './change-tables.ts'
import { moveChange } from './change-write.ts'
import { kindOf } from './planner.ts'
import type { StepContext } from './step-context.ts'

/** So many executions without one finished step, and a change is given up as the cause of the stops. */
export const MAX_STALLS = 10

/** Ends a change: its state, what its kind keeps of it, and the event, in one transaction. */
export async function endChange(
  tx: Transaction,
  context: StepContext,
  row: ChangeRow,
  end: { state: ChangeState; result: ChangeResult; plan?: Plan; planHash?: string; isHookSkipped?: boolean },
): Promise<{ next: 'end' }> {
  const { deps, execution } = context
  const at = deps.clock.now()
  await moveChange(tx, execution, row.state, end.state, at, {
    result: end.result,
    ...(end.plan ? { plan: end.plan } : {}),
    ...(end.planHash === undefined ? {} : { planHash: end.planHash }),
  })
  await skipPendingSteps(tx, row.id)
  const steps = await listStepRows(tx, [row.id])
  const refusal = steps.find((step) => step.phase === 'apply' && step.state === 'refused')
  if (end.isHookSkipped !== true) {
    await kindOf(deps.kinds, row.kind).finished?.(tx, {
      id: row.id,
      kind: row.kind,
      input: row.input,
      plan: end.plan ?? row.plan,
      state: end.state,
      requestedBy: row.requested_by,
      result: end.result,
      finishedAt: at,
      outputs: Object.fromEntries(steps.filter((step) => step.phase === 'apply' && step.state === 'done').map((step) => [step.action_id, step.outputs])),
      refusedBy: refusal ? { id: refusal.action_id, driver: refusal.driver } : null,
    })
  }
  await recordChange(deps.journal, tx, row, 'finished', PLATFORM_ACTOR, {
    state: end.state,
    message: end.result.message.slice(0, 500),
    requestedBy: row.requested_by,
    requestedAt: row.requested_at.toISOString(),
    ...(end.result.code === undefined ? {} : { code: end.result.code }),
    timings: { ...timingsOf({ requestedAt: row.requested_at, finishedAt: at, entered: row.entered }) },
  })
  return { next: 'end' }
}

/** Ends a change that a person called off, or that keeps stopping the platform, before anything was applied. */
export async function endEarly(tx: Transaction, context: StepContext, row: ChangeRow): Promise<{ next: 'end' } | undefined> {
  if (row.cancellation) {
    const { message, code } = changeFaults.cancelled(row.cancellation)
    return await endChange(tx, context, row, { state: 'cancelled', result: { message, code } })
  }
  if (row.stalls > MAX_STALLS) {
    const { message, code } = changeFaults.poison({ count: row.stalls, where: row.state })
    return await endChange(tx, context, row, { state: 'failed', result: { message, code } })
  }
  return undefined
}

/** What was never begun is shown as skipped. */
export async function skipPendingSteps(tx: Transaction, id: string): Promise<void> {
  await changeTables(tx).updateTable('change_step').set({ state: 'skipped' }).where('change_id', '=', id).where('state', '=', 'pending').execute()
}
