import type { Change } from '../../api/shapes.ts'

export type PhaseState = 'done' | 'active' | 'waits' | 'failed' | 'back' | 'ahead' | 'skipped'

export interface Phase {
  name: string
  state: PhaseState
  /** Milliseconds that it took; null when it has not ended or was not measured. */
  tookMs: number | null
}

const names = ['Plan', 'Check', 'Approve', 'Apply', 'Verify'] as const
const at: Partial<Record<Change['state'], number>> = {
  planning: 0,
  checking: 1,
  waiting: 2,
  applying: 3,
  verifying: 4,
  rolling_back: 3,
  denied: 1,
  rejected: 2,
  expired: 2,
}

/** The five phases of a change and where it is in them. A change that ended early leaves the rest skipped. */
export function phasesOf(change: Pick<Change, 'state' | 'timings' | 'plan' | 'steps'>): Phase[] {
  const { planMs, checkMs, waitMs, applyMs, verifyMs } = change.timings
  const took = [planMs, checkMs, waitMs, applyMs, verifyMs]
  const reached = at[change.state] ?? lastReached(change, took)
  return names.map((name, index) => ({ name, tookMs: took[index] ?? null, state: stateOf(change, index, reached) }))
}

function lastReached(change: Pick<Change, 'state' | 'steps'>, took: readonly (number | null)[]): number {
  if (change.state === 'done') return names.length
  const measured = took.findLastIndex((ms) => ms !== null)
  return Math.max(measured, change.steps.some((step) => step.startedAt !== null) ? 3 : 0)
}

function stateOf(change: Pick<Change, 'state' | 'plan'>, index: number, reached: number): PhaseState {
  const isUnasked = index === 2 && change.plan?.approval === null
  if (index < reached) return isUnasked ? 'skipped' : 'done'
  if (index > reached) return ['planning', 'checking', 'waiting', 'applying', 'verifying'].includes(change.state) ? 'ahead' : 'skipped'
  if (change.state === 'waiting') return 'waits'
  if (change.state === 'rolling_back' || change.state === 'rolled_back') return 'back'
  if (['failed', 'denied', 'rejected'].includes(change.state)) return 'failed'
  return ['expired', 'cancelled'].includes(change.state) ? 'skipped' : 'active'
}
