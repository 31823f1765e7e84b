import type { LogRow } from '#observability/store'
import type { Origin, RowOf } from './otlp-row.ts'
import { attributesAt, cut, hexAt, microsAt, numberAt, plainValue, textAt, type Loose } from './otlp-value.ts'

const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** The name of an OTLP severity number, e.g. 9 to 12 is `info`; empty for 0. */
export function severityName(severityNumber: number): string {
  return severityNumber < 1 ? '' : (SEVERITIES[Math.floor((severityNumber - 1) / 4)] ?? 'fatal')
}

/** The least number of a severity by name, in any case; 0 for an unknown one. */
export function severityNumberOf(name: string): number {
  const lower = name.toLowerCase()
  const found = SEVERITIES.findIndex(
    (severity) => lower === severity || (severity === 'warn' && lower === 'warning') || (severity === 'fatal' && lower === 'critical'),
  )
  return found === -1 ? 0 : found * 4 + 1
}

/** The row of a log record, or why there is none. A record without a time is of `nowUs`. */
export function logRowOf(record: Loose, origin: Origin, nowUs: number): RowOf<LogRow> {
  const severityText = textAt(record, 'severityText')
  const severityNumber = numberAt(record, 'severityNumber') || severityNumberOf(severityText)
  const body = plainValue(record['body'])
  const eventName = textAt(record, 'eventName')
  return {
    row: {
      ...origin.source,
      atUs: microsAt(record, 'timeUnixNano') ?? microsAt(record, 'observedTimeUnixNano') ?? nowUs,
      severityNumber,
      severity: severityName(severityNumber) || cut(severityText),
      body: typeof body === 'string' ? body : body === null ? eventName : cut(JSON.stringify(body)),
      stream: 'otlp',
      traceId: hexAt(record, 'traceId', 32) ?? '',
      spanId: hexAt(record, 'spanId', 16) ?? '',
      attributes: JSON.stringify({ ...origin.rest, ...attributesAt(record), ...(eventName === '' ? {} : { 'event.name': eventName }) }),
    },
  }
}
