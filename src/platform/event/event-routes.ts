import { z } from 'zod'
import type { RecordedEvent } from '#kernel/common/event'
import type { JsonObject } from '#kernel/common/json'
import { httpFaults, jsonRoute, rawRoute, type Route } from '#kernel/node/http'
import type { EventFeed } from './event-feed.ts'
import type { EventLog } from './event-log.ts'
import { openEventStream, type WatchCredential } from './event-stream.ts'

const eventSchema = z.object({
  sequence: z.int(),
  at: z.iso.datetime(),
  type: z.string(),
  subject: z.string(),
  actor: z.string(),
  data: z.custom<JsonObject>(),
  hash: z.string(),
})

const toWire = (event: RecordedEvent): z.infer<typeof eventSchema> => ({ ...event, at: event.at.toISOString() })

export function eventRoutes(deps: { eventLog: EventLog; feed: EventFeed; watchCredential: WatchCredential; heartbeatMs: number }): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/events',
      operation: 'events.list',
      summary: 'List what happened',
      tag: 'events',
      permission: 'event:read',
      query: z.object({
        after: z.coerce.number().int().min(0).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
        subject: z.string().max(500).optional(),
        type: z.string().max(200).optional(),
        newestFirst: z.stringbool().default(false),
      }),
      response: z.object({ items: z.array(eventSchema), nextCursor: z.string().nullable() }),
      handle: async ({ query }) => {
        const items = await deps.eventLog.list(query)
        const last = items.at(-1)
        return { items: items.map(toWire), nextCursor: items.length === query.limit && last ? String(last.sequence) : null }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/audit/verify',
      operation: 'audit.verify',
      summary: 'Recompute the event log and say whether it is intact',
      tag: 'events',
      permission: 'audit:read',
      response: z.object({
        isIntact: z.boolean(),
        checkedCount: z.int(),
        headSequence: z.int(),
        headHash: z.string(),
        firstBroken: z.object({ sequence: z.int(), reason: z.string() }).optional(),
      }),
      handle: ({ signal }) => deps.eventLog.verify(signal),
    }),
    rawRoute({
      method: 'GET',
      path: '/api/v1/stream',
      operation: 'events.stream',
      summary: 'Follow events as they happen (server-sent events)',
      tag: 'events',
      permission: 'event:read',
      challenge: 'Bearer',
      handle: ({ caller, request, url, signal }) => {
        if (!caller) throw httpFaults.unauthenticated({})
        const last = request.headers.get('last-event-id') ?? url.searchParams.get('after')
        const topics = (url.searchParams.get('topics') ?? '').split(',').filter((topic) => topic !== '')
        const after = last !== null && /^\d{1,15}$/.test(last) ? Number(last) : undefined
        return openEventStream({ ...deps, caller, after, topics, signal })
      },
    }),
  ]
}
