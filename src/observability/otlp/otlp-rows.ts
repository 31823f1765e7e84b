import type { LogRow, MetricRow, SpanRow } from '#observability/store'
import type { TelemetrySignal } from '#kernel/node/telemetry'
import { logRowOf } from './otlp-log.ts'
import { metricRowsOf } from './otlp-metric.ts'
import { OTLP_LISTS } from './otlp-slices.ts'
import type { Origin, RowOf } from './otlp-row.ts'
import { sourceOf, type WorkloadIdentity } from './otlp-source.ts'
import { spanRowOf } from './otlp-span.ts'
import { isObject, listAt, textAt, type Loose } from './otlp-value.ts'

/** The rows of a request, and how many items were not fit to be kept, with the first reason. */
export type DecodedRows =
  | { kind: 'span'; rows: SpanRow[]; rejectedCount: number; reason: string }
  | { kind: 'log'; rows: LogRow[]; rejectedCount: number; reason: string }
  | { kind: 'metric'; rows: MetricRow[]; rejectedCount: number; reason: string }

interface Rejections {
  count: number
  reason: string
}

/**
 * Turns an OTLP request (as decoded from JSON or protobuf) into rows. A single bad item is left out and counted; a request of a wrong shape is refused.
 * @throws an error that says what is wrong.
 */
export function rowsOf(signal: TelemetrySignal, request: unknown, identity: WorkloadIdentity | undefined, nowUs: number): DecodedRows {
  if (!isObject(request)) throw new Error('the body must be an object')
  const rejections: Rejections = { count: 0, reason: '' }
  const keep = <Row>(rows: Row[], result: RowOf<Row>): void => {
    if ('row' in result) rows.push(result.row)
    else reject(rejections, result.reason, 1)
  }
  if (signal === 'traces') {
    const rows: SpanRow[] = []
    walk(request, OTLP_LISTS.traces, identity, (span, origin) => keep(rows, spanRowOf(span, origin)))
    return { kind: 'span', rows, rejectedCount: rejections.count, reason: rejections.reason }
  }
  if (signal === 'logs') {
    const rows: LogRow[] = []
    walk(request, OTLP_LISTS.logs, identity, (record, origin) => keep(rows, logRowOf(record, origin, nowUs)))
    return { kind: 'log', rows, rejectedCount: rejections.count, reason: rejections.reason }
  }
  const rows: MetricRow[] = []
  walk(request, OTLP_LISTS.metrics, identity, (metric, origin) => {
    for (const result of metricRowsOf(metric, origin, nowUs)) keep(rows, result)
  })
  return { kind: 'metric', rows, rejectedCount: rejections.count, reason: rejections.reason }
}

function walk(
  request: Loose,
  [resources, scopes, items]: readonly [string, string, string],
  identity: WorkloadIdentity | undefined,
  visit: (item: Loose, origin: Origin) => void,
): void {
  for (const resource of listAt(request, resources)) {
    const origin = sourceOf(resource, identity)
    for (const scope of listAt(resource, scopes)) {
      const name = isObject(scope['scope']) ? textAt(scope['scope'], 'name') : ''
      for (const item of listAt(scope, items)) visit(item, { ...origin, scope: name })
    }
  }
}

function reject(rejections: Rejections, reason: string, count: number): void {
  rejections.count += count
  if (rejections.reason === '') rejections.reason = reason
}
