import { orderLayers, straighten } from './layer-order.ts'
import { connectedParts, ranksOf, type Link } from './layer-ranks.ts'

/** Where nodes are drawn: the left upper corner of each, by id. */
export interface Layout {
  at: ReadonlyMap<string, { x: number; y: number }>
  width: number
  height: number
}

export const NODE_WIDTH = 208
export const NODE_HEIGHT = 44
const ROW = NODE_HEIGHT + 16
const COLUMN = NODE_WIDTH + 72
/** Nodes one below the other, after which a layer goes on in a column beside it. */
const TALLEST = 28
const BETWEEN_PARTS = 40

/**
 * Lays a directed graph out in layers from left to right: sources at the left, what they point to further right. Parts that are not connected are
 * packed beside each other. Cycles are allowed. The same input gives the same picture. About linear in edges, so that thousands stay quick.
 */
export function layeredLayout(ids: readonly string[], links: readonly Link[]): Layout {
  const parts = connectedParts(ids, links).map((part) => layPart(part.ids, part.links))
  return pack(parts)
}

function layPart(ids: readonly string[], links: readonly Link[]): Layout {
  const at = new Map<string, { x: number; y: number }>()
  if (ids.length === 1) return { at: new Map([[ids[0] ?? '', { x: 0, y: 0 }]]), width: NODE_WIDTH, height: NODE_HEIGHT }
  const ranks = ranksOf(ids, links)
  const layers: string[][] = []
  for (const id of ids) (layers[ranks.get(id) ?? 0] ??= []).push(id)
  const ordered = orderLayers(
    layers.map((layer) => layer ?? []),
    links,
  )
  const rows = straighten(ordered, links, TALLEST)
  let column = 0
  for (const layer of ordered) {
    const columns = Math.ceil(layer.length / TALLEST)
    const perColumn = Math.ceil(layer.length / Math.max(columns, 1))
    for (const [index, id] of layer.entries()) {
      const own = Math.floor(index / perColumn)
      at.set(id, { x: (column + own) * COLUMN, y: (columns > 1 ? index % perColumn : (rows.get(id) ?? index)) * ROW })
    }
    column += columns
  }
  const top = Math.min(...Array.from(at.values(), ({ y }) => y))
  for (const place of at.values()) place.y -= top
  const height = Math.max(...Array.from(at.values(), ({ y }) => y)) + NODE_HEIGHT
  return { at, width: (column - 1) * COLUMN + NODE_WIDTH, height }
}

/** Puts parts on shelves, tallest first, so that the whole is about as wide as a screen. */
function pack(parts: readonly Layout[]): Layout {
  const area = parts.reduce((sum, part) => sum + (part.width + BETWEEN_PARTS) * (part.height + BETWEEN_PARTS), 0)
  const shelf = Math.max(...parts.map((part) => part.width), Math.sqrt(area * 1.8), 0)
  const at = new Map<string, { x: number; y: number }>()
  let x = 0
  let y = 0
  let shelfHeight = 0
  let width = 0
  for (const part of [...parts].sort((a, b) => b.height - a.height)) {
    if (x > 0 && x + part.width > shelf) {
      x = 0
      y += shelfHeight + BETWEEN_PARTS
      shelfHeight = 0
    }
    for (const [id, place] of part.at) at.set(id, { x: x + place.x, y: y + place.y })
    x += part.width + BETWEEN_PARTS
    width = Math.max(width, x - BETWEEN_PARTS)
    shelfHeight = Math.max(shelfHeight, part.height)
  }
  return { at, width, height: y + shelfHeight }
}
