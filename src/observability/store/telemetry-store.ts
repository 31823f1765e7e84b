import { faults } from '#kernel/common/fault'
import type { TelemetryKind, TelemetryRows, LogRow, SpanRow } from './telemetry-row.ts'

/** Why telemetry could not be kept or read. */
export const telemetryFaults = faults('observability.store', {
  overloaded: {
    status: 429,
    title: 'Too much telemetry',
    retry: 'after',
    detail: (d: { pendingBytes: number }) => `${d.pendingBytes} bytes of telemetry wait to be stored; send again later`,
  },
  unavailable: {
    status: 503,
    title: 'Telemetry store unavailable',
    retry: 'backoff',
    detail: (d: { what: string }) => `the telemetry store can not work now: ${d.what}`,
  },
  query_too_slow: {
    status: 422,
    title: 'Query too slow',
    retry: 'no',
    detail: (d: { limitMs: number }) => `this query was stopped after ${d.limitMs} ms: ask for a shorter time range or add filters`,
  },
})

/** A half-open time range in microseconds since 1970. */
export interface TimeRange {
  fromUs: number
  toUs: number
}

/** Whose telemetry; what is absent is not asked. */
export interface SourceFilter {
  component?: string | undefined
  environment?: string | undefined
  release?: string | undefined
}

/** Which log records, newest first. */
export interface LogQuery extends SourceFilter, TimeRange {
  /** Least OTLP severity number. */
  minSeverity?: number | undefined
  traceId?: string | undefined
  /** Each word must be in the body or the attributes, in any case. */
  words: readonly string[]
  /** Only rows older than this one, in the order of the answer. */
  before?: LogPosition | undefined
  limit: number
}

/** Where a log row stands: newest first, ties by the order in which they came. */
export interface LogPosition {
  atUs: number
  sequence: number
}

/** A log record with its place in the order of records. */
export interface StoredLog extends LogRow {
  sequence: number
}

/** Which request counts, added up in steps. */
export interface RequestQuery extends SourceFilter, TimeRange {
  /** A multiple of `REQUEST_STEP_SECONDS`. */
  stepSeconds: number
}

/** Which traces, newest first. */
export interface TraceQuery extends SourceFilter, TimeRange {
  minDurationUs: number
  limit: number
}

/** A trace in a list. */
export interface TraceSummary {
  traceId: string
  root: string
  component: string
  startUs: number
  durationUs: number
  spanCount: number
  hasError: boolean
}

/**
 * Keeps telemetry for some days and answers a few kinds of questions about it.
 *
 * Promises, each with a test in `telemetry-store-contract.ts` (the crash in its own test):
 * - `append` is durable when it resolves: a process that is killed right after loses nothing, and after a restart each row is there exactly once.
 * - A query sees every row whose `append` had resolved before it was asked.
 * - Rows come in the order said at each query; a page is cut by `limit`, and `before` goes on without gap or repetition.
 * - Filters compare by equality; no text in a filter is ever read as a part of the query's language.
 * - `prune` removes what is older than told, of the kinds that it names, and nothing else.
 * - Too much work waiting: `observability.store.overloaded`. A query over its time: `observability.store.query_too_slow`.
 */
export interface TelemetryStore extends AsyncDisposable {
  append<K extends TelemetryKind>(kind: K, rows: readonly TelemetryRows[K][]): Promise<void>
  /** Newest first. */
  logs(query: LogQuery): Promise<StoredLog[]>
  /** Traces that started in the range, newest first. */
  traces(query: TraceQuery): Promise<TraceSummary[]>
  /** All spans of a trace by start, at most `limit`; an unknown trace has none. */
  trace(traceId: string, limit: number): Promise<SpanRow[]>
  /** Request rows added up per release and step, by time; `atSeconds` is the start of the step. */
  requests(query: RequestQuery): Promise<TelemetryRows['request'][]>
  /** The minutes in the range in which requests were watched, ascending. */
  watchedMinutes(range: TimeRange): Promise<number[]>
  prune(kinds: readonly TelemetryKind[], olderThanUs: number): Promise<void>
}
