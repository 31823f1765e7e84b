import type { PlannedAction } from '../../../../kernel/common/driver/index.ts'

export type ChangeState =
  | 'planning'
  | 'checking'
  | 'waiting'
  | 'applying'
  | 'verifying'
  | 'rolling_back'
  | 'done'
  | 'rolled_back'
  | 'failed'
  | 'rejected'
  | 'denied'
  | 'expired'
  | 'cancelled'

export interface PolicyVerdict {
  policy: string
  outcome: 'allowed' | 'warned' | 'denied'
  message: string
  actionId?: string
}

interface ApprovalRule {
  required: number
  groups: string[]
  separationOfDuties: boolean
  reason: string
  expiresAfterHours?: number
}

/** What a change would do. `planHash` is there in the answer of `plans.create`. */
export interface Plan {
  summary: string
  actions: PlannedAction[]
  rollback: PlannedAction[]
  costCentsPerMonth: number
  verdicts: PolicyVerdict[]
  approval: ApprovalRule | null
  unchanged: boolean
  planHash?: string
}

interface Approval {
  by: string
  verdict: 'approved' | 'rejected'
  at: string
  comment: string | null
  planHash: string
}

export type StepState = 'pending' | 'running' | 'done' | 'refused' | 'failed' | 'skipped'

export interface ChangeStep {
  actionId: string
  phase: 'apply' | 'rollback'
  title: string
  driver: string
  verb: string
  state: StepState
  message: string | null
  percent: number | null
  startedAt: string | null
  finishedAt: string | null
  outputs: Record<string, unknown> | null
}

interface ChangeTimings {
  planMs?: number | null
  checkMs?: number | null
  waitMs?: number | null
  applyMs?: number | null
  verifyMs?: number | null
}

export interface Change {
  id: string
  kind: string
  title: string
  component: string | null
  environment: string | null
  state: ChangeState
  reason: string | null
  requestedBy: string
  requestedAt: string
  startedAt: string | null
  finishedAt: string | null
  expiresAt?: string | null
  planHash: string | null
  plan: Plan | null
  approvals: Approval[]
  steps: ChangeStep[]
  result: { message: string; code?: string } | null
  release?: { id: string; version: string } | null
  timings: ChangeTimings
}
