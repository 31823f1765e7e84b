import type { Outcome } from '#kernel/common/driver'
import type { Counts } from './e-value.ts'
import { sequentialTest, type SequentialVerdict } from './sequential-test.ts'

/** What is known at one moment of an analysis. */
export interface AnalysisMoment {
  canary: Counts
  baseline: Counts | null
  target: number | null
  /** How many of the canary's requests were our own probes. */
  probes: number
  elapsedSeconds: number
  minSeconds: number
  maxSeconds: number
}

export type AnalysisDecision =
  | { next: 'watch'; message: string; percent: number; verdict: SequentialVerdict }
  | { next: 'end'; outcome: Outcome; verdict: SequentialVerdict }

/**
 * At the end of the time, with too few requests to be sure, this much evidence is enough to roll back. By Markov's inequality a canary that is no
 * worse has it with probability 1/10 at most.
 */
const DEADLINE_EVIDENCE = 10

/**
 * What to do now: end at once when the canary is worse, after the shortest time when it is fine, at the longest time in any case. Undecided by then
 * counts as fine, and says on how many requests, unless there is some evidence against it. Pure.
 */
export function decideAnalysis(moment: AnalysisMoment): AnalysisDecision {
  const verdict = sequentialTest(moment)
  const seconds = Math.round(moment.elapsedSeconds)
  const probes =
    moment.probes === 0 ? '' : moment.probes === moment.canary.requests ? ', all of them our own probes' : `, ${moment.probes} of them our own probes`
  const numbers = `${verdict.message} in ${seconds} s${probes}`
  const end = (outcome: Outcome): AnalysisDecision => ({ next: 'end', outcome, verdict })
  const done = (message: string): AnalysisDecision => end({ outcome: 'done', message, outputs: outputsOf(moment, verdict) })
  if (verdict.verdict === 'worse') return end({ outcome: 'refused', reason: 'worse', message: numbers })
  if (verdict.verdict === 'fine' && moment.elapsedSeconds >= moment.minSeconds) return done(numbers)
  if (moment.elapsedSeconds >= moment.maxSeconds) {
    if (verdict.evidence >= DEADLINE_EVIDENCE)
      return end({ outcome: 'refused', reason: 'likely_worse', message: `${numbers}: likely worse, and the time is over` })
    return done(`${numbers}: taken as fine on ${moment.canary.requests} ${moment.canary.requests === 1 ? 'request' : 'requests'}, as the time is over`)
  }
  const limit = verdict.verdict === 'fine' ? moment.minSeconds : moment.maxSeconds
  return { next: 'watch', message: numbers, percent: Math.min(99, Math.floor((moment.elapsedSeconds / Math.max(1, limit)) * 100)), verdict }
}

function outputsOf(moment: AnalysisMoment, verdict: SequentialVerdict): { [key: string]: number | string | null } {
  return {
    verdict: verdict.verdict,
    canaryRequests: moment.canary.requests,
    canaryErrors: moment.canary.errors,
    baselineRequests: moment.baseline?.requests ?? null,
    baselineErrors: moment.baseline?.errors ?? null,
    probes: moment.probes,
    pValue: verdict.pValue,
  }
}
