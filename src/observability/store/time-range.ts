import { z } from 'zod'
import { httpFaults } from '#kernel/node/http'

/** Query parameters of a time range, ISO instants; by default the last while until now. */
export const timeRangeQuery = { from: z.iso.datetime({ offset: true }).optional(), to: z.iso.datetime({ offset: true }).optional() }

/** The range that a query asks for; `defaultMs` long where it does not say. @throws `kernel.http.bad_request` when it ends before it begins. */
export function timeRange(query: { from?: string | undefined; to?: string | undefined }, now: Date, defaultMs: number): { from: Date; to: Date } {
  const to = query.to === undefined ? now : new Date(query.to)
  const from = query.from === undefined ? new Date(to.getTime() - defaultMs) : new Date(query.from)
  if (from >= to) throw httpFaults.bad_request({ where: 'query', count: 1 }, { errors: [{ field: 'from', message: 'must be before "to"' }] })
  return { from, to }
}
