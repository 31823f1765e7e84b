import type { MinuteSeries } from './minute-series.ts'
import type { Objective } from './objective.ts'

/** How an objective stands. */
export type SloState = 'ok' | 'burning' | 'exhausted' | 'no-data'

interface BurnRate {
  /** The long window, e.g. `1h`. */
  window: string
  severity: 'page' | 'ticket'
  /** Burn rate over the long window; 1 uses up the budget exactly at the end of the period; null without requests. */
  rate: number | null
  /** Over the short window. */
  shortRate: number | null
  threshold: number
  isFiring: boolean
}

/** How an objective stands, with the figures behind it. */
export interface SloStatus {
  name: string
  title: string
  component: string
  environment: string
  target: number
  window: string
  sli: { good: number; total: number; ratio: number | null }
  /** Share of the window in which requests were watched at all, 0 to 1: what was not watched is not known to be good. */
  coverage: number
  /** `remaining` is 1 with an untouched budget, 0 with none left, and negative beyond. */
  budget: { remaining: number; burnedRatio: number }
  burnRates: BurnRate[]
  state: SloState
}

/** With fewer requests in the long window no alarm: one failure of three says little. */
const MIN_EVENTS = 10

/**
 * Judges an objective in a minute (since 1970). An alarm fires when the budget burns faster than its threshold over the long and over the short
 * window (SRE Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"). Ratios are of sums, never means of ratios.
 */
export function sloStatus(objective: Objective, counts: MinuteSeries, watched: MinuteSeries, minute: number): SloStatus {
  const { target, windowMinutes } = objective
  const { good, total } = counts.sum(minute, windowMinutes)
  const burnedRatio = burnRate({ good, total }, target) ?? 0
  const burnRates = objective.policies.map((policy): BurnRate => {
    const long = counts.sum(minute, policy.longMinutes)
    const rate = burnRate(long, target)
    const shortRate = burnRate(counts.sum(minute, policy.shortMinutes), target)
    const isFiring = long.total >= MIN_EVENTS && rate !== null && shortRate !== null && rate > policy.threshold && shortRate > policy.threshold
    return { window: durationText(policy.longMinutes), severity: policy.severity, rate, shortRate, threshold: policy.threshold, isFiring }
  })
  const isBurning = burnRates.some((burn) => burn.isFiring)
  return {
    name: objective.name,
    title: objective.title,
    component: objective.component,
    environment: objective.environment,
    target,
    window: objective.windowText,
    sli: { good, total, ratio: total === 0 ? null : good / total },
    coverage: Math.min(1, watched.sum(minute, windowMinutes).total / windowMinutes),
    budget: { remaining: 1 - burnedRatio, burnedRatio },
    burnRates,
    state: total === 0 ? 'no-data' : burnedRatio >= 1 && total >= MIN_EVENTS ? 'exhausted' : isBurning ? 'burning' : 'ok',
  }
}

/** How many times faster than allowed the budget burns; null without events. Rounded to a millionth, so that a rate of exactly the threshold is not above it. */
function burnRate({ good, total }: { good: number; total: number }, target: number): number | null {
  return total === 0 ? null : Math.round(((total - good) / total / (1 - target)) * 1e6) / 1e6
}

function durationText(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`
}
