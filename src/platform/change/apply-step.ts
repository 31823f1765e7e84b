import type { PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import { changeFaults } from './change-faults.ts'
import { runAction, type ActionEnd } from './action-runner.ts'
import { PLATFORM_ACTOR, recordChange } from './change-record.ts'
import { listStepRows } from './change-store.ts'
import { type ChangeRow, type ChangeStepRow } from './change-tables.ts'
import { clearStalls, readPulse, writeStep } from './change-write.ts'
import { MAX_STALLS } from './end-change.ts'
import { passGate } from './action-gate.ts'
import type { GateWait, StepAnswer } from './interpreter.ts'
import { ProgressLine } from './progress-line.ts'
import { chaos, locked, type StepContext } from './step-context.ts'

type Phase = 'apply' | 'rollback'

/** How often a running step asks whether somebody cancelled it from another process. */
const CANCEL_POLL_MS = 500

/**
 * Applies one action of a change. Its effect carries the key `<change>:<action>` (`<change>:rollback:<action>` when undoing), so that a run
 * that was cut off between effect and record is repeated without a second effect.
 */
export async function applyStep(context: StepContext, actionId: string, phase: Phase): Promise<StepAnswer | GateWait> {
  const begun = await begin(context, actionId, phase)
  if ('answer' in begun) return begun.answer
  const { action, outputs } = begun
  await chaos(context, `before-${phase}:${actionId}`)
  const end = await run(context, action, phase, outputs)
  await chaos(context, `after-${phase}:${actionId}`)
  return await record(context, action, phase, end)
}

async function begin(
  context: StepContext,
  actionId: string,
  phase: Phase,
): Promise<{ answer: StepAnswer | GateWait } | { action: PlannedAction; outputs: Record<string, JsonObject> }> {
  const { deps, execution } = context
  return await locked(context, async (tx, row) => {
    const steps = await listStepRows(tx, [row.id])
    const step = steps.find((candidate) => candidate.phase === phase && candidate.action_id === actionId)
    const action = (phase === 'apply' ? row.plan?.actions : row.plan?.rollback)?.find((candidate) => candidate.id === actionId)
    if (!step || !action) return { answer: { outcome: 'failed' as const, message: `"${actionId}" is not in the plan`, code: changeFaults.bad_plan.code } }
    if (step.finished_at !== null) return { answer: recordedAnswer(step, row) }
    if (phase === 'apply' && row.cancellation) return { answer: cancelledAnswer(row) }
    if (row.stalls > MAX_STALLS) {
      const { message, code } = changeFaults.poison({ count: row.stalls, where: `"${action.title}"` })
      await clearStalls(tx, execution)
      await writeStep(tx, execution, phase, actionId, { state: 'failed', message, code, finishedAt: deps.clock.now() })
      return { answer: { outcome: 'failed' as const, message, code } }
    }
    const blocked = action.dependsOn.find((id) => steps.some((other) => other.phase === phase && other.action_id === id && other.state !== 'done'))
    if (blocked !== undefined && phase === 'rollback') {
      const message = `not tried: it needs "${blocked}", which failed`
      await writeStep(tx, execution, phase, actionId, { state: 'skipped', message, finishedAt: deps.clock.now() })
      return { answer: { outcome: 'failed' as const, message } }
    }
    const gate = phase === 'apply' ? await passGate(tx, context, row, action) : undefined
    if (gate) return { answer: 'refused' in gate ? refusal(action.title, gate.refused) : gate }
    await writeStep(tx, execution, phase, actionId, { state: 'running', startedAt: deps.clock.now() })
    return { action, outputs: outputsOf(steps) }
  })
}

async function run(context: StepContext, action: PlannedAction, phase: Phase, outputs: Record<string, JsonObject>): Promise<ActionEnd> {
  const { deps, execution } = context
  const driver = Object.hasOwn(deps.drivers, action.driver) ? deps.drivers[action.driver] : undefined
  if (!driver) return { outcome: 'failed', message: `there is no driver "${action.driver}" any more`, code: changeFaults.bad_plan.code }
  // What is being undone is undone to its end: nobody cancels that.
  const cancel = phase === 'apply' ? context.cancel : new AbortController()
  const lost = new AbortController()
  const line = new ProgressLine(async (progress) => {
    await writeStep(deps.db, execution, phase, action.id, { message: progress.message, percent: progress.percent ?? null })
  })
  const pulse = setInterval(() => {
    void readPulse(deps.db, execution).then(
      (answer) => {
        if (answer === 'lost') lost.abort()
        if (answer === 'cancelled') cancel.abort()
      },
      () => {},
    )
  }, CANCEL_POLL_MS)
  try {
    return await runAction({
      driver,
      action,
      key: phase === 'apply' ? `${execution.id}:${action.id}` : `${execution.id}:rollback:${action.id}`,
      outputs,
      cancel: cancel.signal,
      stop: AbortSignal.any([context.stop, lost.signal]),
      clock: deps.clock,
      log: deps.log.with({ change: execution.id }),
      report: line.report,
    })
  } finally {
    clearInterval(pulse)
    await line.close()
  }
}

async function record(context: StepContext, action: PlannedAction, phase: Phase, end: ActionEnd): Promise<StepAnswer> {
  const { deps, execution } = context
  return await locked(context, async (tx, row) => {
    const state = end.outcome === 'cancelled' ? 'skipped' : end.outcome
    await writeStep(tx, execution, phase, action.id, {
      state,
      message: end.outcome === 'cancelled' && row.cancellation ? `cancelled by ${row.cancellation.by}` : end.message,
      finishedAt: deps.clock.now(),
      ...(end.outcome === 'done' ? { outputs: end.outputs, percent: 100 } : {}),
      ...(end.outcome === 'failed' ? { code: end.code } : {}),
    })
    await clearStalls(tx, execution)
    await recordChange(deps.journal, tx, row, 'step_finished', PLATFORM_ACTOR, {
      action: action.id,
      phase,
      state,
      message: end.message.slice(0, 500),
    })
    if (end.outcome === 'cancelled' || (phase === 'apply' && row.cancellation)) return cancelledAnswer(row)
    if (end.outcome === 'done') return { outcome: 'done', message: end.message }
    if (end.outcome === 'refused') return refusal(action.title, end.message)
    return { outcome: 'failed', message: `"${action.title}" failed: ${end.message}`, code: end.code }
  })
}

function refusal(title: string, reason: string): StepAnswer {
  const { message, code } = changeFaults.refused({ action: title, reason })
  return { outcome: 'refused', message, code }
}

function cancelledAnswer(row: ChangeRow): StepAnswer {
  const { message, code } = changeFaults.cancelled(row.cancellation ?? { by: PLATFORM_ACTOR, reason: '' })
  return { outcome: 'cancelled', message, code }
}

/** The step ended before, and only the engine's record of it is missing. */
function recordedAnswer(step: ChangeStepRow, row: ChangeRow): StepAnswer {
  if (step.phase === 'apply' && row.cancellation) return cancelledAnswer(row)
  if (step.state === 'done') return { outcome: 'done', message: step.message }
  if (step.state === 'refused') return refusal(step.title, step.message)
  return { outcome: 'failed', message: `"${step.title}" failed: ${step.message}`, ...(step.code === null ? {} : { code: step.code }) }
}

function outputsOf(steps: readonly ChangeStepRow[]): Record<string, JsonObject> {
  const done = steps.filter((step) => step.state === 'done').sort((a, b) => (a.phase === b.phase ? 0 : a.phase === 'apply' ? -1 : 1))
  return Object.fromEntries(done.map((step) => [step.action_id, step.outputs]))
}
