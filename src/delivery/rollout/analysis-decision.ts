import type { Outcome } from '#kernel/common/driver'
import type { SequentialVerdict } from './sequential-test.ts'
import { judgeStreams, sum, type Streams } from './stream-verdict.ts'

/** What is known at one moment of an analysis. */
export interface AnalysisMoment extends Streams {
  elapsedSeconds: number
  minSeconds: number
  maxSeconds: number
}

/** Whether a canary goes on, is good enough, or is refused, with the reason. */
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
  const verdict = judgeStreams(moment)
  const canary = sum(moment.traffic.canary, moment.probes?.canary ?? null)
  const sent = moment.probes?.canary.requests ?? 0
  const seconds = Math.round(moment.elapsedSeconds)
  const probes = sent === 0 ? '' : sent === canary.requests ? ', all of them our own probes' : `, ${sent} of ${canary.requests} were our own probes`
  const numbers = `${verdict.seen} in ${seconds} s${probes}`
  const end = (outcome: Outcome): AnalysisDecision => ({ next: 'end', outcome, verdict })
  const done = (message: string): AnalysisDecision => end({ outcome: 'done', message, outputs: outputsOf(moment, verdict) })
  if (verdict.verdict === 'worse') return end({ outcome: 'refused', reason: 'worse', message: numbers })
  if (verdict.verdict === 'fine' && moment.elapsedSeconds >= moment.minSeconds) return done(numbers)
  if (moment.elapsedSeconds >= moment.maxSeconds) {
    if (verdict.evidence >= DEADLINE_EVIDENCE)
      return end({ outcome: 'refused', reason: 'likely_worse', message: `${numbers}: likely worse, and the time is over` })
    return done(`${numbers}: taken as fine on ${canary.requests} ${canary.requests === 1 ? 'request' : 'requests'}, as the time is over`)
  }
  const limit = verdict.verdict === 'fine' ? moment.minSeconds : moment.maxSeconds
  return {
    next: 'watch',
    message: `${numbers}${verdict.message.slice(verdict.seen.length)}`,
    percent: Math.min(99, Math.floor((moment.elapsedSeconds / Math.max(1, limit)) * 100)),
    verdict,
  }
}

function outputsOf(moment: AnalysisMoment, verdict: SequentialVerdict): { [key: string]: number | string | null } {
  const canary = sum(moment.traffic.canary, moment.probes?.canary ?? null)
  const baseline = moment.traffic.baseline && sum(moment.traffic.baseline, moment.probes?.baseline ?? null)
  return {
    verdict: verdict.verdict,
    canaryRequests: canary.requests,
    canaryErrors: canary.errors,
    baselineRequests: baseline?.requests ?? null,
    baselineErrors: baseline?.errors ?? null,
    probes: moment.probes?.canary.requests ?? 0,
    pValue: verdict.pValue,
  }
}
