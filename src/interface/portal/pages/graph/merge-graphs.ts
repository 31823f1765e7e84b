import type { EntityGraph } from '../../api/catalog-queries.ts'

/** What is drawn. */
export type Picture = Pick<EntityGraph, 'nodes' | 'edges'>

/** Several answers as one picture: each node and edge once, in the order of their coming. Hidden kinds and their edges are left out. */
export function mergeGraphs(graphs: readonly Picture[], hiddenKinds: readonly string[] = []): Picture {
  const nodes = new Map<string, Picture['nodes'][number]>()
  const edges = new Map<string, Picture['edges'][number]>()
  for (const graph of graphs)
    for (const node of graph.nodes) if (!nodes.has(node.ref) && !hiddenKinds.includes(node.kind.toLowerCase())) nodes.set(node.ref, node)
  for (const graph of graphs)
    for (const edge of graph.edges) if (nodes.has(edge.source) && nodes.has(edge.target)) edges.set(`${edge.source} ${edge.type} ${edge.target}`, edge)
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}

/** How often each value is there, most first. */
export function countBy<T>(items: readonly T[], key: (item: T) => string): [string, number][] {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
}
