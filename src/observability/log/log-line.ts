import type { LogRow } from '#observability/store'
import { severityName, severityNumberOf } from '#observability/otlp'

/** A line that a workload has written. */
export interface WorkloadLine {
  at: Date
  component: string
  environment: string
  release: string
  version: string
  instance: string
  stream: 'stdout' | 'stderr'
  line: string
}

const MAX_BODY = 65_536

/**
 * A line as a row. A JSON object is read by the names that loggers use: `level` or `severity` (a word, or pino's number), `message` or `msg`,
 * `trace_id` and `span_id`; the rest become attributes. Any other text is the body; then stderr counts as error and stdout as info.
 */
export function logRowOfLine(entry: WorkloadLine): LogRow {
  const { at, stream, line, ...source } = entry
  const text = line.length > MAX_BODY ? `${line.slice(0, MAX_BODY)}…` : line
  const base = { ...source, atUs: at.getTime() * 1000, stream }
  const fields = objectIn(text)
  if (!fields) {
    const severity = stream === 'stderr' ? 'error' : 'info'
    return { ...base, severity, severityNumber: severityNumberOf(severity), body: text, traceId: '', spanId: '', attributes: '{}' }
  }
  const { level, severity, message, msg, trace_id, traceId, span_id, spanId, time: _time, timestamp: _timestamp, ...rest } = fields
  const severityNumber = levelNumber(level ?? severity) || severityNumberOf(stream === 'stderr' ? 'error' : 'info')
  const body = message ?? msg
  return {
    ...base,
    severityNumber,
    severity: severityName(severityNumber),
    body: typeof body === 'string' ? body : text,
    traceId: hex(trace_id ?? traceId, 32),
    spanId: hex(span_id ?? spanId, 16),
    attributes: JSON.stringify(rest),
  }
}

function objectIn(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** pino and bunyan count 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
function levelNumber(level: unknown): number {
  if (typeof level === 'string') return severityNumberOf(level)
  return typeof level === 'number' && level >= 10 && level < 70 ? (Math.floor(level / 10) - 1) * 4 + 1 : 0
}

function hex(value: unknown, digits: number): string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/i.test(value) ? value.toLowerCase() : ''
}
