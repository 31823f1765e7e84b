import { edgesOf, type Edge, type Entity } from '#platform/catalog'

/** Relations as they follow from what all entities declare, each once, by type and then by target. Pure. */
export function relationsOf(edges: readonly Edge[]): { type: string; targetRef: string }[] {
  const unique = new Map(edges.map(({ type, targetRef }) => [`${type} ${targetRef}`, { type, targetRef }]))
  return [...unique.values()].sort((a, b) => (a.type < b.type || (a.type === b.type && a.targetRef < b.targetRef) ? -1 : 1))
}

/** Edges that start at `ref`, out of the documents that may declare them. Pure. */
export function edgesFrom(ref: string, documents: Iterable<Entity>): Edge[] {
  return [...documents].flatMap((document) => edgesOf(document).filter(({ sourceRef }) => sourceRef === ref))
}
