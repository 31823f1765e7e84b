import { z } from 'zod'
import type { FieldProblem } from '#kernel/common/fault'
import { canFire, defaultBurnPolicies, highestBurnRate, type BurnPolicy } from './burn-policy.ts'
import type { OpenSlo } from './openslo-schema.ts'
import { parseRequestQuery, type RequestSelector } from './request-query.ts'

/** An objective that the platform measures: so many of all requests must be good, over a rolling window. */
export interface Objective {
  name: string
  title: string
  component: string
  environment: string
  /** 0 to 1, e.g. 0.999. */
  target: number
  windowMinutes: number
  /** As written, e.g. `28d`. */
  windowText: string
  total: RequestSelector
  /** What is good, or what is bad; the other is the rest of `total`. */
  part: RequestSelector & { isBad: boolean }
  policies: readonly BurnPolicy[]
}

/** `metricSource.spec` where `type` is `fairway`. */
const querySpec = z.strictObject({ query: z.string() })
/** Request counts are kept 35 days. */
const MAX_WINDOW_MINUTES = 35 * 1_440
const UNIT_MINUTES: Record<string, number> = { m: 1, h: 60, d: 1_440, w: 10_080, M: 43_200 }

/** What the platform can measure of a valid SLO, or why it can't: each problem names its field. */
export function objectiveOf(slo: OpenSlo, place: { component: string; environment: string }): { objective: Objective } | { problems: FieldProblem[] } {
  const problems: FieldProblem[] = []
  const problem = (field: string, message: string): undefined => void problems.push({ field, message })
  const { spec, metadata } = slo
  const window = spec.timeWindow[0]
  const objective = spec.objectives[0]

  if (spec.budgetingMethod !== 'Occurrences') problem('spec.budgetingMethod', `"${spec.budgetingMethod}" is not measured here; use Occurrences`)
  if (window?.isRolling !== true) problem('spec.timeWindow[0]', 'calendar windows are not measured here; use isRolling: true')
  if (spec.objectives.length > 1) problem('spec.objectives', 'one SLO has one objective here; write an SLO for each')
  const windowMinutes = minutesOf(window?.duration ?? '')
  if (windowMinutes === undefined || windowMinutes < 60 || windowMinutes > MAX_WINDOW_MINUTES)
    problem('spec.timeWindow[0].duration', `"${window?.duration}" is not measured here; use 1h to 35d`)
  const target = objective?.target ?? (objective?.targetPercent ?? 0) / 100

  const ratio = spec.indicator?.spec.ratioMetric
  if (spec.indicatorRef !== undefined) problem('spec.indicatorRef', 'write the indicator into the SLO')
  else if (!ratio?.total) problem('spec.indicator.spec', 'only a ratioMetric of good or bad and total is measured here')
  const total = ratio?.total ? selectorOf(ratio.total.metricSource, 'spec.indicator.spec.ratioMetric.total', problem) : undefined
  const isBad = ratio?.bad !== undefined
  const partSource = ratio?.good ?? ratio?.bad
  const part = partSource ? selectorOf(partSource.metricSource, `spec.indicator.spec.ratioMetric.${isBad ? 'bad' : 'good'}`, problem) : undefined
  if (total?.maxDurationMs !== undefined) problem('spec.indicator.spec.ratioMetric.total', '"le" belongs to good, not to total')
  if (isBad && part?.maxDurationMs !== undefined) problem('spec.indicator.spec.ratioMetric.bad', 'say with good and "le" what is fast enough')
  if (part && total && part.statuses.some((status) => !total.statuses.includes(status)))
    problem('spec.indicator.spec.ratioMetric', 'good or bad counts requests that total does not')

  const policies = policiesOf(slo, target, windowMinutes ?? 0, problem)
  if (problems.length > 0 || !total || !part || !window || windowMinutes === undefined) return { problems }
  return {
    objective: {
      name: metadata.name,
      title: metadata.displayName ?? metadata.name,
      ...place,
      target,
      windowMinutes,
      windowText: window.duration,
      total,
      part: { ...part, isBad },
      policies,
    },
  }
}

type Report = (field: string, message: string) => undefined

function selectorOf(source: { type?: string | undefined; spec?: unknown }, field: string, problem: Report): RequestSelector | undefined {
  if (source.type !== 'fairway') return problem(`${field}.metricSource.type`, `"${source.type ?? ''}" is not measured here; use type: fairway`)
  const query = querySpec.safeParse(source.spec)
  if (!query.success) return problem(`${field}.metricSource.spec`, 'must hold a query, e.g. requests{status!~"5.."}')
  const parsed = parseRequestQuery(query.data.query)
  return 'selector' in parsed ? parsed.selector : problem(`${field}.metricSource.spec.query`, parsed.message)
}

/** The SLO's own burn rate conditions; without any, those of the SRE Workbook. */
function policiesOf(slo: OpenSlo, target: number, windowMinutes: number, problem: Report): BurnPolicy[] {
  const own: BurnPolicy[] = []
  for (const [index, policy] of (slo.spec.alertPolicies ?? []).entries()) {
    const field = `spec.alertPolicies[${index}]`
    const condition = 'alertPolicyRef' in policy ? undefined : policy.spec.conditions[0]
    if (!condition || 'conditionRef' in condition) {
      problem(field, 'write the alert policy and its condition into the SLO')
      continue
    }
    const { op, threshold, lookbackWindow } = condition.spec.condition
    const longMinutes = minutesOf(lookbackWindow)
    const place = `${field}.spec.conditions[0].spec.condition`
    if (op === 'lt' || op === 'lte') problem(`${place}.op`, 'a burn rate alarms when it is high: use gt or gte')
    if (longMinutes === undefined || longMinutes > windowMinutes) problem(`${place}.lookbackWindow`, 'must be shorter than the window of the SLO')
    if (!canFire(threshold, target))
      problem(`${place}.threshold`, `${threshold} can never be reached: with a target of ${target} the budget burns at ${highestBurnRate(target)} at most`)
    const severity = condition.spec.severity === 'page' ? 'page' : 'ticket'
    own.push({ severity, longMinutes: longMinutes ?? 0, shortMinutes: Math.max(1, Math.ceil((longMinutes ?? 0) / 12)), threshold })
  }
  if ((slo.spec.alertPolicies ?? []).length > 0) return own
  const policies = defaultBurnPolicies(target, windowMinutes)
  if (windowMinutes > 60 && policies.length === 0)
    problem('spec.objectives[0].target', `with a target of ${target} the budget burns at ${highestBurnRate(target)} at most, so that no alarm could ever fire`)
  return policies
}

function minutesOf(duration: string): number | undefined {
  const match = /^(\d+)(\w)$/.exec(duration)
  const unit = UNIT_MINUTES[match?.[2] ?? '']
  return unit === undefined ? undefined : Number(match?.[1]) * unit
}
