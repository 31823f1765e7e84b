import type { EventDraft } from '#kernel/common/event'
import type { Transaction } from '#kernel/node/database'

/**
 * Where every layer records what happened. `append` takes the transaction that changes the state, so that state and event
 * are one: both or neither. The platform's event log implements it; unit tests use `MemoryJournal`.
 */
export interface Journal {
  append(tx: Transaction, ...events: readonly EventDraft[]): Promise<void>
}

/** Keeps events in a list. For tests of features that record. */
export class MemoryJournal implements Journal {
  readonly events: EventDraft[] = []

  async append(_tx: Transaction, ...events: readonly EventDraft[]): Promise<void> {
    this.events.push(...events)
  }
}
