import type { FieldProblem } from '#kernel/common/fault'
import type { Entity } from './entity.ts'
import type { EntityPredicate } from './entity-predicate.ts'

/** One field to order by, e.g. `{ field: 'metadata.name', order: 'asc' }`. */
export interface EntityOrder {
  field: string
  order: 'asc' | 'desc'
}

/** An entity as the text of its JSON, relations and status included: lists pass it on unparsed. */
export interface EntityText {
  ref: string
  json: string
}

/** Where a page begins: after (or, backwards, before) the entity with these values of the order fields and this uid. */
export interface EntityPosition {
  values: readonly (string | null)[]
  uid: string
  isBackwards: boolean
}

export interface EntityQuerySpec {
  predicate?: EntityPredicate
  /** Substring in any of `fields`, letters' case aside. */
  text?: { term: string; fields: readonly string[] }
  /** By uid when there is none. Ties go by uid; by ref with `tie: 'ref'`. */
  orders?: readonly EntityOrder[]
  tie?: 'uid' | 'ref'
  /** What happens to entities without the first order field: they come last, or are left out. `last` unless told. */
  missing?: 'last' | 'left-out'
  /** All of them when there is none. */
  limit?: number
  offset?: number
  from?: EntityPosition
}

export interface EntityQueryResult {
  items: EntityText[]
  /** Of all that match, not of the page. */
  total: number
  /** Positions of the first and last item of the page; absent when it is empty. */
  first?: EntityPosition
  last?: EntityPosition
  /** Whether there are more in the direction of reading. */
  hasMore: boolean
}

/** A stored entity with where it came from. */
export interface StoredEntity {
  ref: string
  entity: Entity
  problems: FieldProblem[]
  /** E.g. `git:acme/orders`. */
  source: string
  /** Empty when the source is no repository. */
  repository: string
  path: string
  branch: string
  /** Empty when the source has no commits. */
  commit: string
  /** Whether the location that listed it lists it no more. */
  isOrphan: boolean
}

/** One edge, once for both directions, in the direction that people read: `ownedBy`, `partOf`, `dependsOn`, `providesApi`, `consumesApi`, `memberOf`, `childOf`. */
export interface GraphEdge {
  source: string
  type: string
  target: string
}

/** Reads of the catalog. Every answer is of one version; a process reads what it wrote itself at once. */
export interface CatalogReader {
  /** Grows with every commit, the same in all processes. */
  version(): number
  query(spec: EntityQuerySpec): Promise<EntityQueryResult>
  /** How many match. */
  count(predicate: EntityPredicate | undefined): Promise<number>
  findByRef(ref: string): Promise<StoredEntity | undefined>
  findByUid(uid: string): Promise<StoredEntity | undefined>
  /** By ref in lower case; those that are absent or do not match are left out. */
  listByRefs(refs: readonly string[], predicate?: EntityPredicate): Promise<Map<string, StoredEntity>>
  listOfKind(kind: string): Promise<StoredEntity[]>
  /** How often each value of each facet is there, by value. */
  facets(facets: readonly string[], predicate?: EntityPredicate): Promise<Record<string, { value: string; count: number }[]>>
  /** Whether an entity is there and matches: what live queries ask after each commit. */
  matches(ref: string, predicate: EntityPredicate): boolean
  /** Edges from and to `refs`, of `types` when given. */
  neighbours(refs: readonly string[], options?: { types?: readonly string[] }): Promise<GraphEdge[]>
}
