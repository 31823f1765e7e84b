import type { Transaction } from '#kernel/node/database'
import type { ChangeDeps } from './change-deps.ts'
import { PLATFORM_ACTOR, recordChange } from './change-record.ts'
import type { ChangeRow } from './change-tables.ts'
import { moveChange } from './change-write.ts'
import type { ChangeResult, Plan, Settlement } from './change.ts'
import { endChange } from './end-change.ts'
import { planHashOf } from './plan.ts'
import type { StepContext } from './step-context.ts'

/** A settlement with what the policies say of its plan. */
export type JudgedSettlement = { plan: Plan } | { failure: ChangeResult }

/** Asks the policies, before there is a transaction. @throws when a plan that has something to apply is settled: that is a fault of its kind. */
export async function judgeSettlement(
  deps: ChangeDeps,
  settlement: Settlement,
  question: Parameters<ChangeDeps['policies']['evaluate']>[1],
): Promise<JudgedSettlement> {
  if ('failure' in settlement) return settlement
  if (!settlement.plan.unchanged) throw new Error(`a "${question.kind}" change was settled though its plan has something to apply`)
  return { plan: { ...settlement.plan, verdicts: await deps.policies.evaluate(settlement.plan, question) } }
}

/** Carries a change that was just made to its end, in the transaction that made it: the same states and events as by a workflow, and no workflow. */
export async function settleChange(tx: Transaction, deps: ChangeDeps, row: ChangeRow, settlement: JudgedSettlement): Promise<void> {
  const execution = { id: row.id, epoch: row.epoch }
  const context: StepContext = { deps, execution, cancel: new AbortController(), stop: new AbortController().signal }
  if ('failure' in settlement) {
    await endChange(tx, context, row, { state: 'failed', result: settlement.failure })
    return
  }
  const { plan } = settlement
  await moveChange(tx, execution, 'planning', 'checking', deps.clock.now(), { plan })
  await recordChange(deps.journal, tx, row, 'planned', PLATFORM_ACTOR, {
    summary: plan.summary,
    actions: 0,
    costCentsPerMonth: plan.costCentsPerMonth,
    unchanged: true,
  })
  const denials = plan.verdicts.filter((verdict) => verdict.outcome === 'denied')
  await endChange(
    tx,
    context,
    { ...row, state: 'checking' },
    {
      ...(denials.length > 0
        ? { state: 'denied', result: { message: denials.map((denial) => `${denial.policy}: ${denial.message}`).join('; ') } }
        : { state: 'done', result: { message: plan.summary } }),
      plan,
      planHash: planHashOf(row.kind, row.input, plan),
    },
  )
}
