import { BIGINT, DOUBLE, type DuckDBConnection, type DuckDBType, type DuckDBValue } from '@duckdb/node-api'
import type { LogQuery, RequestQuery, SourceFilter, StoredLog, TimeRange, TraceQuery, TraceSummary } from '../telemetry-store.ts'
import type { RequestRow, SpanRow } from '../telemetry-row.ts'
import { LATENCY_COLUMNS, STATUS_COLUMNS } from '../telemetry-table.ts'

/** Traces are shown whole when their spans lie within this time around the range. */
const TRACE_MARGIN_US = 600_000_000

/** Arguments of each query. */
export interface QueryArguments {
  logs: LogQuery
  traces: TraceQuery
  trace: { traceId: string; limit: number }
  requests: RequestQuery
  watchedMinutes: TimeRange
}
/** Answer of each query. */
export interface QueryResult {
  logs: StoredLog[]
  traces: TraceSummary[]
  trace: SpanRow[]
  requests: RequestRow[]
  watchedMinutes: number[]
}
/** Queries that the engine knows. */
export type QueryName = keyof QueryArguments

type Row = Record<string, string | number | boolean>

const QUERIES: { [N in QueryName]: (connection: DuckDBConnection, args: QueryArguments[N]) => Promise<QueryResult[N]> } = {
  logs: async (connection, query) => {
    const where = conditions(query).range('at_us', query)
    if (query.minSeverity !== undefined) where.add((bind) => `severity_number >= ${bind(query.minSeverity ?? 0)}`)
    if (query.traceId !== undefined) where.add((bind) => `trace_id = ${bind(query.traceId ?? '')}`)
    for (const word of query.words)
      where.add((bind) => {
        const name = bind(word.toLowerCase())
        return `(contains(lower(body), ${name}) or contains(lower(attributes), ${name}))`
      })
    const before = query.before
    if (before) where.add((bind) => `(at_us, sequence) < (${bind(before.atUs)}, ${bind(before.sequence)})`)
    const rows = await where.select(connection, 'select * from log', `order by at_us desc, sequence desc limit ${count(query.limit)}`)
    return rows.map(logOf)
  },

  traces: async (connection, query) => {
    const matches = conditions(query)
    const filter = matches.sql()
    const inner = matches.range('start_us', { fromUs: query.fromUs - TRACE_MARGIN_US, toUs: query.toUs + TRACE_MARGIN_US }, 'always')
    const names = { from: inner.bind(query.fromUs), to: inner.bind(query.toUs), least: inner.bind(query.minDurationUs) }
    const rows = await inner.select(
      connection,
      `select trace_id, min(start_us) as started, max(start_us + duration_us) - min(start_us) as lasted, count(*) as spans, bool_or(status = 2) as failed,
         coalesce(arg_min(name, start_us) filter (where parent_span_id = ''), arg_min(name, start_us)) as root,
         coalesce(arg_min(component, start_us) filter (where parent_span_id = ''), arg_min(component, start_us)) as root_component
       from span`,
      `group by trace_id having min(start_us) >= ${names.from} and min(start_us) < ${names.to} and lasted >= ${names.least} and bool_or(${filter})
       order by started desc, trace_id limit ${count(query.limit)}`,
    )
    return rows.map((row) => ({
      traceId: String(row['trace_id']),
      root: String(row['root']),
      component: String(row['root_component']),
      startUs: Number(row['started']),
      durationUs: Number(row['lasted']),
      spanCount: Number(row['spans']),
      hasError: row['failed'] === true,
    }))
  },

  trace: async (connection, { traceId, limit }) => {
    const where = conditions({})
    where.add((bind) => `trace_id = ${bind(traceId)}`)
    const rows = await where.select(connection, 'select * from span', `order by start_us, span_id limit ${count(limit)}`)
    return rows.map(spanOf)
  },

  requests: async (connection, query) => {
    const where = conditions(query)
    where.add((bind) => `at_s >= ${bind(Math.ceil(query.fromUs / 1e6))}`)
    where.add((bind) => `at_s < ${bind(Math.ceil(query.toUs / 1e6))}`)
    const step = count(query.stepSeconds)
    const sums = [...STATUS_COLUMNS, ...LATENCY_COLUMNS].map((name) => `sum(${name}) as ${name}`).join(', ')
    const rows = await where.select(
      connection,
      `select (at_s // ${step}) * ${step} as step_s, component, environment, release, max(version) as version, ${sums} from request`,
      'group by all order by step_s, component, environment, release',
    )
    return rows.map(requestOf)
  },

  watchedMinutes: async (connection, range) => {
    const where = conditions({})
    where.add((bind) => `minute >= ${bind(Math.ceil(range.fromUs / 60e6))}`)
    where.add((bind) => `minute < ${bind(Math.ceil(range.toUs / 60e6))}`)
    return (await where.select(connection, 'select distinct minute from watch', 'order by minute')).map((row) => Number(row['minute']))
  },
}

/** Runs a query in the engine's process. */
export async function runQuery<N extends QueryName>(connection: DuckDBConnection, name: N, args: QueryArguments[N]): Promise<QueryResult[N]> {
  return await QUERIES[name](connection, args)
}

/** A where clause that is built of bound values only: no text of a caller becomes SQL. */
class Conditions {
  readonly #parts: string[] = []
  readonly #always: string[] = []
  readonly #values: Record<string, DuckDBValue> = {}
  readonly #types: Record<string, DuckDBType> = {}

  bind = (value: string | number): string => {
    const name = `p${Object.keys(this.#values).length}`
    if (typeof value === 'string') this.#values[name] = value
    else {
      this.#values[name] = Number.isInteger(value) ? BigInt(value) : value
      this.#types[name] = Number.isInteger(value) ? BIGINT : DOUBLE
    }
    return `$${name}`
  }

  add(part: (bind: (value: string | number) => string) => string): this {
    this.#parts.push(part(this.bind))
    return this
  }

  range(column: string, range: TimeRange, place: 'filter' | 'always' = 'filter'): this {
    const part = `${column} >= ${this.bind(Math.round(range.fromUs))} and ${column} < ${this.bind(Math.round(range.toUs))}`
    ;(place === 'always' ? this.#always : this.#parts).push(part)
    return this
  }

  sql(): string {
    return this.#parts.length === 0 ? 'true' : this.#parts.join(' and ')
  }

  async select(connection: DuckDBConnection, head: string, tail: string): Promise<Row[]> {
    const where = this.#always.length > 0 ? this.#always.join(' and ') : this.sql()
    const reader = await connection.runAndReadAll(`${head} where ${where} ${tail}`, this.#values, this.#types)
    const names = reader.columnNames()
    return reader.getRowsJS().map((row) => Object.fromEntries(names.map((name, index) => [name, plain(row[index])])))
  }
}

function conditions(filter: SourceFilter): Conditions {
  const where = new Conditions()
  for (const column of ['component', 'environment', 'release'] as const) {
    const value = filter[column]
    if (value !== undefined) where.add((bind) => `${column} = ${bind(value)}`)
  }
  return where
}

/** Numbers that stand in the text of a query are whole and bounded. */
function count(value: number): number {
  return Math.max(1, Math.min(1_000_000, Math.trunc(value)))
}

function plain(value: unknown): string | number | boolean {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value)
}

function sourceOf(row: Row): Pick<SpanRow, 'component' | 'environment' | 'release' | 'version' | 'instance'> {
  return {
    component: String(row['component']),
    environment: String(row['environment']),
    release: String(row['release']),
    version: String(row['version']),
    instance: String(row['instance']),
  }
}

function logOf(row: Row): StoredLog {
  return {
    ...sourceOf(row),
    atUs: Number(row['at_us']),
    sequence: Number(row['sequence']),
    severityNumber: Number(row['severity_number']),
    severity: String(row['severity']),
    body: String(row['body']),
    stream: String(row['stream']),
    traceId: String(row['trace_id']),
    spanId: String(row['span_id']),
    attributes: String(row['attributes']),
  }
}

function spanOf(row: Row): SpanRow {
  return {
    ...sourceOf(row),
    traceId: String(row['trace_id']),
    spanId: String(row['span_id']),
    parentSpanId: String(row['parent_span_id']),
    name: String(row['name']),
    kind: Number(row['kind']),
    startUs: Number(row['start_us']),
    durationUs: Number(row['duration_us']),
    status: Number(row['status']),
    statusMessage: String(row['status_message']),
    scope: String(row['scope']),
    attributes: String(row['attributes']),
    events: String(row['events']),
  }
}

function requestOf(row: Row): RequestRow {
  return {
    atSeconds: Number(row['step_s']),
    component: String(row['component']),
    environment: String(row['environment']),
    release: String(row['release']),
    version: String(row['version']),
    statuses: STATUS_COLUMNS.map((name) => Number(row[name])),
    latencies: LATENCY_COLUMNS.map((name) => Number(row[name])),
  }
}
