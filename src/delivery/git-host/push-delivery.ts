import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import { isFault } from '#kernel/common/fault'
import type { Id } from '#kernel/common/id'
import type { Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import type { Push } from './git-host.ts'

/** Who wants to know of pushes. `handle` may be called again for the same push after a crash or a failure: `push.id` is its idempotency key. */
export interface PushSubscriber {
  /** Stable: it is what the queue remembers. */
  name: string
  handle: (push: Push, signal: AbortSignal) => Promise<void>
}

/** What the delivery of pushes works with. */
export interface PushDeliveryDeps {
  db: Database
  clock: Clock
  log: Logger
}

/** A push that can't be handled after so many tries (about an hour) is put aside, and the next ones go on. */
const MAX_ATTEMPTS = 20
/** How long one call may take before another process may try. */
const LEASE_MS = 10 * 60_000

/** From now on each push is queued for these. */
export async function registerSubscribers(db: Database, subscribers: readonly PushSubscriber[]): Promise<void> {
  for (const { name } of subscribers) await sql`insert into git_push_subscriber (name) values (${name}) on conflict do nothing`.execute(db)
}

/** Tells the subscriber of all pushes that are due. In order within a repository: a push that fails holds back those after it, not other repositories. */
export async function deliverDue(deps: PushDeliveryDeps, subscriber: PushSubscriber, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const next = await claim(deps, subscriber.name)
    if (!next) return
    try {
      await subscriber.handle(next.push, signal)
      await settle(deps.db, subscriber.name, next.sequence, 'delivered', '')
    } catch (error) {
      await failed(deps, subscriber.name, next, error)
    }
  }
}

/** When the next try is due after `attempts` tries, in milliseconds: 1 s, doubled each time, at most 5 minutes. */
function retryAfterMs(attempts: number): number {
  return Math.min(1_000 * 2 ** (attempts - 1), 300_000)
}

interface Claimed {
  sequence: number
  attempts: number
  push: Push
}

/** Takes the first due push of a repository where none before it waits, and leases it. */
async function claim(deps: PushDeliveryDeps, subscriber: string): Promise<Claimed | undefined> {
  const now = deps.clock.now()
  const { rows } = await sql<{
    sequence: number
    attempts: number
    id: string
    repository: string
    ref: string
    before: string
    after: string
    pusher: string
  }>`
    update git_push_delivery d set attempts = attempts + 1, next_attempt_at = ${new Date(now.getTime() + LEASE_MS)}
    from git_push p
    where p.sequence = d.push_sequence and (d.subscriber, d.push_sequence) = (
      select w.subscriber, w.push_sequence from git_push_delivery w
      where w.subscriber = ${subscriber} and w.state = 'waiting' and w.next_attempt_at <= ${now}
        and not exists (
          select 1 from git_push_delivery b
          where b.subscriber = w.subscriber and b.repository_id = w.repository_id and b.state = 'waiting' and b.push_sequence < w.push_sequence)
      order by w.push_sequence limit 1 for update skip locked)
    returning p.sequence, d.attempts, p.id, p.repository, p.ref, p.before, p.after, p.pusher`.execute(deps.db)
  const row = rows[0]
  if (!row) return undefined
  const { sequence, attempts, id, ...rest } = row
  return { sequence, attempts, push: { id: id as Id<'push'>, ...rest } }
}

async function failed(deps: PushDeliveryDeps, subscriber: string, claimed: Claimed, error: unknown): Promise<void> {
  const message = isFault(error) ? error.message : 'an unexpected failure; the log has it'
  const isLast = claimed.attempts >= MAX_ATTEMPTS
  deps.log[isLast ? 'error' : 'warn'](isLast ? 'a push is put aside: its subscriber failed too often' : 'a push could not be handled and is tried again', {
    repository: claimed.push.repository,
    attempt: claimed.attempts,
    error,
  })
  await settle(
    deps.db,
    subscriber,
    claimed.sequence,
    isLast ? 'failed' : 'waiting',
    message,
    new Date(deps.clock.now().getTime() + retryAfterMs(claimed.attempts)),
  )
}

async function settle(db: Database, subscriber: string, sequence: number, state: string, message: string, nextAttemptAt?: Date): Promise<void> {
  await sql`update git_push_delivery set state = ${state}, message = ${message}, next_attempt_at = coalesce(${nextAttemptAt ?? null}::timestamptz, next_attempt_at)
    where subscriber = ${subscriber} and push_sequence = ${sequence}`.execute(db)
}
