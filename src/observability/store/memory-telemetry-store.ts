import type { RequestRow, SpanRow, TelemetryKind, TelemetryRows } from './telemetry-row.ts'
import { nextSequence, TELEMETRY_TABLES } from './telemetry-table.ts'
import type { LogQuery, RequestQuery, SourceFilter, StoredLog, TelemetryStore, TimeRange, TraceQuery, TraceSummary } from './telemetry-store.ts'

type Tables = { [K in TelemetryKind]: TelemetryRows[K][] }

/** For unit tests: gone with the process. */
export class MemoryTelemetryStore implements TelemetryStore {
  #tables: Omit<Tables, 'log'> & { log: StoredLog[] } = { span: [], log: [], metric: [], request: [], watch: [] }

  async append<K extends TelemetryKind>(kind: K, rows: readonly TelemetryRows[K][]): Promise<void> {
    if (kind === 'log') this.#tables.log.push(...(rows as readonly TelemetryRows['log'][]).map((row) => ({ ...row, sequence: nextSequence() })))
    else (this.#tables[kind] as TelemetryRows[K][]).push(...rows)
  }

  async logs(query: LogQuery): Promise<StoredLog[]> {
    const before = query.before
    return this.#tables.log
      .filter((row) => isFrom(row, query) && isWithin(row.atUs, query))
      .filter((row) => row.severityNumber >= (query.minSeverity ?? 0) && (query.traceId === undefined || row.traceId === query.traceId))
      .filter((row) => query.words.every((word) => [row.body, row.attributes].some((text) => text.toLowerCase().includes(word.toLowerCase()))))
      .filter((row) => !before || row.atUs < before.atUs || (row.atUs === before.atUs && row.sequence < before.sequence))
      .sort((a, b) => b.atUs - a.atUs || b.sequence - a.sequence)
      .slice(0, query.limit)
  }

  async traces(query: TraceQuery): Promise<TraceSummary[]> {
    return [...Map.groupBy(this.#tables.span, (span) => span.traceId).values()]
      .filter((spans) => spans.some((span) => isFrom(span, query)))
      .map(summaryOf)
      .filter((trace) => isWithin(trace.startUs, query) && trace.durationUs >= query.minDurationUs)
      .sort((a, b) => b.startUs - a.startUs || (a.traceId < b.traceId ? -1 : 1))
      .slice(0, query.limit)
  }

  async trace(traceId: string, limit: number): Promise<SpanRow[]> {
    const spans = this.#tables.span.filter((span) => span.traceId === traceId)
    return spans.sort((a, b) => a.startUs - b.startUs || (a.spanId < b.spanId ? -1 : 1)).slice(0, limit)
  }

  async requests(query: RequestQuery): Promise<RequestRow[]> {
    const rows = this.#tables.request.filter((row) => isFrom(row, query) && isWithin(row.atSeconds * 1e6, query))
    const stepped = rows.map((row) => ({ ...row, atSeconds: Math.floor(row.atSeconds / query.stepSeconds) * query.stepSeconds }))
    const keyOf = (row: RequestRow): string => [String(row.atSeconds).padStart(12, '0'), row.component, row.environment, row.release].join('\u0000')
    return [...Map.groupBy(stepped, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group.reduce(addRequests))
  }

  async watchedMinutes(range: TimeRange): Promise<number[]> {
    const minutes = this.#tables.watch.map((row) => row.minute).filter((minute) => isWithin(minute * 60e6, range))
    return [...new Set(minutes)].sort((a, b) => a - b)
  }

  async prune(kinds: readonly TelemetryKind[], olderThanUs: number): Promise<void> {
    const timeUs: { [K in TelemetryKind]: (row: TelemetryRows[K]) => number } = {
      span: (row) => row.startUs,
      log: (row) => row.atUs,
      metric: (row) => row.atUs,
      request: (row) => row.atSeconds * 1e6,
      watch: (row) => row.minute * 60e6,
    }
    for (const kind of kinds.filter((kind) => kind in TELEMETRY_TABLES)) {
      const of = timeUs[kind] as (row: unknown) => number
      this.#tables = { ...this.#tables, [kind]: (this.#tables[kind] as unknown[]).filter((row) => of(row) >= olderThanUs) }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function isFrom(row: { component: string; environment: string; release: string }, filter: SourceFilter): boolean {
  return (['component', 'environment', 'release'] as const).every((key) => filter[key] === undefined || filter[key] === row[key])
}

function isWithin(us: number, range: TimeRange): boolean {
  return us >= range.fromUs && us < range.toUs
}

function summaryOf(spans: SpanRow[]): TraceSummary {
  const byStart = [...spans].sort((a, b) => a.startUs - b.startUs)
  const root = byStart.find((span) => span.parentSpanId === '') ?? byStart[0]
  const startUs = byStart[0]?.startUs ?? 0
  return {
    traceId: root?.traceId ?? '',
    root: root?.name ?? '',
    component: root?.component ?? '',
    startUs,
    durationUs: Math.max(...spans.map((span) => span.startUs + span.durationUs)) - startUs,
    spanCount: spans.length,
    hasError: spans.some((span) => span.status === 2),
  }
}

function addRequests(sum: RequestRow, row: RequestRow): RequestRow {
  const add = (a: readonly number[], b: readonly number[]): number[] => a.map((value, index) => value + (b[index] ?? 0))
  const version = sum.version > row.version ? sum.version : row.version
  return { ...sum, version, statuses: add(sum.statuses, row.statuses), latencies: add(sum.latencies, row.latencies) }
}
