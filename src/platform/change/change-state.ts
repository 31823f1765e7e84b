export const CHANGE_STATES = [
  'planning',
  'checking',
  'waiting',
  'applying',
  'verifying',
  'rolling_back',
  'done',
  'rolled_back',
  'failed',
  'rejected',
  'denied',
  'expired',
  'cancelled',
] as const

export type ChangeState = (typeof CHANGE_STATES)[number]

/** Every allowed move, with the reason in the reader's words. What is not here never happens. */
const MOVES: Readonly<Record<ChangeState, Readonly<Partial<Record<ChangeState, string>>>>> = {
  planning: { checking: 'the plan is made', failed: 'planning failed', cancelled: 'cancelled before there was a plan' },
  checking: {
    waiting: 'policies allow it, people must approve it',
    applying: 'policies allow it, and nobody has to approve it',
    done: 'reality already is as desired',
    denied: 'a policy denies it',
    failed: 'the check failed',
    cancelled: 'cancelled before it was checked',
  },
  waiting: {
    applying: 'enough people approved this very plan',
    rejected: 'somebody rejected it',
    expired: 'nobody decided in time',
    cancelled: 'cancelled while it waited',
    failed: 'the approval could not be judged',
    rolling_back: 'somebody rejected it half-way, nobody decided in time, or it was cancelled',
  },
  applying: {
    waiting: 'people must agree before it goes on',
    verifying: 'all actions are applied',
    rolling_back: 'an action refused, failed or was cancelled',
    failed: 'it failed and there is nothing to undo',
  },
  verifying: { done: 'verified', rolling_back: 'the verification failed', failed: 'it failed and there is nothing to undo' },
  rolling_back: { rolled_back: 'undone', cancelled: 'undone at the wish of a person', failed: 'it could not be undone' },
  done: {},
  rolled_back: {},
  failed: {},
  rejected: {},
  denied: {},
  expired: {},
  cancelled: {},
}

/** Why a change may move from one state to another; undefined when it may not. */
export function moveReason(from: ChangeState, to: ChangeState): string | undefined {
  return MOVES[from][to]
}

/** True for a state that a change never leaves. */
export function isFinal(state: ChangeState): boolean {
  return Object.keys(MOVES[state]).length === 0
}

/** True while a person may still call it off. During the undoing it is too late: that runs to its end. */
export function isCancellable(state: ChangeState): boolean {
  return !isFinal(state) && state !== 'rolling_back'
}

export interface Timings {
  planMs: number | null
  checkMs: number | null
  waitMs: number | null
  applyMs: number | null
  verifyMs: number | null
}

/** How long each stage took, from the first instant of each state; null for a stage that was not reached or has not ended. */
export function timingsOf(change: { requestedAt: Date; finishedAt: Date | null; entered: Readonly<Partial<Record<ChangeState, string>>> }): Timings {
  const at = (state: ChangeState): number | undefined => (change.entered[state] === undefined ? undefined : Date.parse(change.entered[state]))
  const end = change.finishedAt?.getTime()
  const span = (from: number | undefined, ...ends: (number | undefined)[]): number | null => {
    const to = ends.find((candidate) => candidate !== undefined)
    return from === undefined || to === undefined ? null : Math.max(0, to - from)
  }
  const rollingBack = at('rolling_back')
  // A change that waits only in the middle of its applying did not wait before it.
  const waiting = (at('waiting') ?? Infinity) > (at('applying') ?? Infinity) ? undefined : at('waiting')
  return {
    planMs: span(change.requestedAt.getTime(), at('checking'), end),
    checkMs: span(at('checking'), waiting, at('applying'), end),
    waitMs: span(waiting, at('applying'), rollingBack, end),
    applyMs: span(at('applying'), at('verifying'), rollingBack, end),
    verifyMs: span(at('verifying'), rollingBack, end),
  }
}
