import type { Entity, EntityRelation } from '../entity.ts'
import { edgesOf, type Edge } from '../entity-relations.ts'

/** A ref's relations that come and go. */
export interface RelationChange {
  added: EntityRelation[]
  removed: EntityRelation[]
}

/** What an ingestion does to the declarations of one ref. */
export interface DeclarationChange {
  ref: string
  before: Entity | null
  after: Entity | null
}

export const edgeKey = (edge: Edge): string => `${edge.sourceRef} ${edge.type} ${edge.targetRef}`
const relationKey = (relation: EntityRelation): string => `${relation.type} ${relation.targetRef}`

const known = new WeakMap<Entity, readonly Edge[]>()

/** `edgesOf`, worked out once an entity. */
export function edgesDeclaredBy(entity: Entity): readonly Edge[] {
  let edges = known.get(entity)
  if (!edges) {
    edges = edgesOf(entity)
    known.set(entity, edges)
  }
  return edges
}

/** Edges that were declared and are not any more, and the other way round. Pure. */
export function edgeDiff(change: DeclarationChange): { added: readonly Edge[]; removed: readonly Edge[] } {
  const before = change.before ? edgesDeclaredBy(change.before) : []
  const after = change.after ? edgesDeclaredBy(change.after) : []
  if (before.length === 0) return { added: after, removed: [] }
  const had = new Set(before.map(edgeKey))
  const has = new Set(after.map(edgeKey))
  return { added: after.filter((edge) => !had.has(edgeKey(edge))), removed: before.filter((edge) => !has.has(edgeKey(edge))) }
}

/** The end of an edge that did not declare it. */
export function otherEnd(edge: Edge, declaredBy: string): string {
  return edge.sourceRef === declaredBy ? edge.targetRef : edge.sourceRef
}

/** Gathers edges as changes of each ref's relations; an edge that comes and goes comes. */
export class RelationChanges {
  readonly byRef = new Map<string, RelationChange>()

  add(edge: Edge): void {
    const change = this.#of(edge.sourceRef)
    change.added.push({ type: edge.type, targetRef: edge.targetRef })
  }

  remove(edge: Edge): void {
    const change = this.#of(edge.sourceRef)
    change.removed.push({ type: edge.type, targetRef: edge.targetRef })
  }

  /** The relations of a ref after the changes. */
  applied(ref: string, before: readonly EntityRelation[]): EntityRelation[] {
    const change = this.byRef.get(ref)
    if (!change) return [...before]
    const relations = new Map(before.map((relation) => [relationKey(relation), relation]))
    for (const relation of change.removed) relations.delete(relationKey(relation))
    for (const relation of change.added) relations.set(relationKey(relation), relation)
    return [...relations.values()]
  }

  #of(ref: string): RelationChange {
    let found = this.byRef.get(ref)
    if (!found) {
      found = { added: [], removed: [] }
      this.byRef.set(ref, found)
    }
    return found
  }
}
