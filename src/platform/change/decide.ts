import type { Clock } from '#kernel/common/clock'
import { newId } from '#kernel/common/id'
import type { Transaction } from '#kernel/node/database'
import type { Caller } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import { eligibilityOf, mayReject, tallyApprovals, type Verdict } from './approval.ts'
import { changeFaults } from './change-faults.ts'
import { recordChange } from './change-record.ts'
import { listDecisionRows, toDecision, wakeChangeWorkflow } from './change-store.ts'
import { changeTables, type ChangeRow } from './change-tables.ts'

/**
 * Records one person's decision on a locked change and wakes its workflow, in the caller's transaction. The same decision again does
 * nothing. @throws `platform.change.not_waiting`, `.plan_changed`, `.not_eligible`.
 */
export async function decideOn(
  tx: Transaction,
  deps: { journal: Journal; clock: Clock },
  row: ChangeRow,
  caller: Caller,
  decision: { verdict: Verdict; planHash: string; comment: string | null },
): Promise<void> {
  const earlier = await listDecisionRows(tx, [row.id])
  if (earlier.some((one) => one.by === caller.principal && one.verdict === decision.verdict && one.plan_hash === decision.planHash)) return
  const rule = row.plan?.approval
  if (row.state !== 'waiting' || row.cancellation || !rule)
    throw changeFaults.not_waiting({ id: row.id, state: row.cancellation ? 'being cancelled' : row.state })
  if (row.plan_hash !== decision.planHash) throw changeFaults.plan_changed({ id: row.id })
  assertEligible(row, caller, decision.verdict, rule)

  const id = newId('dec')
  await changeTables(tx)
    .insertInto('change_decision')
    .values({
      id,
      change_id: row.id,
      by: caller.principal,
      by_kind: caller.kind,
      groups: JSON.stringify(caller.groups),
      verdict: decision.verdict,
      plan_hash: decision.planHash,
      comment: decision.comment,
      credential_id: caller.credentialId ?? null,
      at: deps.clock.now(),
    })
    .execute()
  const decisions = (await listDecisionRows(tx, [row.id])).map(toDecision)
  const tally = tallyApprovals(rule, row.requested_by, decision.planHash, decisions)
  await recordChange(deps.journal, tx, row, decision.verdict, caller.principal, {
    planHash: decision.planHash,
    approvals: tally.approvedBy.length,
    required: rule.required,
    ...(decision.comment === null ? {} : { comment: decision.comment.slice(0, 500) }),
  })
  await wakeChangeWorkflow(tx, row.id, id)
}

function assertEligible(row: ChangeRow, caller: Caller, verdict: Verdict, rule: NonNullable<NonNullable<ChangeRow['plan']>['approval']>): void {
  const person = { by: caller.principal, byKind: caller.kind, groups: caller.groups }
  if (verdict === 'rejected' && mayReject(rule, row.requested_by, person)) return
  const eligibility = eligibilityOf(rule, row.requested_by, person)
  if (!eligibility.isEligible) throw changeFaults.not_eligible({ id: row.id, reason: eligibility.reason })
}
