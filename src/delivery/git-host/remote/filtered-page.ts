import type { Page } from './forge-api.ts'

const UPSTREAM_SIZE = 50
/** A caller's page that needs more of the forge's is ended early, with a cursor behind what was seen. */
const MAX_UPSTREAM_PAGES = 20

/**
 * A page of the items that `accept` lets through, from a list that the forge pages by number and can't filter so. The cursor is where to go on: page and index.
 * @param fetchPage the forge's page, from 1, of `size` items; undefined when the list is not there.
 */
export async function filteredPage<T>(
  fetchPage: (page: number, size: number) => Promise<readonly T[] | undefined>,
  accept: (item: T) => boolean,
  { limit = 50, cursor }: { limit?: number; cursor?: string | undefined },
): Promise<Page<T> | undefined> {
  const [page = 1, index = 0] = (cursor ?? '1.0').split('.').map((part) => Math.max(0, Number(part) || 0))
  const wanted = Math.min(Math.max(limit, 1), 100)
  const items: T[] = []
  for (let number = Math.max(page, 1); number < page + MAX_UPSTREAM_PAGES; number++) {
    const found = await fetchPage(number, UPSTREAM_SIZE)
    if (found === undefined) return undefined
    for (let at = number === page ? index : 0; at < found.length; at++) {
      const item = found[at] as T
      if (!accept(item)) continue
      if (items.length === wanted) return { items, nextCursor: `${number}.${at}` }
      items.push(item)
    }
    if (found.length < UPSTREAM_SIZE) return { items, nextCursor: null }
  }
  return { items, nextCursor: `${page + MAX_UPSTREAM_PAGES}.0` }
}
