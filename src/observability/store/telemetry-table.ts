import { LATENCY_BOUNDS_MS, type TelemetryKind, type TelemetryRows } from './telemetry-row.ts'

/** A column: its name in SQL, its DuckDB type, and how a row gives its value. */
interface Column<Row> {
  name: string
  type: string
  of: (row: Row) => string | number | boolean
}

/** How rows of a kind are written to the spool and to DuckDB. */
export interface TelemetryTable<K extends TelemetryKind = TelemetryKind> {
  kind: K
  columns: readonly Column<TelemetryRows[K]>[]
  /** SQL over the columns: the row's time in microseconds, for retention. */
  timeUs: string
}

/** Longest text of a column; what is longer is cut. */
const MAX_TEXT = 1_000_000
const LARGEST = { utinyint: 255, uinteger: 2 ** 32 - 1, bigint: Number.MAX_SAFE_INTEGER } as const

// What is written is what DuckDB can read, whatever came in: one bad value would hold up a whole segment.
function text<Row>(name: string, of: (row: Row) => string): Column<Row> {
  return { name, type: 'varchar', of: (row) => of(row).slice(0, MAX_TEXT).toWellFormed() }
}
/** JSON as text; what is too long is replaced whole, so that it stays JSON. */
function json<Row>(name: string, of: (row: Row) => string, instead: string): Column<Row> {
  const column = text(name, of)
  return { ...column, of: (row) => (of(row).length > MAX_TEXT ? instead : column.of(row)) }
}
const attributes = json<{ attributes: string }>('attributes', (row) => row.attributes, '{"fairway.truncated":true}')
function whole<Row>(name: string, of: (row: Row) => number, type: keyof typeof LARGEST = 'bigint'): Column<Row> {
  const largest = LARGEST[type]
  const least = type === 'bigint' ? -largest : 0
  return { name, type, of: (row) => Math.max(least, Math.min(largest, Math.round(of(row)) || 0)) }
}
function real<Row>(name: string, of: (row: Row) => number): Column<Row> {
  return {
    name,
    type: 'double',
    of: (row) => {
      const value = of(row)
      return Number.isFinite(value) ? value : 0
    },
  }
}

type Sourced = TelemetryRows['span' | 'log' | 'metric']
const SOURCE = [
  text<Sourced>('component', (row) => row.component),
  text<Sourced>('environment', (row) => row.environment),
  text<Sourced>('release', (row) => row.release),
  text<Sourced>('version', (row) => row.version),
  text<Sourced>('instance', (row) => row.instance),
]

/** Columns of the five status classes. */
export const STATUS_COLUMNS = ['s1', 's2', 's3', 's4', 's5'] as const
/** Columns of the latency buckets. */
export const LATENCY_COLUMNS: readonly string[] = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, index) => `b${index}`)

/** The tables, as data: schema, spool format and import are made from it. Renaming a column needs a new `SCHEMA_VERSION`. */
export const TELEMETRY_TABLES: { readonly [K in TelemetryKind]: TelemetryTable<K> } = {
  span: {
    kind: 'span',
    timeUs: 'start_us',
    columns: [
      text('trace_id', (row) => row.traceId),
      text('span_id', (row) => row.spanId),
      text('parent_span_id', (row) => row.parentSpanId),
      text('name', (row) => row.name),
      whole('kind', (row) => row.kind, 'utinyint'),
      whole('start_us', (row) => row.startUs),
      real('duration_us', (row) => row.durationUs),
      whole('status', (row) => row.status, 'utinyint'),
      text('status_message', (row) => row.statusMessage),
      ...SOURCE,
      text('scope', (row) => row.scope),
      attributes,
      json('events', (row) => row.events, '[]'),
    ],
  },
  log: {
    kind: 'log',
    timeUs: 'at_us',
    columns: [
      whole('at_us', (row) => row.atUs),
      whole('sequence', () => nextSequence()),
      whole('severity_number', (row) => row.severityNumber, 'utinyint'),
      text('severity', (row) => row.severity),
      text('body', (row) => row.body),
      text('stream', (row) => row.stream),
      text('trace_id', (row) => row.traceId),
      text('span_id', (row) => row.spanId),
      ...SOURCE,
      attributes,
    ],
  },
  metric: {
    kind: 'metric',
    timeUs: 'at_us',
    columns: [
      whole('at_us', (row) => row.atUs),
      text('name', (row) => row.name),
      text('kind', (row) => row.kind),
      text('unit', (row) => row.unit),
      whole('temporality', (row) => row.temporality, 'utinyint'),
      { name: 'is_monotonic', type: 'boolean', of: (row) => row.isMonotonic },
      real('value', (row) => row.value),
      whole('count', (row) => row.count),
      real('sum', (row) => row.sum),
      json('bounds', (row) => row.bounds, '[]'),
      json('buckets', (row) => row.buckets, '[]'),
      ...SOURCE,
      attributes,
    ],
  },
  request: {
    kind: 'request',
    timeUs: 'at_s * 1000000',
    columns: [
      whole('at_s', (row) => row.atSeconds),
      text('component', (row) => row.component),
      text('environment', (row) => row.environment),
      text('release', (row) => row.release),
      text('version', (row) => row.version),
      ...STATUS_COLUMNS.map((name, index) => whole<TelemetryRows['request']>(name, (row) => row.statuses[index] ?? 0, 'uinteger')),
      ...LATENCY_COLUMNS.map((name, index) => whole<TelemetryRows['request']>(name, (row) => row.latencies[index] ?? 0, 'uinteger')),
    ],
  },
  watch: { kind: 'watch', timeUs: 'minute * 60000000', columns: [whole('minute', (row) => row.minute)] },
}

let lastSequence = 0

/** Grows also over restarts (as long as the clock does): microseconds, or one more than the last. */
export function nextSequence(): number {
  lastSequence = Math.max(lastSequence + 1, Date.now() * 1000)
  return lastSequence
}

/** Rows as newline-delimited JSON with the table's column names. */
export function encodeRows<K extends TelemetryKind>(kind: K, rows: readonly TelemetryRows[K][]): string {
  const table = TELEMETRY_TABLES[kind] as TelemetryTable<K>
  let lines = ''
  for (const row of rows) {
    let line = ''
    for (const column of table.columns) line += `${line === '' ? '{' : ','}"${column.name}":${JSON.stringify(column.of(row))}`
    lines += `${line}}\n`
  }
  return lines
}
