/** A line from one node to another. */
export interface Link {
  source: string
  target: string
}

/** Parts of a graph that no line connects, in the order of their first node; lines to itself or to what is not there are left out. */
export function connectedParts(ids: readonly string[], links: readonly Link[]): { ids: string[]; links: Link[] }[] {
  const parent = new Map(ids.map((id) => [id, id]))
  const find = (id: string): string => {
    let root = id
    for (let next = parent.get(root); next !== undefined && next !== root; next = parent.get(root)) root = next
    for (let each = id; each !== root;) {
      const next = parent.get(each) ?? root
      parent.set(each, root)
      each = next
    }
    return root
  }
  const known = links.filter(({ source, target }) => source !== target && parent.has(source) && parent.has(target))
  for (const { source, target } of known) parent.set(find(target), find(source))
  const parts = new Map<string, { ids: string[]; links: Link[] }>()
  for (const id of ids) {
    const root = find(id)
    const part = parts.get(root)
    if (part === undefined) parts.set(root, { ids: [id], links: [] })
    else part.ids.push(id)
  }
  for (const link of known) parts.get(find(link.source))?.links.push(link)
  return [...parts.values()]
}

/** The layer of each node: one further than the furthest that points to it. Lines that would close a circle do not count. */
export function ranksOf(ids: readonly string[], links: readonly Link[]): Map<string, number> {
  const next = adjacency(ids, links)
  const order = finishingOrder(ids, next)
  const position = new Map(order.map((id, at) => [id, at]))
  const ranks = new Map(ids.map((id) => [id, 0]))
  // Backwards in finishing order every line that closes no circle goes forward.
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const id = order[at] ?? ''
    for (const target of next.get(id) ?? []) if ((position.get(target) ?? 0) < at) ranks.set(target, Math.max(ranks.get(target) ?? 0, (ranks.get(id) ?? 0) + 1))
  }
  return pulledRight(ids, next, ranks, order)
}

/** Sources come as close to what they point to as they can: short lines. */
function pulledRight(
  ids: readonly string[],
  next: ReadonlyMap<string, readonly string[]>,
  ranks: Map<string, number>,
  order: readonly string[],
): Map<string, number> {
  const hasSource = new Set(ids.flatMap((id) => (next.get(id) ?? []).filter((target) => (ranks.get(target) ?? 0) > (ranks.get(id) ?? 0))))
  for (const id of order) {
    const ahead = (next.get(id) ?? []).map((target) => ranks.get(target) ?? 0).filter((rank) => rank > (ranks.get(id) ?? 0))
    if (!hasSource.has(id) && ahead.length > 0) ranks.set(id, Math.min(...ahead) - 1)
  }
  return ranks
}

function adjacency(ids: readonly string[], links: readonly Link[]): Map<string, string[]> {
  const next = new Map<string, string[]>(ids.map((id) => [id, []]))
  for (const { source, target } of links) if (source !== target && next.has(target)) next.get(source)?.push(target)
  return next
}

/** Depth first without recursion: a chain of thousands must not end the stack. Sources go first. */
function finishingOrder(ids: readonly string[], next: ReadonlyMap<string, readonly string[]>): string[] {
  const incoming = new Set([...next.values()].flat())
  const starts = [...ids.filter((id) => !incoming.has(id)), ...ids.filter((id) => incoming.has(id))]
  const seen = new Set<string>()
  const order: string[] = []
  for (const start of starts) {
    if (seen.has(start)) continue
    seen.add(start)
    const stack = [{ id: start, at: 0 }]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const target = next.get(top.id)?.[top.at]
      top.at += 1
      if (target === undefined) {
        order.push(top.id)
        stack.pop()
      } else if (!seen.has(target)) {
        seen.add(target)
        stack.push({ id: target, at: 0 })
      }
    }
  }
  return order
}
