/** Who must agree to a plan. `groups` empty: anybody who may approve. */
export interface ApprovalRule {
  /** Number of different people. */
  required: number
  /** Entity refs, e.g. `group:default/payments`; an approver is in at least one. */
  groups: string[]
  /** True: the requester's own approval does not count. */
  separationOfDuties: boolean
  /** Why approval is asked for, e.g. `production asks for 1 approval`. */
  reason: string
  /** Undecided for so long, the change expires. 72 unless told. */
  expiresAfterHours?: number
}

export type Verdict = 'approved' | 'rejected'

/** What one person said of one plan. Counts only for that plan's hash. */
export interface Decision {
  by: string
  byKind: 'person' | 'service' | 'agent' | 'system'
  /** The person's groups at that moment. */
  groups: readonly string[]
  verdict: Verdict
  planHash: string
  comment: string | null
  at: Date
}

export type Eligibility = { isEligible: true } | { isEligible: false; reason: string }

/** Whether this person's approval of this change would count, with the reason why not. */
export function eligibilityOf(rule: ApprovalRule, requestedBy: string, person: Pick<Decision, 'by' | 'byKind' | 'groups'>): Eligibility {
  if (person.byKind !== 'person') return { isEligible: false, reason: `only people decide, and ${person.by} is a ${person.byKind}` }
  if (rule.separationOfDuties && person.by === requestedBy)
    return { isEligible: false, reason: `${person.by} asked for this change: somebody else must approve it` }
  if (rule.groups.length > 0 && !rule.groups.some((group) => person.groups.includes(group)))
    return { isEligible: false, reason: `an approver must be in ${rule.groups.join(' or ')}, and ${person.by} is not` }
  return { isEligible: true }
}

export interface Tally {
  outcome: 'approved' | 'rejected' | 'pending'
  /** Different people whose approval counts. */
  approvedBy: string[]
  message: string
}

/**
 * Counts decisions on the plan with hash `planHash`. Pure: the order of decisions does not matter, a decision on another plan is not
 * seen, one person counts once, and a rejection by somebody who may decide (or by the requester) outweighs any approval.
 */
export function tallyApprovals(rule: ApprovalRule, requestedBy: string, planHash: string, decisions: readonly Decision[]): Tally {
  const current = decisions.filter((decision) => decision.planHash === planHash)
  const approvedBy = [
    ...new Set(
      current.filter((decision) => decision.verdict === 'approved' && eligibilityOf(rule, requestedBy, decision).isEligible).map((decision) => decision.by),
    ),
  ].sort()
  const rejection = current.find((decision) => decision.verdict === 'rejected' && mayReject(rule, requestedBy, decision))
  if (rejection) return { outcome: 'rejected', approvedBy, message: `${rejection.by} rejected it${rejection.comment === null ? '' : `: ${rejection.comment}`}` }
  if (approvedBy.length >= rule.required)
    return { outcome: 'approved', approvedBy, message: approvedBy.length === 0 ? 'no approval is needed' : `approved by ${approvedBy.join(', ')}` }
  return { outcome: 'pending', approvedBy, message: `${approvedBy.length} of ${rule.required} approvals` }
}

/** Whoever may approve may reject; the requester may always call off the own change. */
export function mayReject(rule: ApprovalRule, requestedBy: string, person: Pick<Decision, 'by' | 'byKind' | 'groups'>): boolean {
  return person.byKind === 'person' && (person.by === requestedBy || eligibilityOf({ ...rule, separationOfDuties: false }, requestedBy, person).isEligible)
}
