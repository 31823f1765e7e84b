import { decodeCursor, encodeCursor, type EntityCursor } from './entity-cursor.ts'
import type { EntityPredicate } from './entity-predicate.ts'
import type { EntityOrder, EntityQuery, StoredEntity } from './entity-query.ts'

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
  items: StoredEntity[]
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
  const isTotalWanted = cursor === undefined && request.isTotalWanted
  const totalItems = cursor?.totalItems ?? (isTotalWanted ? await query.count({ predicate, order, text }) : 0)
  if (request.limit === 0) return { items: [], totalItems, pageInfo: {} }

  const from = cursor && { values: cursor.orderFieldValues, isBackwards: cursor.isPrevious }
  const page = await query.page({ predicate, order, text, from, limit: request.limit, offset: cursor ? 0 : request.offset })
  const [first] = page.items
  const last = page.items.at(-1)
  if (!first || !last) return { items: [], totalItems, pageInfo: {} }
  const common: Omit<EntityCursor, 'isPrevious' | 'orderFieldValues'> = {
    orderFields: order ? [order] : [],
    ...(predicate === undefined ? {} : { query: predicate }),
    fullTextFilter: { term, ...(filter?.fields ? { fields: [...filter.fields] } : {}) },
    firstSortFieldValues: cursor?.firstSortFieldValues ?? first.key,
    totalItems,
  }
  const isAtStart = first.key[1] === common.firstSortFieldValues[1]
  const hasNext = cursor?.isPrevious ? true : page.hasMore
  return {
    items: page.items.map(({ item }) => item),
    totalItems,
    pageInfo: {
      ...(hasNext ? { nextCursor: encodeCursor({ ...common, isPrevious: false, orderFieldValues: last.key }) } : {}),
      ...(isAtStart || cursor === undefined ? {} : { prevCursor: encodeCursor({ ...common, isPrevious: true, orderFieldValues: first.key }) }),
    },
  }
}
