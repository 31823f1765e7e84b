import type { EntityOrder, EntityPosition, EntityText } from '../catalog-reader.ts'
import type { EntityPredicate } from '../entity-predicate.ts'
import type { EntityQuery } from '../entity-query.ts'
import { decodeCursor, encodeCursor, type EntityCursor } from './entity-cursor.ts'

/** A first page is asked by predicate, order and text; every other one by cursor alone. */
export interface PageRequest {
  cursor?: string
  predicate?: EntityPredicate
  order?: EntityOrder
  text?: { term: string; fields?: readonly string[] }
  limit: number
  offset: number
  isTotalWanted: boolean
}

export interface EntityPage {
  items: EntityText[]
  totalItems: number
  pageInfo: { nextCursor?: string; prevCursor?: string }
}

/** Reads one page with Backstage's cursors both ways. @throws `platform.catalog.bad_query` for a bad cursor. */
export async function readPage(query: EntityQuery, request: PageRequest): Promise<EntityPage> {
  const cursor = request.cursor === undefined ? undefined : decodeCursor(request.cursor)
  const predicate = cursor ? cursor.query : request.predicate
  const order = cursor ? cursor.orderFields[0] : request.order
  const filter = cursor ? cursor.fullTextFilter : request.text
  const term = filter?.term.trim() ?? ''
  // Without fields, Backstage looks in the field that it orders by only.
  const text = term === '' ? undefined : { term, fields: filter?.fields && filter.fields.length > 0 ? filter.fields : [order?.field ?? 'metadata.uid'] }
  const [value, uid] = cursor?.orderFieldValues ?? []
  const from = uid === undefined ? undefined : { values: [value ?? null], uid, isBackwards: cursor?.isPrevious ?? false }
  const page = await query.query({
    ...(predicate === undefined ? {} : { predicate }),
    ...(text === undefined ? {} : { text }),
    orders: order ? [order] : [],
    missing: 'left-out',
    limit: request.limit,
    offset: cursor ? 0 : request.offset,
    ...(from ? { from } : {}),
  })
  const totalItems = cursor ? cursor.totalItems : request.isTotalWanted ? page.total : 0
  const { first, last } = page
  if (request.limit === 0 || !first || !last) return { items: [], totalItems, pageInfo: {} }
  const firstKey = keyOf(first)
  const common: Omit<EntityCursor, 'isPrevious' | 'orderFieldValues'> = {
    orderFields: order ? [order] : [],
    ...(predicate === undefined ? {} : { query: predicate }),
    fullTextFilter: { term, ...(filter?.fields ? { fields: [...filter.fields] } : {}) },
    firstSortFieldValues: cursor?.firstSortFieldValues ?? firstKey,
    totalItems,
  }
  const isAtStart = firstKey[1] === common.firstSortFieldValues[1]
  const hasNext = cursor?.isPrevious ? true : page.hasMore
  return {
    items: page.items,
    totalItems,
    pageInfo: {
      ...(hasNext ? { nextCursor: encodeCursor({ ...common, isPrevious: false, orderFieldValues: keyOf(last) }) } : {}),
      ...(isAtStart || cursor === undefined ? {} : { prevCursor: encodeCursor({ ...common, isPrevious: true, orderFieldValues: firstKey }) }),
    },
  }
}

function keyOf(position: EntityPosition): [string | null, string] {
  return [position.values[0] ?? null, position.uid]
}
