import type { GraphEdge } from '../../api/catalog-queries.ts'
import { NODE_HEIGHT, NODE_WIDTH, type Layout } from './layered-layout.ts'

/** Lines of many edges as one path and their heads as another: thousands are a few elements. */
export interface EdgePaths {
  lines: string
  heads: string
}

/** Paths of edges from the side of one node to the side of the other. Those whose nodes have no place are left out. */
export function edgePaths(edges: readonly GraphEdge[], at: Layout['at']): EdgePaths {
  let lines = ''
  let heads = ''
  for (const edge of edges) {
    const from = at.get(edge.source)
    const to = at.get(edge.target)
    if (from === undefined || to === undefined || edge.source === edge.target) continue
    const isForward = to.x > from.x
    const isSameColumn = to.x === from.x
    const x1 = from.x + (isForward || isSameColumn ? NODE_WIDTH : 0)
    const x2 = to.x + (isForward ? 0 : NODE_WIDTH)
    const y1 = round(from.y + NODE_HEIGHT / 2)
    const y2 = round(to.y + NODE_HEIGHT / 2)
    const bend = isSameColumn ? 36 : Math.max(28, Math.abs(x2 - x1) / 2)
    const out = isForward || isSameColumn ? bend : -bend
    const into = isForward ? -bend : bend
    lines += `M${x1} ${y1}C${round(x1 + out)} ${y1} ${round(x2 + into)} ${y2} ${x2} ${y2}`
    const back = isForward ? -7 : 7
    heads += `M${x2} ${y2}l${back} -3.500v7Z`
  }
  return { lines, heads }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
