import { logBeta } from './log-gamma.ts'

/** Requests that a release answered, and those of them that failed. */
export interface Counts {
  requests: number
  errors: number
}

/**
 * Two priors in equal parts: one that expects nothing (Jeffreys), so that any error rate is learned soon, and one that expects few errors, so that a
 * healthy service is believed soon. The choice alters how much is learned from how many requests, never the guarantee.
 */
const PRIORS = [
  { a: 0.5, b: 0.5 },
  { a: 0.5, b: 20 },
] as const

/** ln of the chance of this sequence under the mixture of the priors: the numerator of the e-value. */
export function logMixture({ requests, errors }: Counts): number {
  const parts = PRIORS.map(({ a, b }) => logBeta(a + errors, b + requests - errors) - logBeta(a, b))
  const largest = Math.max(...parts)
  return largest + Math.log(parts.reduce((sum, part) => sum + Math.exp(part - largest), 0) / PRIORS.length)
}

/** ln of the chance of this sequence when each request fails with probability `rate`. */
export function logLikelihood({ requests, errors }: Counts, rate: number): number {
  return times(errors, Math.log(rate)) + times(requests - errors, Math.log(1 - rate))
}

/** The largest ln likelihood of both sequences with `canary rate = baseline rate + margin`. Concave, so that halving finds it. */
export function logLikelihoodOnLine(canary: Counts, baseline: Counts, margin: number): number {
  let low = Math.max(0, -margin)
  let high = Math.min(1, 1 - margin)
  const slope = (rate: number): number =>
    over(canary.errors, rate + margin) -
    over(canary.requests - canary.errors, 1 - rate - margin) +
    over(baseline.errors, rate) -
    over(baseline.requests - baseline.errors, 1 - rate)
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2
    if (slope(middle) > 0) low = middle
    else high = middle
  }
  const at = (rate: number): number => logLikelihood(canary, rate + margin) + logLikelihood(baseline, rate)
  return Math.max(at(low), at(high))
}

/** Errors per request; 0 without requests. */
export function rateOf({ requests, errors }: Counts): number {
  return requests === 0 ? 0 : errors / requests
}

function times(count: number, value: number): number {
  return count === 0 ? 0 : count * value // 0 · ln 0 = 0
}

function over(count: number, value: number): number {
  return count === 0 ? 0 : count / value
}
