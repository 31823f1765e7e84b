import type { SpanRow } from '#observability/store'
import type { Origin, RowOf } from './otlp-row.ts'
import { attributesAt, cut, hexAt, isObject, listAt, microsAt, nanosAt, numberAt, textAt, type Loose } from './otlp-value.ts'

const MAX_EVENTS = 128

/** The row of a span, or why there is none. */
export function spanRowOf(span: Loose, origin: Origin): RowOf<SpanRow> {
  const traceId = hexAt(span, 'traceId', 32)
  const spanId = hexAt(span, 'spanId', 16)
  const startUs = microsAt(span, 'startTimeUnixNano')
  if (traceId === undefined) return { reason: 'a span has no valid traceId (32 hex digits)' }
  if (spanId === undefined) return { reason: 'a span has no valid spanId (16 hex digits)' }
  if (startUs === undefined) return { reason: 'a span has no valid startTimeUnixNano' }
  const start = nanosAt(span, 'startTimeUnixNano') ?? 0n
  const end = nanosAt(span, 'endTimeUnixNano') ?? start
  const status = isObject(span['status']) ? span['status'] : {}
  return {
    row: {
      ...origin.source,
      traceId,
      spanId,
      parentSpanId: hexAt(span, 'parentSpanId', 16) ?? '',
      name: cut(textAt(span, 'name')),
      kind: numberAt(span, 'kind'),
      startUs,
      durationUs: end > start ? Number(end - start) / 1000 : 0,
      status: numberAt(status, 'code'),
      statusMessage: cut(textAt(status, 'message')),
      scope: cut(origin.scope),
      attributes: JSON.stringify({ ...origin.rest, ...attributesAt(span) }),
      events: JSON.stringify(listAt(span, 'events').slice(0, MAX_EVENTS).map(eventOf)),
    },
  }
}

function eventOf(event: Loose): { atUs: number; name: string; attributes: Record<string, unknown> } {
  return { atUs: microsAt(event, 'timeUnixNano') ?? 0, name: cut(textAt(event, 'name')), attributes: attributesAt(event) }
}
