import { createHash } from 'node:crypto'
import type { EventDraft, RecordedEvent } from '#kernel/common/event'
import { canonicalJson } from '#kernel/common/json'

/** Hash before the first event. */
export const GENESIS_HASH = '0'.repeat(64)

/** Where a chain stands: the last sequence and its hash. */
export interface ChainHead {
  sequence: number
  hash: string
}

/** The first event that does not follow from those before it, and why. */
export interface ChainBreak {
  sequence: number
  reason: string
}

/** The text of an event that is hashed: canonical JSON of all that was said, without its place in the chain. */
export function chainBody(event: EventDraft & { at: Date }): string {
  return canonicalJson({ type: event.type, subject: event.subject, actor: event.actor, at: event.at.toISOString(), data: event.data })
}

/** SHA-256 (hex) over the hash before, the sequence and the body, each on a line. `event_append()` in SQL computes the same. */
export function chainHash(previousHash: string, sequence: number, body: string): string {
  return createHash('sha256').update(`${previousHash}\n${sequence}\n${body}`).digest('hex')
}

/**
 * Follows a part of the chain from `head` over `events`, which must be in order.
 * @returns where the chain stands after the last good event, and the first break if there is one.
 */
export function followChain(head: ChainHead, events: readonly RecordedEvent[]): { head: ChainHead; firstBroken?: ChainBreak } {
  let current = head
  for (const event of events) {
    const expected = current.sequence + 1
    if (event.sequence !== expected)
      return { head: current, firstBroken: { sequence: expected, reason: `event ${expected} is missing; the next one is ${event.sequence}` } }
    const hash = chainHash(current.hash, event.sequence, chainBody(event))
    if (hash !== event.hash) return { head: current, firstBroken: { sequence: expected, reason: `event ${expected} is not what was recorded` } }
    current = { sequence: expected, hash }
  }
  return { head: current }
}
