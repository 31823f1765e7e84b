import { describe, expect, it } from 'vitest'
import { defaultBurnPolicies } from './burn-policy.ts'
import { objectiveOf } from './objective.ts'
import { openSloObject, type OpenSlo } from './openslo-schema.ts'
import { parseRequestQuery } from './request-query.ts'

const place = { component: 'orders', environment: 'production' }
const fairway = (query: string): object => ({ metricSource: { type: 'fairway', spec: { query } } })

function slo(spec: object = {}): OpenSlo {
  return openSloObject.parse({
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name: 'orders-availability', displayName: 'Requests are answered' },
    spec: {
      service: 'orders',
      indicator: { metadata: { name: 'good' }, spec: { ratioMetric: { counter: true, good: fairway('requests{status!~"5.."}'), total: fairway('requests') } } },
      timeWindow: [{ duration: '30d', isRolling: true }],
      budgetingMethod: 'Occurrences',
      objectives: [{ target: 0.999 }],
      ...spec,
    },
  }) as OpenSlo
}

const ratio = (metrics: object): object => ({ indicator: { metadata: { name: 'x' }, spec: { ratioMetric: metrics } } })
const alarm = (condition: object): object => ({
  alertPolicies: [
    {
      kind: 'AlertPolicy',
      metadata: { name: 'p' },
      spec: {
        conditions: [
          {
            kind: 'AlertCondition',
            metadata: { name: 'c' },
            spec: { severity: 'page', condition: { op: 'gt', threshold: 10, lookbackWindow: '1h', ...condition } },
          },
        ],
        notificationTargets: [],
      },
    },
  ],
})

describe('objectiveOf', () => {
  it('measures the ratio of good to all requests', () => {
    expect(objectiveOf(slo(), place)).toMatchObject({
      objective: {
        name: 'orders-availability',
        title: 'Requests are answered',
        ...place,
        target: 0.999,
        windowMinutes: 43_200,
        windowText: '30d',
        total: { statuses: [1, 2, 3, 4, 5] },
        part: { statuses: [1, 2, 3, 4], isBad: false },
      },
    })
  })

  it('takes bad for good, and targetPercent for target', () => {
    const result = objectiveOf(
      slo({ ...ratio({ bad: fairway('requests{status=~"5.."}'), total: fairway('requests') }), objectives: [{ targetPercent: 99.5 }] }),
      place,
    )
    expect(result).toMatchObject({ objective: { target: 0.995, part: { statuses: [5], isBad: true } } })
  })

  it('takes the alarms of the SLO in place of its own', () => {
    expect(objectiveOf(slo(alarm({ threshold: 14.4, lookbackWindow: '1h' })), place)).toMatchObject({
      objective: { policies: [{ severity: 'page', longMinutes: 60, shortMinutes: 5, threshold: 14.4 }] },
    })
  })

  it.each([
    [
      'Prometheus',
      ratio({ good: { metricSource: { type: 'Prometheus', spec: { query: 'up' } } }, total: fairway('requests') }),
      'spec.indicator.spec.ratioMetric.good.metricSource.type',
    ],
    ['a foreign query', ratio({ good: fairway('sum(up)'), total: fairway('requests') }), 'spec.indicator.spec.ratioMetric.good.metricSource.spec.query'],
    [
      'a threshold',
      { indicator: { metadata: { name: 'x' }, spec: { thresholdMetric: fairway('requests') } }, objectives: [{ target: 0.9, op: 'lt', value: 1 }] },
      'spec.indicator.spec',
    ],
    ['a reference', { indicator: undefined, indicatorRef: 'other' }, 'spec.indicatorRef'],
    ['good that is not of total', ratio({ good: fairway('requests'), total: fairway('requests{status!~"4.."}') }), 'spec.indicator.spec.ratioMetric'],
    ['a calendar', { timeWindow: [{ duration: '1M', calendar: { startTime: '2026-01-01 00:00:00', timeZone: 'UTC' } }] }, 'spec.timeWindow[0]'],
    ['a window that is too long', { timeWindow: [{ duration: '1Q', isRolling: true }] }, 'spec.timeWindow[0].duration'],
    ['time slices', { budgetingMethod: 'RatioTimeslices', objectives: [{ target: 0.9, timeSliceWindow: '1m' }] }, 'spec.budgetingMethod'],
    ['two objectives', { objectives: [{ target: 0.9 }, { target: 0.99 }] }, 'spec.objectives'],
    ['an alarm by reference', { alertPolicies: [{ alertPolicyRef: 'other' }] }, 'spec.alertPolicies[0]'],
    [
      'an alarm that can never fire',
      { ...alarm({ threshold: 14.4 }), objectives: [{ target: 0.9 }] },
      'spec.alertPolicies[0].spec.conditions[0].spec.condition.threshold',
    ],
    ['an alarm on calm', alarm({ op: 'lte' }), 'spec.alertPolicies[0].spec.conditions[0].spec.condition.op'],
    ['an alarm longer than the window', alarm({ lookbackWindow: '5w' }), 'spec.alertPolicies[0].spec.conditions[0].spec.condition.lookbackWindow'],
    ['a target without any alarm', { objectives: [{ target: 0 }] }, 'spec.objectives[0].target'],
  ])('says why it does not measure %s', (_, spec, field) => {
    const result = objectiveOf(slo(spec), place)
    expect('problems' in result ? result.problems.map((problem) => problem.field) : []).toContain(field)
  })
})

describe('defaultBurnPolicies', () => {
  it.each([
    [30, [14.4, 6, 3, 1]],
    [28, [13.44, 5.6, 2.8, 0.933333]],
    [7, [3.36, 1.4, 0.7, 0.233333]],
    [1, [0.48, 0.2]],
  ])('of %i days are those of the SRE Workbook: %j', (days, thresholds) => {
    expect(defaultBurnPolicies(0.999, days * 1_440).map((policy) => policy.threshold)).toEqual(thresholds)
  })

  it('leave out what can never fire', () => {
    expect(defaultBurnPolicies(0.9, 43_200).map((policy) => policy.threshold)).toEqual([6, 3, 1])
    expect(defaultBurnPolicies(0.99, 43_200)).toHaveLength(4)
    expect(defaultBurnPolicies(0.5, 43_200).map((policy) => policy.threshold)).toEqual([1])
  })
})

describe('parseRequestQuery', () => {
  it.each([
    ['requests', [1, 2, 3, 4, 5], undefined],
    [' requests{ } ', [1, 2, 3, 4, 5], undefined],
    ['requests{status!~"5.."}', [1, 2, 3, 4], undefined],
    ['requests{status=~"2..|3xx"}', [2, 3], undefined],
    ['requests{status=~"[234]..", status!~"4.."}', [2, 3], undefined],
    ['requests{le="0.25"}', [1, 2, 3, 4], 250],
    ['requests{le="0.035",status!~"5.."}', [1, 2, 3, 4], 35],
  ])('reads %s', (text, statuses, maxDurationMs) => {
    expect(parseRequestQuery(text)).toEqual({ selector: { statuses, maxDurationMs } })
  })

  it.each([
    '',
    'up',
    'sum(requests)',
    'requests{status="200"}',
    'requests{status=~"(a+)+$"}',
    'requests{le="0.2"}',
    'requests{path="/x"}',
    'requests{status=~"2..",le="0.25"}',
    'requests{status=~"2..",status=~"3.."}',
  ])('says what is wrong with %j', (text) => {
    expect(parseRequestQuery(text)).toMatchObject({ message: expect.stringMatching(/./) as string })
  })
})
