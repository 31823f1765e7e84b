import type { Link } from './layer-ranks.ts'

const SWEEPS = 6

/** Neighbours of each node, in both directions. */
function neighboursOf(links: readonly Link[]): Map<string, string[]> {
  const neighbours = new Map<string, string[]>()
  const add = (from: string, to: string): void => {
    const known = neighbours.get(from)
    if (known === undefined) neighbours.set(from, [to])
    else known.push(to)
  }
  for (const { source, target } of links) {
    add(source, target)
    add(target, source)
  }
  return neighbours
}

/** Orders each layer so that few lines cross: every node to the middle of its neighbours, back and forth (Sugiyama, barycentres). */
export function orderLayers(layers: readonly (readonly string[])[], links: readonly Link[]): string[][] {
  const neighbours = neighboursOf(links)
  const place = new Map<string, number>()
  const ordered = layers.map((layer) => [...layer])
  const note = (layer: readonly string[]): void => {
    for (const [at, id] of layer.entries()) place.set(id, layer.length === 1 ? 0.5 : at / (layer.length - 1))
  }
  for (const layer of ordered) note(layer)
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const turn = sweep % 2 === 0 ? ordered : [...ordered].reverse()
    for (const layer of turn) {
      const middle = new Map(layer.map((id) => [id, mean((neighbours.get(id) ?? []).map((each) => place.get(each) ?? 0.5)) ?? place.get(id) ?? 0.5]))
      layer.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0))
      note(layer)
    }
  }
  return ordered
}

/** The row of each node, at least one apart within its layer, near the rows of its neighbours: straight lines. Layers over `tallest` keep their order's rows. */
export function straighten(layers: readonly (readonly string[])[], links: readonly Link[], tallest: number): Map<string, number> {
  const neighbours = neighboursOf(links)
  const rows = new Map<string, number>()
  const middle = Math.max(...layers.map((layer) => Math.min(layer.length, tallest)), 1) / 2
  for (const layer of layers) for (const [at, id] of layer.entries()) rows.set(id, layer.length > tallest ? at % tallest : middle - layer.length / 2 + at)
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const turn = sweep % 2 === 0 ? layers : [...layers].reverse()
    for (const layer of turn) {
      if (layer.length > tallest) continue
      const wanted = layer.map((id) => mean((neighbours.get(id) ?? []).map((each) => rows.get(each) ?? 0)) ?? rows.get(id) ?? 0)
      for (const [at, row] of spaced(wanted).entries()) rows.set(layer[at] ?? '', row)
    }
  }
  return rows
}

/** Rows as near to the wanted ones as one apart in their order allows: groups that would overlap share their middle. Pure. */
export function spaced(wanted: readonly number[]): number[] {
  const groups: { sum: number; count: number }[] = []
  for (const [at, row] of wanted.entries()) {
    // Each counted as if its place in the order were taken off: then "one apart" is "not falling".
    groups.push({ sum: row - at, count: 1 })
    for (let last = groups.at(-1), before = groups.at(-2); last !== undefined && before !== undefined && before.sum / before.count > last.sum / last.count;) {
      before.sum += last.sum
      before.count += last.count
      groups.pop()
      last = groups.at(-1)
      before = groups.at(-2)
    }
  }
  return groups.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count)).map((row, at) => row + at)
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}
