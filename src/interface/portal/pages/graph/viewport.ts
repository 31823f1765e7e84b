import { NODE_WIDTH, type Layout } from './layered-layout.ts'

/** What part of the picture is seen: the picture's point at the window's left upper corner, and how large it is drawn. */
export interface Viewport {
  x: number
  y: number
  scale: number
}

export interface Size {
  width: number
  height: number
}

const MIN_SCALE = 0.04
const MAX_SCALE = 2

/** The whole picture in the middle of the window, never drawn larger than it is; `least` keeps small writing readable. */
export function fitted(layout: Pick<Layout, 'width' | 'height'>, size: Size, least = MIN_SCALE): Viewport {
  const scale = Math.min(1, Math.max(least, Math.min((size.width - 48) / Math.max(layout.width, 1), (size.height - 48) / Math.max(layout.height, 1))))
  return { scale, x: (layout.width - size.width / scale) / 2, y: (layout.height - size.height / scale) / 2 }
}

/** What is seen first: all of it, or what is around `root` when all of it would be too small to read. */
export function opened(layout: Pick<Layout, 'width' | 'height' | 'at'>, size: Size, root: string | undefined): Viewport {
  const whole = fitted(layout, size)
  const place = root === undefined ? undefined : layout.at.get(root)
  if (whole.scale >= 0.65 || place === undefined) return whole
  const near = centred({ ...whole, scale: 0.75 }, { x: place.x + NODE_WIDTH / 2, y: place.y }, size)
  return { ...near, x: within(near.x, layout.width, size.width / near.scale), y: within(near.y, layout.height, size.height / near.scale) }
}

/** So that the window shows no emptiness beside the picture while there is more of it at the other side. */
function within(start: number, whole: number, seen: number): number {
  const edge = 24
  return seen >= whole + 2 * edge ? (whole - seen) / 2 : Math.min(Math.max(start, -edge), whole + edge - seen)
}

/** Drawn `factor` times as large, with the picture's point under `at` (in window pixels) staying where it is. */
export function zoomed(viewport: Viewport, factor: number, at: { x: number; y: number }): Viewport {
  const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, viewport.scale * factor))
  return { scale, x: viewport.x + at.x / viewport.scale - at.x / scale, y: viewport.y + at.y / viewport.scale - at.y / scale }
}

/** Moved by window pixels. */
export function panned(viewport: Viewport, byX: number, byY: number): Viewport {
  return { ...viewport, x: viewport.x + byX / viewport.scale, y: viewport.y + byY / viewport.scale }
}

/** The place at the window's middle. */
export function centred(viewport: Viewport, place: { x: number; y: number }, size: Size): Viewport {
  return { ...viewport, x: place.x - size.width / viewport.scale / 2, y: place.y - size.height / viewport.scale / 2 }
}

/** True when a box of the picture is in the window, or within `margin` picture units of it. */
export function isInView(viewport: Viewport, size: Size, box: { x: number; y: number; width: number; height: number }, margin = 0): boolean {
  return (
    box.x + box.width >= viewport.x - margin &&
    box.y + box.height >= viewport.y - margin &&
    box.x <= viewport.x + size.width / viewport.scale + margin &&
    box.y <= viewport.y + size.height / viewport.scale + margin
  )
}

/** The nearest of `others` in a direction: what an arrow key leads to. Sideways distance counts double. */
export function nearestTowards<T extends { x: number; y: number }>(from: { x: number; y: number }, others: readonly T[], direction: string): T | undefined {
  const axes: Record<string, [number, number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }
  const [dx, dy] = axes[direction] ?? [0, 0]
  let best: T | undefined
  let bestCost = Infinity
  for (const other of others) {
    const ahead = (other.x - from.x) * dx + (other.y - from.y) * dy
    if (ahead <= 0.5) continue
    const cost = ahead + 2 * Math.abs((other.x - from.x) * dy + (other.y - from.y) * dx)
    if (cost < bestCost) [best, bestCost] = [other, cost]
  }
  return best
}
