import { BinaryReader } from '@bufbuild/protobuf/wire'
import type { TelemetrySignal } from '#kernel/node/telemetry'

type Scalar = 'string' | 'hex' | 'base64' | 'fixed64' | 'sfixed64' | 'uint64' | 'int64' | 'uint32' | 'fixed32' | 'int32' | 'sint32' | 'double' | 'bool'
interface Field {
  name: string
  type: Scalar | (() => Message)
  isList: boolean
}
type Message = Readonly<Record<number, Field>>

const one = (name: string, type: Field['type']): Field => ({ name, type, isList: false })
const many = (name: string, type: Field['type']): Field => ({ name, type, isList: true })

// Field numbers of opentelemetry-proto v1.10 (https://github.com/open-telemetry/opentelemetry-proto). What is not here is skipped, as unknown fields are.
const anyValue = (): Message => ANY_VALUE
const keyValue = (): Message => KEY_VALUE
const ANY_VALUE: Message = {
  1: one('stringValue', 'string'),
  2: one('boolValue', 'bool'),
  3: one('intValue', 'int64'),
  4: one('doubleValue', 'double'),
  5: one('arrayValue', () => ({ 1: many('values', anyValue) })),
  6: one('kvlistValue', () => ({ 1: many('values', keyValue) })),
  7: one('bytesValue', 'base64'),
}
const KEY_VALUE: Message = { 1: one('key', 'string'), 2: one('value', anyValue) }
const RESOURCE: Message = { 1: many('attributes', keyValue) }
const SCOPE: Message = { 1: one('name', 'string'), 2: one('version', 'string') }

const EVENT: Message = { 1: one('timeUnixNano', 'fixed64'), 2: one('name', 'string'), 3: many('attributes', keyValue) }
const STATUS: Message = { 2: one('message', 'string'), 3: one('code', 'int32') }
const SPAN: Message = {
  1: one('traceId', 'hex'),
  2: one('spanId', 'hex'),
  4: one('parentSpanId', 'hex'),
  5: one('name', 'string'),
  6: one('kind', 'int32'),
  7: one('startTimeUnixNano', 'fixed64'),
  8: one('endTimeUnixNano', 'fixed64'),
  9: many('attributes', keyValue),
  11: many('events', () => EVENT),
  15: one('status', () => STATUS),
}

const LOG_RECORD: Message = {
  1: one('timeUnixNano', 'fixed64'),
  2: one('severityNumber', 'int32'),
  3: one('severityText', 'string'),
  5: one('body', anyValue),
  6: many('attributes', keyValue),
  9: one('traceId', 'hex'),
  10: one('spanId', 'hex'),
  11: one('observedTimeUnixNano', 'fixed64'),
  12: one('eventName', 'string'),
}

const NUMBER_POINT: Message = {
  3: one('timeUnixNano', 'fixed64'),
  4: one('asDouble', 'double'),
  6: one('asInt', 'sfixed64'),
  7: many('attributes', keyValue),
  8: one('flags', 'uint32'),
}
const HISTOGRAM_POINT: Message = {
  3: one('timeUnixNano', 'fixed64'),
  4: one('count', 'fixed64'),
  5: one('sum', 'double'),
  6: many('bucketCounts', 'fixed64'),
  7: many('explicitBounds', 'double'),
  9: many('attributes', keyValue),
  10: one('flags', 'uint32'),
}
const BUCKETS: Message = { 1: one('offset', 'sint32'), 2: many('bucketCounts', 'uint64') }
const EXPONENTIAL_POINT: Message = {
  1: many('attributes', keyValue),
  3: one('timeUnixNano', 'fixed64'),
  4: one('count', 'fixed64'),
  5: one('sum', 'double'),
  6: one('scale', 'sint32'),
  7: one('zeroCount', 'fixed64'),
  8: one('positive', () => BUCKETS),
  9: one('negative', () => BUCKETS),
  10: one('flags', 'uint32'),
}
const SUMMARY_POINT: Message = {
  3: one('timeUnixNano', 'fixed64'),
  4: one('count', 'fixed64'),
  5: one('sum', 'double'),
  6: many('quantileValues', () => ({ 1: one('quantile', 'double'), 2: one('value', 'double') })),
  7: many('attributes', keyValue),
  8: one('flags', 'uint32'),
}
const points = (point: Message): Message => ({ 1: many('dataPoints', () => point), 2: one('aggregationTemporality', 'int32'), 3: one('isMonotonic', 'bool') })
const METRICS = { gauge: points(NUMBER_POINT), histogram: points(HISTOGRAM_POINT), exponential: points(EXPONENTIAL_POINT), summary: points(SUMMARY_POINT) }
const METRIC: Message = {
  1: one('name', 'string'),
  3: one('unit', 'string'),
  5: one('gauge', () => METRICS.gauge),
  7: one('sum', () => METRICS.gauge),
  9: one('histogram', () => METRICS.histogram),
  10: one('exponentialHistogram', () => METRICS.exponential),
  11: one('summary', () => METRICS.summary),
}

function requestOf(resources: string, scopes: string, items: string, item: Message): Message {
  const scope: Message = { 1: one('scope', () => SCOPE), 2: many(items, () => item) }
  const resource: Message = { 1: one('resource', () => RESOURCE), 2: many(scopes, () => scope) }
  return { 1: many(resources, () => resource) }
}
const REQUESTS: Record<TelemetrySignal, Message> = {
  traces: requestOf('resourceSpans', 'scopeSpans', 'spans', SPAN),
  metrics: requestOf('resourceMetrics', 'scopeMetrics', 'metrics', METRIC),
  logs: requestOf('resourceLogs', 'scopeLogs', 'logRecords', LOG_RECORD),
}

/** A value that holds itself deeper than this is an attack, not telemetry. */
const MAX_DEPTH = 32

/** Decodes an OTLP request from protobuf into the object that its JSON form would give. @throws an error when it is no protobuf. */
export function decodeProtobuf(signal: TelemetrySignal, bytes: Uint8Array): unknown {
  return readMessage(new BinaryReader(bytes), bytes.byteLength, REQUESTS[signal], 0)
}

function readMessage(reader: BinaryReader, end: number, message: Message, depth: number): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw new Error('it is nested too deeply')
  const object: Record<string, unknown> = {}
  while (reader.pos < end) {
    const [number, wireType] = reader.tag()
    const field = message[number]
    if (!field) {
      reader.skip(wireType, number)
      continue
    }
    if (!field.isList) object[field.name] = readValue(reader, end, field.type, depth)
    else {
      const list = (object[field.name] ??= []) as unknown[]
      const isPacked = wireType === 2 && (field.type === 'fixed64' || field.type === 'uint64' || field.type === 'double')
      if (!isPacked) list.push(readValue(reader, end, field.type, depth))
      else for (const packedEnd = endOf(reader, end); reader.pos < packedEnd;) list.push(readValue(reader, packedEnd, field.type, depth))
    }
    if (reader.pos > end) throw new Error('a field is longer than what holds it')
  }
  return object
}

function endOf(reader: BinaryReader, outerEnd: number): number {
  const length = reader.uint32()
  const end = reader.pos + length
  if (end > outerEnd) throw new Error('a message is longer than what holds it')
  return end
}

function readValue(reader: BinaryReader, end: number, type: Field['type'], depth: number): unknown {
  if (typeof type === 'function') return readMessage(reader, endOf(reader, end), type(), depth + 1)
  if (type === 'hex' || type === 'base64') return Buffer.from(reader.bytes()).toString(type)
  return reader[type]()
}
