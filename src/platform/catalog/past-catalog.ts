import type { Entity } from './entity.ts'
import type { EntityQuery } from './entity-query.ts'

/** An entity as it was at a time, with the relations that were declared then. */
export interface PastEntity {
  entity: Entity
  /** E.g. `git:acme/orders`; empty when it is older than what is kept. */
  source: string
  /** The commit that it was last altered by; empty when there is none. */
  commit: string
}

/** The catalog as it was at a time, for entities that have gone since, too. Problems and orphans of the time are not known. */
export interface PastCatalog {
  find(ref: string, at: Date): Promise<PastEntity | undefined>
  /** Answers lists of that time; slower than those of now. */
  at(time: Date): Promise<Pick<EntityQuery, 'query'>>
}
