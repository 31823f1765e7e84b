import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import { Spool, type SpoolSegment } from '../spool.ts'
import type { RequestRow, SpanRow, TelemetryKind, TelemetryRows } from '../telemetry-row.ts'
import { encodeRows, TELEMETRY_TABLES } from '../telemetry-table.ts'
import {
  telemetryFaults,
  type LogQuery,
  type RequestQuery,
  type StoredLog,
  type TelemetryStore,
  type TimeRange,
  type TraceQuery,
  type TraceSummary,
} from '../telemetry-store.ts'
import { EngineClient } from './engine-client.ts'
import type { QueryArguments, QueryName, QueryResult } from './queries.ts'

/** Where the store lies, and when it works. */
export interface DuckdbTelemetryStoreOptions {
  /** Holds `telemetry.duckdb` and `spool/`; made when it is absent. One platform at a time. */
  folder: string
  log: Logger
  /** The engine's process ends this long after the last query, or the last time that much was waiting. Default 30 000. */
  idleMs?: number
  /** Without a query, rows wait in the spool until they are this many bytes … Default 4 MiB. */
  wakeBytes?: number
  /** … or this old. Default 600 000. */
  wakeAgeMs?: number
  /** Above this many waiting bytes new ones are refused. Default 256 MiB. */
  maxPendingBytes?: number
  /** A query is stopped after this. Default 10 000. */
  queryLimitMs?: number
}

const KINDS = Object.keys(TELEMETRY_TABLES) as TelemetryKind[]
const ROUND_MS = 1_000
const RETRY_MS = 10_000
/** A segment that fails this often is set aside, so that it can't hold up the others. */
const MAX_ATTEMPTS = 3

/**
 * The embedded store: durable spool files in this process, DuckDB in another. While somebody asks, rows move to DuckDB every second; while
 * nobody does they wait in the spool, and the other process, with its memory, is gone. A query always stores what waits first.
 * Nothing is opened before the first call.
 */
export class DuckdbTelemetryStore implements TelemetryStore {
  readonly #options: Required<DuckdbTelemetryStoreOptions>
  readonly #engine: EngineClient
  readonly #spools: { readonly [K in TelemetryKind]: Spool }
  readonly #attempts = new Map<string, number>()
  readonly #loop: AsyncDisposable
  #recovered: Promise<void> | undefined
  #draining: Promise<void> = Promise.resolve()
  #nextDrain: Promise<void> | undefined
  #lastUsedAt = 0
  #retryAt = 0
  #oldestPendingAt: number | undefined

  constructor(options: DuckdbTelemetryStoreOptions) {
    this.#options = { idleMs: 30_000, wakeBytes: 4 << 20, wakeAgeMs: 600_000, maxPendingBytes: 256 << 20, queryLimitMs: 10_000, ...options }
    this.#engine = new EngineClient(path.join(options.folder, 'telemetry.duckdb'))
    const spoolOf = (kind: TelemetryKind): Spool => new Spool(path.join(options.folder, 'spool', kind))
    this.#spools = { span: spoolOf('span'), log: spoolOf('log'), metric: spoolOf('metric'), request: spoolOf('request'), watch: spoolOf('watch') }
    this.#loop = startLoop({ name: 'the telemetry store', intervalMs: ROUND_MS, log: options.log, work: () => this.#round() })
  }

  /** Bytes that are durable and not in DuckDB yet. */
  get pendingBytes(): number {
    return KINDS.reduce((sum, kind) => sum + this.#spools[kind].pendingBytes, 0)
  }

  /** Process id of the engine while it runs. */
  get enginePid(): number | undefined {
    return this.#engine.pid
  }

  async append<K extends TelemetryKind>(kind: K, rows: readonly TelemetryRows[K][]): Promise<void> {
    if (rows.length === 0) return
    await this.#recover()
    if (this.pendingBytes > this.#options.maxPendingBytes) throw telemetryFaults.overloaded({ pendingBytes: this.pendingBytes }, { retryAfterSeconds: 5 })
    try {
      await this.#spools[kind].append(encodeRows(kind, rows))
    } catch (error) {
      throw telemetryFaults.unavailable({ what: 'its spool can not be written' }, { cause: error, retryAfterSeconds: 10 })
    }
    this.#oldestPendingAt ??= Date.now()
  }

  logs(query: LogQuery): Promise<StoredLog[]> {
    return this.#query('logs', query, ['log'])
  }

  traces(query: TraceQuery): Promise<TraceSummary[]> {
    return this.#query('traces', query, ['span'])
  }

  trace(traceId: string, limit: number): Promise<SpanRow[]> {
    return this.#query('trace', { traceId, limit }, ['span'])
  }

  requests(query: RequestQuery): Promise<RequestRow[]> {
    return this.#query('requests', query, ['request'])
  }

  watchedMinutes(range: TimeRange): Promise<number[]> {
    return this.#query('watchedMinutes', range, ['watch'])
  }

  async prune(kinds: readonly TelemetryKind[], olderThanUs: number): Promise<void> {
    await this.#drain()
    await this.#engine.call({ method: 'prune', kinds, olderThanUs })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]()
    await this.#draining.catch(() => {})
    for (const kind of KINDS) await this.#spools[kind].seal()
    await this.#engine.close()
  }

  async #query<N extends QueryName>(name: N, args: QueryArguments[N], kinds: readonly TelemetryKind[]): Promise<QueryResult[N]> {
    this.#lastUsedAt = Date.now()
    await this.#recover()
    if (kinds.some((kind) => this.#spools[kind].pendingBytes > 0)) await this.#drain()
    const limitMs = this.#options.queryLimitMs
    const answer = (await this.#engine.call({ method: 'query', name, args, limitMs })) as { rows: QueryResult[N] } | { tooSlow: true }
    if ('tooSlow' in answer) throw telemetryFaults.query_too_slow({ limitMs })
    return answer.rows
  }

  #recover(): Promise<void> {
    this.#recovered ??= (async () => {
      for (const kind of KINDS) await this.#spools[kind].recover()
      if (this.pendingBytes > 0) this.#oldestPendingAt ??= Date.now()
    })()
    this.#recovered.catch(() => (this.#recovered = undefined))
    return this.#recovered
  }

  async #round(): Promise<void> {
    const { idleMs, wakeBytes, wakeAgeMs } = this.#options
    const pendingBytes = this.pendingBytes
    const isOld = this.#oldestPendingAt !== undefined && Date.now() - this.#oldestPendingAt > wakeAgeMs
    if (Date.now() < this.#retryAt) return
    // Under steady load the process stays, or it would be started anew every few seconds.
    if (pendingBytes > wakeBytes) this.#lastUsedAt = Date.now()
    if (pendingBytes > 0 && (this.#engine.isRunning || pendingBytes > wakeBytes || isOld)) await this.#drain()
    if (this.#engine.isRunning && Date.now() - this.#lastUsedAt > idleMs && this.pendingBytes < wakeBytes) await this.#engine.close()
  }

  /** Moves all that was appended before this call. Calls at the same time share one round. */
  #drain(): Promise<void> {
    this.#nextDrain ??= (async () => {
      await this.#draining.catch(() => {})
      this.#nextDrain = undefined
      this.#draining = this.#drainNow()
      await this.#draining
    })()
    return this.#nextDrain
  }

  async #drainNow(): Promise<void> {
    await this.#recover()
    this.#oldestPendingAt = undefined
    for (const kind of KINDS) {
      for (const segment of await this.#spools[kind].seal()) await this.#store(kind, segment)
    }
  }

  async #store(kind: TelemetryKind, segment: SpoolSegment): Promise<void> {
    try {
      await this.#engine.call({ method: 'import', kind, segment: segment.id, file: segment.file })
    } catch (error) {
      const attempt = (this.#attempts.get(segment.id) ?? 0) + 1
      this.#attempts.set(segment.id, attempt)
      this.#oldestPendingAt ??= Date.now()
      this.#retryAt = Date.now() + RETRY_MS
      if (attempt < MAX_ATTEMPTS) throw error
      const aside = path.join(path.dirname(path.dirname(segment.file)), 'aside')
      await mkdir(aside, { recursive: true })
      await rename(segment.file, path.join(aside, `${kind}-${path.basename(segment.file)}`))
      this.#options.log.error('a part of the telemetry can not be stored and was set aside', { error, attempt, feature: 'observability.store' })
    }
    this.#attempts.delete(segment.id)
    await this.#spools[kind].remove(segment)
  }
}
