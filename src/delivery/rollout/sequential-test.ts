import { logLikelihood, logLikelihoodOnLine, logMixture, rateOf, type Counts } from './e-value.ts'

export interface SequentialTestInput {
  canary: Counts
  /** The release before, in the same time. Null, or without requests: the canary is judged against `target` alone. */
  baseline: Counts | null
  /** Objective for the share of good requests, e.g. 0.999. Null: 0.99 is taken where it is needed. */
  target: number | null
  /** Chance at most of calling a canary worse that is not, however often one looks. Default 0.01. */
  alpha?: number
  /** Chance at most of calling a canary fine that fails `detectable` more than allowed, however often one looks. Default 0.05. */
  beta?: number
  /** Difference of the error rates that is not worth a rollback. Default: what the objective allows, at most 0.01; 0.005 without an objective. */
  tolerance?: number
  /** Difference of the error rates, beyond the tolerance, that must not slip through. Default 0.1. */
  detectable?: number
}

export interface SequentialVerdict {
  verdict: 'worse' | 'fine' | 'undecided'
  /** For people, e.g. `canary fails 50 of 50, baseline 0 of 200`, `canary fails 0 of 20, baseline 0 of 90: needs 31 more requests`. */
  message: string
  /** The message without what is needed: the numbers alone. */
  seen: string
  /** E-value against "the canary is not worse": 1 is no evidence, 100 is worse at alpha 0.01. */
  evidence: number
  /** Always-valid p-value of the same: 1 / evidence, at most 1. */
  pValue: number
  /** More good requests until the canary is fine; null when decided, or out of reach. */
  requestsNeeded: number | null
}

const DEFAULT_TARGET = 0.99
const SEARCH_LIMIT = 1_000_000

/**
 * Is the canary worse than the release before? Answers from the counts alone, honestly at any number of requests and under any number of looks.
 *
 * Each request of the canary fails with an unknown probability c, of the baseline with b. The e-value against a set H of pairs (c, b) is
 *
 *     E = mixture(canary) · mixture(baseline) / max over (c, b) in H of the likelihood of both
 *
 * where mixture is the chance of the observed sequence under a Beta prior (closed form). For the true pair, mixture / likelihood is a non-negative
 * martingale that starts at 1, whichever of the two streams the next request belongs to; the maximum in the denominator can only lower it. So for every
 * pair in H, and not just at a planned end, the chance that E ever reaches 1/alpha is at most alpha (Ville's inequality). One may look after every
 * request and stop at will. Evaluated on counts, looking seldom only skips steps of the same martingale, which keeps the bound.
 *
 * - `worse`: E against H = {c <= b + tolerance} reached 1/alpha.
 * - `fine`: E against H = {c >= b + tolerance + detectable} reached 1/beta.
 * - Without a baseline the same with one stream, and 1 - target in place of b + tolerance.
 *
 * Assumed: requests fail independently, with a probability that stays the same in the time of the test. A disturbance that hits both releases hits both
 * streams, which is why the baseline is watched at the same time and not before.
 *
 * Sources: H. Robbins, "Statistical methods related to the law of the iterated logarithm", Ann. Math. Stat. 41 (1970), for the mixture martingale;
 * L. Wasserman, A. Ramdas, S. Balakrishnan, "Universal inference", PNAS 117 (2020), for the maximum over a composite null; A. Ramdas, P. Grünwald,
 * V. Vovk, G. Shafer, "Game-theoretic statistics and safe anytime-valid inference", Stat. Sci. 38 (2023); R. Johari et al., "Always valid
 * inference", Oper. Res. 70 (2022), for p = 1/E.
 */
export function sequentialTest(input: SequentialTestInput): SequentialVerdict {
  const settings = settingsOf(input)
  const { canary } = input
  const evidence = Math.exp(Math.min(700, logEvidence(canary, settings, 'worse')))
  const pValue = Math.min(1, 1 / evidence)
  const seen = describeCounts(canary, settings)
  if (evidence >= 1 / settings.alpha) return { verdict: 'worse', message: seen, seen, evidence, pValue, requestsNeeded: null }
  if (isFine(canary, settings)) return { verdict: 'fine', message: seen, seen, evidence, pValue, requestsNeeded: null }
  const requestsNeeded = countNeeded(canary, settings)
  const needs = requestsNeeded === null ? 'needs more requests' : `needs ${requestsNeeded} more ${requestsNeeded === 1 ? 'request' : 'requests'}`
  return { verdict: 'undecided', message: `${seen}: ${needs}`, seen, evidence, pValue, requestsNeeded }
}

interface TestSettings {
  alpha: number
  beta: number
  baseline: Counts | null
  /** Error rate that the objective allows. */
  allowed: number
  tolerance: number
  detectable: number
}

function settingsOf(input: SequentialTestInput): TestSettings {
  const allowed = 1 - (input.target ?? DEFAULT_TARGET)
  return {
    alpha: input.alpha ?? 0.01,
    beta: input.beta ?? 0.05,
    baseline: input.baseline !== null && input.baseline.requests > 0 ? input.baseline : null,
    allowed,
    tolerance: input.tolerance ?? (input.target === null ? 0.005 : Math.min(0.01, allowed)),
    detectable: input.detectable ?? 0.1,
  }
}

/** ln E against "not worse", or against "worse by the detectable difference". */
function logEvidence(canary: Counts, settings: TestSettings, question: 'worse' | 'fine'): number {
  const { baseline, allowed, tolerance, detectable } = settings
  if (baseline === null) {
    const rate = rateOf(canary)
    const nearest = question === 'worse' ? Math.min(rate, allowed) : Math.max(rate, Math.min(1, allowed + detectable))
    return logMixture(canary) - logLikelihood(canary, nearest)
  }
  const margin = question === 'worse' ? tolerance : tolerance + detectable
  const difference = rateOf(canary) - rateOf(baseline)
  const isInside = question === 'worse' ? difference <= margin : difference >= margin
  const most = isInside ? logLikelihood(canary, rateOf(canary)) + logLikelihood(baseline, rateOf(baseline)) : logLikelihoodOnLine(canary, baseline, margin)
  return logMixture(canary) + logMixture(baseline) - most
}

function isFine(canary: Counts, settings: TestSettings): boolean {
  return logEvidence(canary, settings, 'fine') >= Math.log(1 / settings.beta)
}

/** How many more requests, all good, would make the canary fine. */
function countNeeded(canary: Counts, settings: TestSettings): number | null {
  const fineWith = (more: number): boolean => isFine({ requests: canary.requests + more, errors: canary.errors }, settings)
  let high = 1
  while (!fineWith(high)) {
    high *= 2
    if (high > SEARCH_LIMIT) return null
  }
  let low = Math.floor(high / 2)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fineWith(middle)) high = middle
    else low = middle
  }
  return high
}

function describeCounts(canary: Counts, settings: TestSettings): string {
  const { baseline, allowed } = settings
  const against = baseline === null ? `the objective allows ${formatPercent(allowed)}` : `baseline ${baseline.errors} of ${baseline.requests}`
  return `canary fails ${canary.errors} of ${canary.requests}, ${against}`
}

function formatPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}
