import type { Transaction } from '#kernel/node/database'
import type { Entity } from '../entity.ts'

/** One entity that an ingestion added, altered or removed. Relations and status are no part of it: they follow from others. */
export interface Alteration {
  ref: string
  uid: string
  kind: 'added' | 'altered' | 'removed'
  /** As declared, with uid and etag; null when there was none. */
  before: Entity | null
  after: Entity | null
  at: Date
  /** Ref of who caused it, or `system:fairway`. */
  actor: string
  commit: string | null
  changeId?: string
  /** E.g. `git:acme/orders`. */
  source: string
  /** E.g. `url:https://…`. */
  location: string
}

/** Is told of what an ingestion altered, inside its transaction: keeping it and altering are one. */
export interface AlterationListener {
  record(tx: Transaction, items: readonly Alteration[]): Promise<void>
}
