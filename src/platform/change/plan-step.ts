import type { Plan } from './change.ts'
import { PLATFORM_ACTOR, recordChange } from './change-record.ts'
import { insertSteps, moveChange } from './change-write.ts'
import { endChange, endEarly } from './end-change.ts'
import type { Sequence } from './interpreter.ts'
import { orderActions, stagesOf } from './plan.ts'
import { draftPlan, kindOf } from './planner.ts'
import { chaos, locked, resultOfError, settled, type StepContext } from './step-context.ts'
import type { ChangeRow } from './change-tables.ts'

/** Makes the plan and keeps it. Planned once: a second run finds it. */
export async function planStep(context: StepContext): Promise<({ next: 'check' } & Sequence) | { next: 'end' }> {
  const begun = await locked(context, async (tx, row) => ({ row, end: row.state === 'planning' ? await endEarly(tx, context, row) : undefined }))
  if (begun.end) return begun.end
  const plan = begun.row.plan ?? (await makePlan(context, begun.row))
  if (!plan) return { next: 'end' }
  await chaos(context, 'planned')
  return { next: 'check', ...sequenceOf(plan) }
}

async function makePlan(context: StepContext, row: ChangeRow): Promise<Plan | undefined> {
  const { deps, execution } = context
  if (row.state !== 'planning') return undefined
  const draft = await settled(async () => await draftPlan(kindOf(deps.kinds, row.kind), row.input, row.requested_by, deps.drivers))
  return await locked(context, async (tx, current) => {
    if ('error' in draft) {
      await endChange(tx, context, current, { state: 'failed', result: resultOfError(context, 'planning', draft.error) })
      return undefined
    }
    const plan: Plan = { ...draft.value, verdicts: [] }
    await moveChange(tx, execution, 'planning', 'checking', deps.clock.now(), { plan })
    await insertSteps(tx, current.id, 'apply', inOrder(plan.actions))
    await recordChange(deps.journal, tx, current, 'planned', PLATFORM_ACTOR, {
      summary: plan.summary,
      actions: plan.actions.length,
      costCentsPerMonth: plan.costCentsPerMonth,
      unchanged: plan.unchanged,
    })
    return plan
  })
}

/** The ids that the interpreter walks along. */
function sequenceOf(plan: Plan): Sequence {
  const ordered = inOrder(plan.actions)
  const stages = stagesOf(ordered)
  const indexOr = (index: number): number => (index === -1 ? ordered.length : index)
  return {
    actions: ordered.map((action) => action.id),
    rollback: inOrder(plan.rollback).map((action) => action.id),
    verifyFrom: indexOr(stages.indexOf('verify')),
    cleanupFrom: indexOr(stages.indexOf('cleanup')),
  }
}

/** The order of a plan that was looked through before. */
export function inOrder(actions: Plan['actions']): Plan['actions'] {
  const ordering = orderActions(actions)
  return ordering.outcome === 'ordered' ? ordering.actions : []
}
