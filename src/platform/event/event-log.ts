import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import type { EventDraft, RecordedEvent } from '#kernel/common/event'
import { canonicalJson, type JsonObject } from '#kernel/common/json'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import { chainBody, followChain, GENESIS_HASH, type ChainBreak, type ChainHead } from './event-chain.ts'

/** Postgres channel on which a commit with events is told. */
export const EVENT_CHANNEL = 'fairway_event'

const VERIFY_BATCH = 2_000

export interface EventQuery {
  /** Only events behind this sequence in the reading direction. */
  after?: number | undefined
  limit: number
  /** Exact subject, e.g. `change/chg_01k…`. */
  subject?: string | undefined
  /** Type or its first segments, e.g. `platform.change`. */
  type?: string | undefined
  newestFirst?: boolean | undefined
}

export interface Verification {
  isIntact: boolean
  checkedCount: number
  headSequence: number
  headHash: string
  firstBroken?: ChainBreak
}

/**
 * The hash-chained event log in Postgres.
 *
 * `append` holds the chain's head from its call to the end of the transaction: append last, so that others wait shortly.
 */
export class EventLog implements Journal {
  readonly #db: Database
  readonly #clock: Clock

  constructor(deps: { db: Database; clock: Clock }) {
    this.#db = deps.db
    this.#clock = deps.clock
  }

  async append(tx: Transaction, ...events: readonly EventDraft[]): Promise<void> {
    if (events.length === 0) return
    const at = this.#clock.now()
    const rows = events.map((event) => storable(event, at))
    await sql`select event_append(
      ${rows.map((row) => row.type)}::text[], ${rows.map((row) => row.subject)}::text[], ${rows.map((row) => row.actor)}::text[],
      ${rows.map(() => at.toISOString())}::timestamptz[], ${rows.map((row) => canonicalJson(row.data))}::text[], ${rows.map(chainBody)}::text[]
    )`.execute(tx)
  }

  /** One page of events, oldest first unless told otherwise. */
  async list(query: EventQuery): Promise<RecordedEvent[]> {
    const conditions = [sql`true`]
    if (query.after !== undefined) conditions.push(query.newestFirst ? sql`sequence < ${query.after}` : sql`sequence > ${query.after}`)
    if (query.subject !== undefined) conditions.push(sql`subject = ${query.subject}`)
    if (query.type !== undefined) conditions.push(sql`(type = ${query.type} or type like ${`${query.type.replaceAll(/[\\%_]/g, String.raw`\$&`)}.%`})`)
    const { rows } = await sql<EventRow>`
      select sequence, at, type, subject, actor, data, hash from event
      where ${sql.join(conditions, sql` and `)} order by sequence ${sql.raw(query.newestFirst ? 'desc' : 'asc')} limit ${query.limit}
    `.execute(this.#db)
    return rows
  }

  /** Events behind `sequence`, in order. */
  async after(sequence: number, limit: number): Promise<RecordedEvent[]> {
    return await this.list({ after: sequence, limit })
  }

  async head(): Promise<ChainHead> {
    const { rows } = await sql<ChainHead>`select sequence, hash from event_head`.execute(this.#db)
    return rows[0] ?? { sequence: 0, hash: GENESIS_HASH }
  }

  /** Recomputes the whole chain and compares it with the head that was read before: an event that was altered, removed, reordered or cut off is found. */
  async verify(signal?: AbortSignal): Promise<Verification> {
    const target = await this.head()
    let reached: ChainHead = { sequence: 0, hash: GENESIS_HASH }
    let firstBroken: ChainBreak | undefined
    while (reached.sequence < target.sequence && !firstBroken) {
      signal?.throwIfAborted()
      const events = await this.after(reached.sequence, Math.min(VERIFY_BATCH, target.sequence - reached.sequence))
      if (events.length === 0)
        firstBroken = { sequence: reached.sequence + 1, reason: `the log ends before event ${reached.sequence + 1}, but its head is ${target.sequence}` }
      const followed = followChain(reached, events)
      reached = followed.head
      firstBroken ??= followed.firstBroken
    }
    if (!firstBroken && reached.hash !== target.hash) firstBroken = { sequence: target.sequence, reason: 'the head does not belong to the last event' }
    if (!firstBroken && (await this.after(target.sequence, 1))[0]?.sequence === target.sequence + 1) firstBroken = await this.#strayAfter(target)
    return {
      isIntact: firstBroken === undefined,
      checkedCount: reached.sequence,
      headSequence: target.sequence,
      headHash: target.hash,
      ...(firstBroken ? { firstBroken } : {}),
    }
  }

  /** An event beyond the head is a forgery, unless the head has moved on meanwhile. */
  async #strayAfter(target: ChainHead): Promise<ChainBreak | undefined> {
    const now = await this.head()
    return now.sequence === target.sequence ? { sequence: target.sequence + 1, reason: `event ${target.sequence + 1} is not covered by the head` } : undefined
  }
}

interface EventRow extends RecordedEvent {
  data: JsonObject
}

/** Text columns take no NUL and no lone surrogate; a subject that carries some (from outside) is cleaned before it is hashed. */
function storable(event: EventDraft, at: Date): EventDraft & { at: Date } {
  const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '')
  return { type: clean(event.type), subject: clean(event.subject), actor: clean(event.actor), data: event.data, at }
}
