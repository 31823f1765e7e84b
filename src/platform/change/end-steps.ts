import type { ChangeResult } from './change.ts'
import { PLATFORM_ACTOR, recordChange } from './change-record.ts'
import type { ChangeState } from './change-state.ts'
import type { ChangeRow } from './change-tables.ts'
import { insertSteps, moveChange } from './change-write.ts'
import { endChange, skipPendingSteps } from './end-change.ts'
import type { ChangeEnd, Setback } from './interpreter.ts'
import { Abandoned } from './patience.ts'
import { inOrder } from './plan-step.ts'
import { chaos, isPassing, locked, resultOfError, type StepContext } from './step-context.ts'

/** The hook of the kind is tried so often before the change is ended without it. */
const MAX_FINISH_ATTEMPTS = 5

export async function startVerifying(context: StepContext): Promise<void> {
  await locked(context, async (tx, row) => {
    if (row.state !== 'applying') return
    await moveChange(tx, context.execution, 'applying', 'verifying', context.deps.clock.now())
    await recordChange(context.deps.journal, tx, row, 'verifying', PLATFORM_ACTOR)
  })
  await chaos(context, 'during-verify')
}

export async function startRollback(context: StepContext, setback: Setback): Promise<void> {
  await locked(context, async (tx, row) => {
    if (row.state === 'rolling_back' || row.finished_at !== null) return
    await moveChange(tx, context.execution, row.state, 'rolling_back', context.deps.clock.now(), { result: resultOf(setback) })
    await skipPendingSteps(tx, row.id)
    await insertSteps(tx, row.id, 'rollback', inOrder(row.plan?.rollback ?? []))
    await recordChange(context.deps.journal, tx, row, 'rolling_back', PLATFORM_ACTOR, { reason: setback.message })
  })
}

/** Ends a change whose applying had begun. The kind's hook is tried a few times; a change that it can't end is `failed`, and the log has why. */
export async function finishStep(context: StepContext, end: ChangeEnd): Promise<void> {
  await chaos(context, 'before-finish')
  for (let attempt = 1; ; attempt++) {
    try {
      await locked(context, async (tx, row) => {
        if (row.finished_at === null) await endChange(tx, context, row, conclusionOf(row, end))
      })
      return
    } catch (error) {
      if (isPassing(error)) throw error
      const result = resultOfError(context, 'the end of the change', error)
      if (attempt >= MAX_FINISH_ATTEMPTS) {
        await locked(context, async (tx, row) => {
          if (row.finished_at === null) await endChange(tx, context, row, { state: 'failed', result, isHookSkipped: true })
        })
        return
      }
      await context.deps.clock.sleep(200 * 2 ** attempt, context.stop).catch(() => {
        throw new Abandoned()
      })
    }
  }
}

/** The state and the words that a change ends with. Pure. */
function conclusionOf(row: Pick<ChangeRow, 'plan'>, { setback, failures }: ChangeEnd): { state: ChangeState; result: ChangeResult } {
  if (setback === null) {
    const left = failures.length === 0 ? '' : `; cleaning up was not complete: ${failures.join('; ')}`
    return { state: 'done', result: { message: `${row.plan?.summary ?? 'done'}${left}` } }
  }
  const result = resultOf(setback)
  if (failures.length > 0) return { state: 'failed', result: { ...result, message: `${result.message}; and undoing it failed: ${failures.join('; ')}` } }
  if (setback.kind === 'cancelled') return { state: 'cancelled', result }
  return { state: row.plan?.rollback.length === 0 ? 'failed' : 'rolled_back', result }
}

function resultOf(setback: Setback): ChangeResult {
  return { message: setback.message, ...(setback.code === undefined ? {} : { code: setback.code }) }
}
