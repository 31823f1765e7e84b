import type { Counts } from './e-value.ts'
import { sequentialTest, type SequentialVerdict } from './sequential-test.ts'

/** One kind of requests to both releases. */
export interface Stream {
  canary: Counts
  baseline: Counts | null
}

/** Counts of a canary and of what it is compared with. */
export interface Streams {
  /** Requests of users. */
  traffic: Stream
  /** Our own probes; null: none are sent. */
  probes: Stream | null
  target: number | null
}

const ALPHA = 0.01

/**
 * Judges users' requests and our own probes, each against its like. Probes ask one address that is mostly well; thrown together with a few requests of
 * users that all fail, they would hide these. So evidence against the canary is the mean of the two e-values, which is an e-value again (V. Vovk, R. Wang,
 * "E-values: calibration, combination and applications", Ann. Stat. 49, 2021): the bound on false aborts stays, and one kind alone is enough to abort.
 * Fine is a canary by all requests together, as long as neither kind speaks against it. Pure.
 */
export function judgeStreams({ traffic, probes, target }: Streams): SequentialVerdict {
  const users = sequentialTest({ ...traffic, target })
  if (probes === null) return users
  const own = sequentialTest({ ...probes, target })
  const all = sequentialTest({ canary: sum(traffic.canary, probes.canary), baseline: traffic.baseline && sum(traffic.baseline, probes.baseline), target })
  const evidence = (users.evidence + own.evidence) / 2
  const pValue = Math.min(1, 1 / evidence)
  const worst = users.evidence >= own.evidence ? users : own
  if (evidence >= 1 / ALPHA) {
    const kind = traffic.canary.requests === 0 || probes.canary.requests === 0 ? '' : worst === users ? ' requests of users' : ' of our own probes'
    const seen = worst.seen.replace(/^(canary fails \d+ of \d+)/, `$1${kind}`)
    return { verdict: 'worse', message: seen, seen, evidence, pValue, requestsNeeded: null }
  }
  if (all.verdict === 'fine' && evidence <= 1) return { ...all, evidence, pValue }
  const message = all.verdict === 'undecided' ? all.message : `${all.seen}: needs more requests`
  return { verdict: 'undecided', message, seen: all.seen, evidence, pValue, requestsNeeded: all.requestsNeeded }
}

/** Counts together. */
export function sum(a: Counts, b: Counts | null): Counts {
  return { requests: a.requests + (b?.requests ?? 0), errors: a.errors + (b?.errors ?? 0) }
}
