import type { PlannedAction } from '#kernel/common/driver'
import type { Transaction } from '#kernel/node/database'
import { tallyApprovals } from './approval.ts'
import { PLATFORM_ACTOR, recordChange } from './change-record.ts'
import { listDecisionRows, toDecision } from './change-store.ts'
import type { ChangeRow } from './change-tables.ts'
import { moveChange, writeStep } from './change-write.ts'
import type { Plan } from './change.ts'
import { DEFAULT_EXPIRY_HOURS } from './gate-step.ts'
import type { GateWait } from './interpreter.ts'
import { planHashOf } from './plan.ts'
import type { StepContext } from './step-context.ts'

/**
 * Looks whether people have agreed to an action that they must agree to half-way. The first time the change goes to `waiting`, with the gate's rule as
 * the approval of its plan: the plan's hash is another then, so that no earlier approval counts for it. Approved, it goes back to `applying`.
 * @returns undefined when the action may be applied.
 */
export async function passGate(
  tx: Transaction,
  context: StepContext,
  row: ChangeRow,
  action: PlannedAction,
): Promise<GateWait | { refused: string } | undefined> {
  const rule = row.plan?.gates?.[action.id]
  if (!rule || !row.plan) return undefined
  const { deps, execution } = context
  const plan: Plan = { ...row.plan, approval: rule, gate: action.id }
  const planHash = planHashOf(row.kind, row.input, plan)
  const at = deps.clock.now()
  if (row.state !== 'waiting') {
    if (row.plan_hash === planHash) return undefined
    const expiresAt = new Date(at.getTime() + (rule.expiresAfterHours ?? DEFAULT_EXPIRY_HOURS) * 3_600_000)
    await moveChange(tx, execution, row.state, 'waiting', at, { plan, planHash, expiresAt })
    const { required, groups } = rule
    await recordChange(deps.journal, tx, row, 'waiting', PLATFORM_ACTOR, { planHash, required, groups, action: action.id, expiresAt: expiresAt.toISOString() })
    return { outcome: 'wait', timeoutSeconds: secondsUntil(expiresAt, at) }
  }
  const tally = tallyApprovals(rule, row.requested_by, planHash, (await listDecisionRows(tx, [row.id])).map(toDecision))
  if (tally.outcome === 'approved') {
    await moveChange(tx, execution, 'waiting', 'applying', at)
    await recordChange(deps.journal, tx, row, 'applying', PLATFORM_ACTOR, { planHash, action: action.id })
    return undefined
  }
  const isLate = row.expires_at !== null && row.expires_at.getTime() <= at.getTime()
  if (tally.outcome === 'pending' && !isLate) return { outcome: 'wait', timeoutSeconds: secondsUntil(row.expires_at ?? at, at) }
  const refused = tally.outcome === 'rejected' ? tally.message : `nobody decided in time: ${tally.message}`
  await writeStep(tx, execution, 'apply', action.id, { state: 'refused', message: refused, finishedAt: at })
  return { refused }
}

function secondsUntil(until: Date, now: Date): number {
  return Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1_000))
}
