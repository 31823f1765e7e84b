import type { EntityRelation } from '../entity.ts'
import type { Edge } from '../entity-relations.ts'

export const edgeKey = (edge: Edge): string => `${edge.sourceRef} ${edge.type} ${edge.targetRef}`
const relationKey = (relation: EntityRelation): string => `${relation.type} ${relation.targetRef}`

/** Edges that are declared and were not, and the other way round. Pure. */
export function edgeDiff(before: readonly Edge[], after: readonly Edge[]): { added: readonly Edge[]; removed: readonly Edge[] } {
  if (before.length === 0) return { added: after, removed: [] }
  const had = new Set(before.map(edgeKey))
  const has = new Set(after.map(edgeKey))
  return { added: after.filter((edge) => !had.has(edgeKey(edge))), removed: before.filter((edge) => !has.has(edgeKey(edge))) }
}

/** The end of an edge that did not declare it. */
export function otherEnd(edge: Edge, declaredBy: string): string {
  return edge.sourceRef === declaredBy ? edge.targetRef : edge.sourceRef
}

/**
 * Gathers edges as changes of each ref's relations; an edge that comes and goes comes. As numbers, three an edge: a large ingestion has a million of them
 * in hand until its end.
 */
export class RelationChanges {
  readonly #ids = new Map<string, number>()
  readonly #texts: string[] = []
  readonly #added: number[] = []
  readonly #removed: number[] = []
  #bySource: { added: Map<number, number[]>; removed: Map<number, number[]> } | undefined

  add(edge: Edge): void {
    this.#note(this.#added, edge)
  }

  remove(edge: Edge): void {
    this.#note(this.#removed, edge)
  }

  /** Refs whose relations change. */
  refs(): string[] {
    const { added, removed } = this.#grouped()
    return [...new Set([...added.keys(), ...removed.keys()])].map((id) => this.#texts[id] ?? '')
  }

  /** The relations of a ref after the changes. */
  applied(ref: string, before: readonly EntityRelation[]): EntityRelation[] {
    const id = this.#ids.get(ref)
    const { added, removed } = this.#grouped()
    const gone = id === undefined ? undefined : removed.get(id)
    const come = id === undefined ? undefined : added.get(id)
    if (!gone && !come) return [...before]
    const relations = new Map(before.map((relation) => [relationKey(relation), relation]))
    for (const at of gone ?? []) relations.delete(relationKey(this.#relationAt(this.#removed, at)))
    for (const at of come ?? []) {
      const relation = this.#relationAt(this.#added, at)
      relations.set(relationKey(relation), relation)
    }
    return [...relations.values()]
  }

  #note(list: number[], edge: Edge): void {
    list.push(this.#idOf(edge.sourceRef), this.#idOf(edge.type), this.#idOf(edge.targetRef))
    this.#bySource = undefined
  }

  #idOf(text: string): number {
    let id = this.#ids.get(text)
    if (id === undefined) {
      id = this.#texts.push(text) - 1
      this.#ids.set(text, id)
    }
    return id
  }

  #relationAt(list: readonly number[], at: number): EntityRelation {
    return { type: this.#texts[list[at + 1] ?? 0] ?? '', targetRef: this.#texts[list[at + 2] ?? 0] ?? '' }
  }

  #grouped(): { added: Map<number, number[]>; removed: Map<number, number[]> } {
    this.#bySource ??= { added: placesBySource(this.#added), removed: placesBySource(this.#removed) }
    return this.#bySource
  }
}

function placesBySource(list: readonly number[]): Map<number, number[]> {
  const places = new Map<number, number[]>()
  for (let at = 0; at < list.length; at += 3) {
    const source = list[at] ?? 0
    const known = places.get(source)
    if (known) known.push(at)
    else places.set(source, [at])
  }
  return places
}
