import type { EntityPredicate } from './entity-predicate.ts'
import { edgesOfRef, type EntityQuery } from './entity-query.ts'
import type { GraphEdge } from './catalog-reader.ts'
import { parseEntityRef } from './entity-ref.ts'
import type { EntityIndex } from './index/entity-index.ts'

interface GraphNode {
  ref: string
  kind: string
  name: string
  namespace: string
  title: string
  type: string | null
  owner: string | null
  lifecycle: string | null
  hasProblems: boolean
  /** Named by others, and not there. */
  isMissing: boolean
}

export interface EntityGraph {
  nodes: GraphNode[]
  edges: GraphEdge[]
  /** Whether there is more than `limit` nodes or than edges are followed. */
  isTruncated: boolean
  /** How many entities the roots or the filter name before anything is cut. */
  total: number
}

/** Edges of one node that are looked at: a group may own ten thousand. */
const MAX_EDGES_OF_NODE = 2_000
const MAX_EDGES = 20_000

/**
 * The part of the graph around `roots`, breadth first, at most `depth` steps and `limit` nodes; without roots, the entities that match with the edges
 * between them. What it costs is bound by `limit`, not by the size of the catalog.
 */
export async function readGraph(
  query: EntityQuery,
  asked: { roots: readonly string[]; depth: number; types?: readonly string[]; predicate?: EntityPredicate; limit: number },
): Promise<EntityGraph> {
  const index = await query.walk()
  const refs = new Set<string>()
  const edges = new Map<string, GraphEdge>()
  let isTruncated = false
  const isWanted = (ref: string): boolean => asked.predicate === undefined || query.matches(ref, asked.predicate)
  const visit = (ref: string): string[] => {
    const found = edgesOfRef(index, ref, asked.types)
    if (found.length > MAX_EDGES_OF_NODE) isTruncated = true
    return found.slice(0, MAX_EDGES_OF_NODE).flatMap((edge) => {
      const other = edge.source === ref ? edge.target : edge.source
      if (asked.roots.length > 0 && asked.predicate !== undefined && !refs.has(other) && !isWanted(other)) return []
      if (edges.size >= MAX_EDGES) isTruncated = true
      else edges.set(`${edge.source} ${edge.type} ${edge.target}`, edge)
      return [other]
    })
  }
  let total: number
  if (asked.roots.length === 0) {
    const page = await query.query({ ...(asked.predicate ? { predicate: asked.predicate } : {}), tie: 'ref', limit: 0 })
    total = page.total
    for (const ref of await query.listRefs(asked.predicate, asked.limit)) refs.add(ref)
    isTruncated = total > refs.size
    for (const ref of refs) visit(ref)
  } else {
    total = asked.roots.length
    let frontier = asked.roots.slice(0, asked.limit)
    for (const ref of frontier) refs.add(ref)
    for (let step = 0; step < asked.depth && frontier.length > 0; step++) {
      const next: string[] = []
      for (const ref of frontier) {
        for (const other of visit(ref)) {
          if (refs.has(other)) continue
          if (refs.size >= asked.limit) {
            isTruncated = true
            continue
          }
          refs.add(other)
          next.push(other)
        }
      }
      frontier = next
    }
    // What the last ones have in common is part of the picture.
    for (const ref of frontier) visit(ref)
  }
  return {
    nodes: Array.from(refs, (ref) => nodeOf(index, ref)),
    edges: [...edges.values()].filter((edge) => refs.has(edge.source) && refs.has(edge.target)),
    isTruncated,
    total,
  }
}

function nodeOf(index: EntityIndex, ref: string): GraphNode {
  const parts = parseEntityRef(ref)
  const slot = index.slotOf(ref)
  const facts = new Map<string, string>()
  if (slot !== undefined) {
    index.forEachFact(slot, (key, value) => {
      const name = index.pool.text(key)
      if (!facts.has(name)) facts.set(name, index.pool.text(value))
    })
  }
  const name = facts.get('metadata.name') ?? parts?.name ?? ref
  return {
    ref,
    kind: facts.get('kind') ?? parts?.kind ?? '',
    name,
    namespace: facts.get('metadata.namespace') ?? parts?.namespace ?? 'default',
    title: facts.get('metadata.title') ?? facts.get('spec.profile.displayname') ?? name,
    type: facts.get('spec.type') ?? null,
    owner: facts.get('relations.ownedby') ?? null,
    lifecycle: facts.get('spec.lifecycle') ?? null,
    hasProblems: facts.has('status.items.level'),
    isMissing: slot === undefined,
  }
}
