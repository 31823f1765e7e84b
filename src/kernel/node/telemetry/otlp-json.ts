import type { Json, JsonObject } from '#kernel/common/json'

type AttributeValue = string | number | boolean
/** Attributes of a span, log record or resource. Undefined ones are left out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>

/** Attributes in OTLP/JSON; whole numbers as decimal strings (protobuf's JSON form of 64-bit integers). */
export function otlpAttributes(attributes: Attributes): Json[] {
  return Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: otlpValue(value) }]))
}

function otlpValue(value: AttributeValue): JsonObject {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** Milliseconds since 1970 as OTLP's nanoseconds. */
export function unixNanos(ms: number): string {
  return (BigInt(Math.round(ms * 1000)) * 1000n).toString()
}

/** Wraps the items of one signal in resource and scope, as `ExportTraceServiceRequest` and its siblings. */
export function otlpRequest(signal: TelemetrySignal, resource: Attributes, scope: { name: string; version: string }, items: readonly Json[]): JsonObject {
  const [resources, scopes, records] = NAMES[signal]
  return { [resources]: [{ resource: { attributes: otlpAttributes(resource) }, [scopes]: [{ scope: { ...scope }, [records]: items }] }] }
}

/** The three kinds of OTLP requests. */
export type TelemetrySignal = 'traces' | 'metrics' | 'logs'

const NAMES = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
} as const
