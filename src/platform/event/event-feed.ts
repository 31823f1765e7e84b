import pg from 'pg'
import type { Clock } from '#kernel/common/clock'
import type { RecordedEvent } from '#kernel/common/event'
import type { Logger } from '#kernel/node/log'
import { EVENT_CHANNEL, type EventLog } from './event-log.ts'

const BATCH = 500
/** Recent events kept in memory, so that live followers cost the database one read together. */
const RECENT_MAX = 1_000
const RECONNECT_MAX_MS = 5_000

/**
 * The log as it grows. Every follower gets each event once, in order, without gaps, also over a lost database connection.
 * A follower is asked, never pushed: a slow one holds nobody up and costs no memory; it reads from the database what memory no longer has.
 */
export interface EventFeed {
  /** Events behind `after` (the present when left out), then live ones until `signal` aborts or the feed stops. Waits for `start`. */
  follow(options?: { after?: number; signal?: AbortSignal }): AsyncIterable<RecordedEvent>
  /** Calls `handle` for each event, one at a time. A failure is logged and the next event comes. Dispose to end; it waits for the running call. */
  subscribe(name: string, handle: (event: RecordedEvent) => void | Promise<void>, options?: { after?: number }): AsyncDisposable
  /** Opens the one LISTEN connection and keeps it. Resolves when the feed knows where the log stands. */
  start(): Promise<AsyncDisposable>
}

interface FeedDeps {
  eventLog: Pick<EventLog, 'after' | 'head'>
  databaseUrl: string
  clock: Clock
  log: Logger
}

export class PostgresEventFeed implements EventFeed {
  readonly #deps: FeedDeps
  readonly #stop = new AbortController()
  readonly #stopped = Promise.withResolvers<void>()
  readonly #started = Promise.withResolvers<void>()
  #wake = Promise.withResolvers<void>()
  #recent: RecordedEvent[] = []
  #headSequence = -1
  #pumping: Promise<void> | undefined
  #isDirty = false

  constructor(deps: FeedDeps) {
    this.#deps = deps
  }

  async *follow(options: { after?: number; signal?: AbortSignal } = {}): AsyncGenerator<RecordedEvent> {
    const signal = options.signal ? AbortSignal.any([options.signal, this.#stop.signal]) : this.#stop.signal
    const aborted = Promise.withResolvers<void>()
    const onAbort = (): void => aborted.resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      if (signal.aborted) return
      await Promise.race([this.#started.promise, aborted.promise])
      // A position ahead of what we know may be news; ahead of the log itself it belongs to another log: take the present.
      if ((options.after ?? 0) > this.#headSequence) await this.#pump()
      let cursor = Math.min(options.after ?? this.#headSequence, this.#headSequence)
      while (!signal.aborted) {
        if (cursor >= this.#headSequence) {
          await Promise.race([this.#wake.promise, aborted.promise])
          continue
        }
        for (const event of await this.#behind(cursor)) {
          if (signal.aborted) return
          cursor = event.sequence
          yield event
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  subscribe(name: string, handle: (event: RecordedEvent) => void | Promise<void>, options: { after?: number } = {}): AsyncDisposable {
    const abort = new AbortController()
    const run = async (): Promise<void> => {
      for await (const event of this.follow({ ...options, signal: abort.signal })) {
        try {
          await handle(event)
        } catch (error) {
          this.#deps.log.error(`${name} failed on an event and goes on`, { error, count: event.sequence })
        }
      }
    }
    const done = run().catch((error: unknown) => this.#deps.log.error(`${name} lost the event feed`, { error }))
    return {
      [Symbol.asyncDispose]: async () => {
        abort.abort()
        await done
      },
    }
  }

  async start(): Promise<AsyncDisposable> {
    const running = this.#listen()
    await this.#started.promise
    return {
      [Symbol.asyncDispose]: async () => {
        this.#stop.abort()
        this.#stopped.resolve()
        await running
      },
    }
  }

  async #listen(): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      const client = new pg.Client({ connectionString: this.#deps.databaseUrl, keepAlive: true, application_name: 'fairway-feed' })
      const lost = Promise.withResolvers<void>()
      client.on('error', () => lost.resolve())
      client.on('end', () => lost.resolve())
      client.on('notification', () => void this.#pump())
      try {
        await client.connect()
        await client.query(`listen ${EVENT_CHANNEL}`)
        await this.#pump(true)
        attempt = 0
        await Promise.race([lost.promise, this.#stopped.promise])
      } catch (error) {
        this.#deps.log.warn('the event feed has no database and tries again', { error, attempt })
      }
      await client.end().catch(() => {})
      if (!this.#stop.signal.aborted) await this.#deps.clock.sleep(Math.min(RECONNECT_MAX_MS, 50 * 2 ** attempt), this.#stop.signal).catch(() => {})
    }
  }

  /** Reads what is new into memory and wakes the followers; one read at a time. @throws when `isStrict` and the database is away. */
  async #pump(isStrict = false): Promise<void> {
    this.#isDirty = true
    this.#pumping ??= this.#readNew().finally(() => {
      this.#pumping = undefined
    })
    await this.#pumping.catch((error: unknown) => {
      if (isStrict) throw error
      this.#deps.log.warn('the event feed could not read and waits for the next event', { error })
    })
  }

  async #readNew(): Promise<void> {
    if (this.#headSequence < 0) {
      this.#headSequence = (await this.#deps.eventLog.head()).sequence
      this.#started.resolve()
    }
    while (this.#isDirty) {
      this.#isDirty = false
      const events = await this.#deps.eventLog.after(this.#headSequence, BATCH)
      const last = events.at(-1)
      if (!last) continue
      this.#recent = [...this.#recent, ...events].slice(-RECENT_MAX)
      this.#headSequence = last.sequence
      if (events.length === BATCH) this.#isDirty = true
      this.#wake.resolve()
      this.#wake = Promise.withResolvers<void>()
    }
  }

  async #behind(cursor: number): Promise<readonly RecordedEvent[]> {
    const first = this.#recent[0]
    if (!first || cursor + 1 < first.sequence) return await this.#deps.eventLog.after(cursor, BATCH)
    return this.#recent.slice(cursor + 1 - first.sequence, cursor + 1 - first.sequence + BATCH)
  }
}
