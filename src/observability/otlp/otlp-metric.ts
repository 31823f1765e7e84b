import type { MetricRow } from '#observability/store'
import type { Origin, RowOf } from './otlp-row.ts'
import { attributesAt, cut, isObject, listAt, microsAt, numberAt, numberOf, textAt, type Loose } from './otlp-value.ts'

/** OTLP `DataPointFlags`: the point says that there is no value. */
const NO_RECORDED_VALUE = 1
const MAX_BUCKETS = 512

/** A row for each data point of a metric. */
export function metricRowsOf(metric: Loose, origin: Origin, nowUs: number): RowOf<MetricRow>[] {
  const name = textAt(metric, 'name')
  if (name === '') return [{ reason: 'a metric has no name' }]
  for (const kind of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const) {
    const data = metric[kind]
    if (!isObject(data)) continue
    return listAt(data, 'dataPoints')
      .filter((point) => (numberAt(point, 'flags') & NO_RECORDED_VALUE) === 0)
      .map((point) => {
        const common = {
          ...origin.source,
          atUs: microsAt(point, 'timeUnixNano') ?? nowUs,
          name: cut(name),
          unit: cut(textAt(metric, 'unit')),
          temporality: numberAt(data, 'aggregationTemporality'),
          isMonotonic: data['isMonotonic'] === true,
          attributes: JSON.stringify({ ...origin.rest, ...attributesAt(point) }),
        }
        return kind === 'gauge' || kind === 'sum' ? numberRow(common, kind, point) : countedRow(common, kind, point)
      })
  }
  return [{ reason: `the metric "${cut(name)}" has no data that is known` }]
}

type Common = Omit<MetricRow, 'kind' | 'value' | 'count' | 'sum' | 'bounds' | 'buckets'>

function numberRow(common: Common, kind: 'gauge' | 'sum', point: Loose): RowOf<MetricRow> {
  const value = numberOf(point['asDouble'] ?? point['asInt'])
  if (value === undefined || !Number.isFinite(value)) return { reason: `a point of the metric "${common.name}" has no finite value` }
  return { row: { ...common, kind, value, count: 0, sum: 0, bounds: '[]', buckets: '[]' } }
}

function countedRow(common: Common, kind: 'histogram' | 'exponentialHistogram' | 'summary', point: Loose): RowOf<MetricRow> {
  const sum = numberAt(point, 'sum')
  if (!Number.isFinite(sum)) return { reason: `a point of the metric "${common.name}" has no finite sum` }
  const { bounds, buckets } = kind === 'histogram' ? explicitBuckets(point) : kind === 'summary' ? quantiles(point) : exponentialBuckets(point)
  return {
    row: {
      ...common,
      kind: kind === 'summary' ? 'summary' : 'histogram',
      value: 0,
      count: numberAt(point, 'count'),
      sum,
      bounds: JSON.stringify(bounds),
      buckets: JSON.stringify(buckets),
    },
  }
}

interface Buckets {
  bounds: number[]
  buckets: number[]
}

function numbersAt(object: Loose, key: string): number[] {
  const value = object[key]
  return Array.isArray(value) ? value.slice(0, MAX_BUCKETS).map((item) => numberOf(item) ?? 0) : []
}

function explicitBuckets(point: Loose): Buckets {
  return { bounds: numbersAt(point, 'explicitBounds'), buckets: numbersAt(point, 'bucketCounts') }
}

/** Quantiles stand as bounds, their values as buckets. */
function quantiles(point: Loose): Buckets {
  const values = listAt(point, 'quantileValues').slice(0, MAX_BUCKETS)
  return { bounds: values.map((value) => numberAt(value, 'quantile')), buckets: values.map((value) => numberAt(value, 'value')) }
}

/** Bucket i of an exponential histogram ends at base^(offset+i+1), base = 2^(2^-scale). What is not positive is in the first bucket, up to 0. */
function exponentialBuckets(point: Loose): Buckets {
  const positive = isObject(point['positive']) ? point['positive'] : {}
  const negative = isObject(point['negative']) ? point['negative'] : {}
  const base = 2 ** (2 ** -numberAt(point, 'scale'))
  const offset = numberAt(positive, 'offset')
  const counts = numbersAt(positive, 'bucketCounts')
  const notPositive = numbersAt(negative, 'bucketCounts').reduce((total, count) => total + count, numberAt(point, 'zeroCount'))
  const bounds = counts.map((_, index) => base ** (offset + index + 1))
  return { bounds: [0, ...bounds].filter(Number.isFinite), buckets: [notPositive, ...counts] }
}
