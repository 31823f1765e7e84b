import type { Transaction } from '#kernel/node/database'
import { tallyApprovals } from './approval.ts'
import { changeFaults } from './change-faults.ts'
import type { Plan } from './change.ts'
import { PLATFORM_ACTOR, recordChange } from './change-record.ts'
import { listDecisionRows, toDecision } from './change-store.ts'
import type { ChangeRow } from './change-tables.ts'
import { moveChange } from './change-write.ts'
import { endChange, endEarly } from './end-change.ts'
import type { GateAnswer } from './interpreter.ts'
import { planHashOf } from './plan.ts'
import { chaos, locked, resultOfError, settled, subjectOf, type StepContext } from './step-context.ts'

/** Undecided for so long, a change expires, unless its plan says otherwise. */
export const DEFAULT_EXPIRY_HOURS = 72

/** Asks the policies, and whether people must agree. */
export async function checkStep(context: StepContext): Promise<GateAnswer> {
  const row = await locked(context, async (_tx, current) => current)
  const plan = row.plan
  if (row.state === 'checking' && plan) {
    const question = { kind: row.kind, requestedBy: row.requested_by, reason: row.reason, ...subjectOf(row) }
    const verdicts = await settled(async () => await context.deps.policies.evaluate(plan, question))
    await locked(context, async (tx, current) => {
      if (current.state !== 'checking' || (await endEarly(tx, context, current))) return
      if ('error' in verdicts) await endChange(tx, context, current, { state: 'failed', result: resultOfError(context, 'the check', verdicts.error) })
      else await judge(tx, context, current, { ...plan, verdicts: verdicts.value })
    })
  }
  await chaos(context, 'checked')
  return await gateStep(context)
}

/** Looks whether the change may go on: counts the decisions on this very plan. */
export async function gateStep(context: StepContext): Promise<GateAnswer> {
  const answer = await locked(context, async (tx, row): Promise<GateAnswer> => {
    if (row.state === 'applying') return { next: 'apply' }
    if (row.state !== 'waiting') return { next: 'end' }
    return (await endEarly(tx, context, row)) ?? (await count(tx, context, row))
  })
  if (answer.next === 'apply') await chaos(context, 'approved')
  return answer
}

async function count(tx: Transaction, context: StepContext, row: ChangeRow): Promise<GateAnswer> {
  const rule = row.plan?.approval
  if (!rule || row.plan_hash === null) {
    const { message, code } = changeFaults.bad_plan({ what: 'it waits, though nobody has to approve it' })
    return await endChange(tx, context, row, { state: 'failed', result: { message, code } })
  }
  const decisions = await listDecisionRows(tx, [row.id])
  const tally = tallyApprovals(rule, row.requested_by, row.plan_hash, decisions.map(toDecision))
  if (tally.outcome === 'approved') return await startApplying(tx, context, row)
  if (tally.outcome === 'rejected') return await endChange(tx, context, row, { state: 'rejected', result: { message: tally.message } })
  const leftMs = (row.expires_at?.getTime() ?? 0) - context.deps.clock.now().getTime()
  if (leftMs <= 0) return await endChange(tx, context, row, { state: 'expired', result: { message: `nobody decided in time: ${tally.message}` } })
  return { next: 'wait', timeoutSeconds: Math.ceil(leftMs / 1_000) }
}

async function judge(tx: Transaction, context: StepContext, row: ChangeRow, plan: Plan): Promise<void> {
  const { deps, execution } = context
  const planHash = planHashOf(row.kind, row.input, plan)
  const denials = plan.verdicts.filter((verdict) => verdict.outcome === 'denied')
  if (denials.length > 0) {
    const message = denials.map((denial) => `${denial.policy}: ${denial.message}`).join('; ')
    await endChange(tx, context, row, { state: 'denied', result: { message }, plan, planHash })
  } else if (plan.unchanged) {
    await endChange(tx, context, row, { state: 'done', result: { message: `nothing to do: ${plan.summary}` }, plan, planHash })
  } else if (plan.approval && plan.approval.required > 0) {
    const at = deps.clock.now()
    const expiresAt = new Date(at.getTime() + (plan.approval.expiresAfterHours ?? DEFAULT_EXPIRY_HOURS) * 3_600_000)
    await moveChange(tx, execution, 'checking', 'waiting', at, { plan, planHash, expiresAt })
    const { required, groups } = plan.approval
    await recordChange(deps.journal, tx, row, 'waiting', PLATFORM_ACTOR, { planHash, required, groups, expiresAt: expiresAt.toISOString() })
  } else {
    await startApplying(tx, context, row, { plan, planHash })
  }
}

async function startApplying(
  tx: Transaction,
  context: StepContext,
  row: ChangeRow,
  fields: { plan?: Plan; planHash?: string } = {},
): Promise<{ next: 'apply' }> {
  await moveChange(tx, context.execution, row.state, 'applying', context.deps.clock.now(), fields)
  await recordChange(context.deps.journal, tx, row, 'applying', PLATFORM_ACTOR, { planHash: fields.planHash ?? row.plan_hash })
  return { next: 'apply' }
}
