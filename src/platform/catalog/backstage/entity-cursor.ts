import { z } from 'zod'
import { catalogFaults } from '../catalog-faults.ts'
import { assertPredicate, type EntityPredicate } from '../entity-predicate.ts'

/** Where a page ends, in the very shape of Backstage's cursor: its client decodes it, and goes on by POST when it has a `query`. */
export interface EntityCursor {
  orderFields: { field: string; order: 'asc' | 'desc' }[]
  isPrevious: boolean
  query?: EntityPredicate
  fullTextFilter?: { term: string; fields?: string[] }
  /** Value of the order field (null when ordered by uid only) and uid of the last entity of the page. */
  orderFieldValues: [string | null, string]
  /** The same of the very first entity: reaching it backwards ends the way back. */
  firstSortFieldValues: [string | null, string]
  totalItems: number
}

/** With an order the value and the uid, without one the uid alone. */
const pair = z.union([z.tuple([z.string().nullable(), z.uuid()]), z.tuple([z.uuid()]).transform(([uid]): [null, string] => [null, uid])])
const schema = z.object({
  orderFields: z.array(z.object({ field: z.string().max(300), order: z.enum(['asc', 'desc']) })).max(1),
  isPrevious: z.boolean(),
  query: z.unknown().optional(),
  fullTextFilter: z.object({ term: z.string(), fields: z.array(z.string()).optional() }).optional(),
  orderFieldValues: pair,
  firstSortFieldValues: pair,
  totalItems: z.number().int().min(0),
})

export function encodeCursor(cursor: EntityCursor): string {
  const isOrdered = cursor.orderFields.length > 0
  const { orderFieldValues, firstSortFieldValues } = cursor
  const written = isOrdered ? cursor : { ...cursor, orderFieldValues: [orderFieldValues[1]], firstSortFieldValues: [firstSortFieldValues[1]] }
  return Buffer.from(JSON.stringify(written)).toString('base64')
}

/** @throws `platform.catalog.bad_query`: a cursor comes from the caller and is trusted in nothing. */
export function decodeCursor(text: string): EntityCursor {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(text, 'base64').toString('utf8'))
  } catch (error) {
    throw catalogFaults.bad_query({ what: 'Malformed cursor: it is not one that this catalog gave' }, { cause: error })
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) throw catalogFaults.bad_query({ what: 'Malformed cursor: it is not one that this catalog gave' })
  const { query, fullTextFilter, ...rest } = parsed.data
  return {
    ...rest,
    ...(query === undefined ? {} : { query: assertPredicate(query) }),
    ...(fullTextFilter === undefined
      ? {}
      : { fullTextFilter: { term: fullTextFilter.term, ...(fullTextFilter.fields ? { fields: fullTextFilter.fields } : {}) } }),
  }
}
