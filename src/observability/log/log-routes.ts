import { z } from 'zod'
import type { Clock } from '#kernel/common/clock'
import { faults } from '#kernel/common/fault'
import { jsonRoute, PLATFORM, type ResourceRef, type Route } from '#kernel/node/http'
import { severityNumberOf } from '#observability/otlp'
import { telemetryFaults, timeRange, timeRangeQuery, type LogPosition, type StoredLog, type TelemetryStore } from '#observability/store'
import type { LogIngest } from './log-ingest.ts'

const logFaults = faults('observability.log', {
  bad_cursor: {
    status: 400,
    title: 'Bad cursor',
    retry: 'no',
    detail: () => 'this cursor is not one of ours: take nextCursor of the page before, or begin again without',
  },
})

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
const DEFAULT_RANGE_MS = 24 * 3_600_000

const item = z.object({
  at: z.iso.datetime(),
  severity: z.string(),
  body: z.string(),
  component: z.string(),
  environment: z.string(),
  release: z.string(),
  version: z.string(),
  instance: z.string(),
  traceId: z.string().nullable(),
  attributes: z.record(z.string(), z.unknown()),
})

/** Logs in the API. */
export function logRoutes(deps: { store: TelemetryStore; ingest: LogIngest; clock: Clock }): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/telemetry/logs',
      operation: 'telemetry.logs',
      summary: 'Search log lines, newest first',
      tag: 'telemetry',
      permission: 'telemetry:read',
      query: z.object({
        component: z.string().min(1).optional(),
        environment: z.string().min(1).optional(),
        release: z.string().min(1).optional(),
        level: z.enum(LEVELS).optional().describe('This severity and above'),
        q: z.string().max(500).optional().describe('Words that must all be in the line or its attributes, in any case; "in quotes" for a phrase'),
        traceId: z
          .string()
          .regex(/^[0-9a-f]{32}$/)
          .optional(),
        ...timeRangeQuery,
        limit: z.coerce.number().int().min(1).max(200).default(50),
        cursor: z.string().max(200).optional(),
      }),
      response: z.object({ items: z.array(item), nextCursor: z.string().nullable() }),
      errors: [logFaults.bad_cursor, telemetryFaults.query_too_slow, telemetryFaults.unavailable],
      resource: ({ query }): ResourceRef => (query.component === undefined ? PLATFORM : { type: 'Component', id: query.component }),
      handle: async ({ query }) => {
        const { component, environment, release, traceId, limit } = query
        const { from, to } = timeRange(query, deps.clock.now(), DEFAULT_RANGE_MS)
        const before = query.cursor === undefined ? undefined : positionOf(query.cursor)
        await deps.ingest.flush()
        const rows = await deps.store.logs({
          component,
          environment,
          release,
          traceId,
          minSeverity: query.level === undefined ? undefined : severityNumberOf(query.level),
          words: wordsOf(query.q ?? ''),
          fromUs: from.getTime() * 1000,
          // Lines of this very millisecond belong to "until now".
          toUs: to.getTime() * 1000 + (query.to === undefined ? 1_000_000 : 0),
          before,
          limit: limit + 1,
        })
        const page = rows.slice(0, limit)
        const last = page.at(-1)
        return { items: page.map(itemOf), nextCursor: rows.length > limit && last ? cursorOf(last) : null }
      },
    }),
  ]
}

/** `timeout "order 7"` is the word `timeout` and the phrase `order 7`. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]+)"|([^\s"]+)/g)].map((match) => match[1] ?? match[2] ?? '').filter((word) => word !== '')
}

function cursorOf(row: StoredLog): string {
  return Buffer.from(`${row.atUs}.${row.sequence}`).toString('base64url')
}

function positionOf(cursor: string): LogPosition {
  const match = /^(-?\d{1,17})\.(\d{1,17})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match) throw logFaults.bad_cursor({})
  return { atUs: Number(match[1]), sequence: Number(match[2]) }
}

function itemOf(row: StoredLog): z.infer<typeof item> {
  const { severity, body, component, environment, release, version, instance, traceId } = row
  const attributes = JSON.parse(row.attributes) as Record<string, unknown>
  return {
    at: new Date(row.atUs / 1000).toISOString(),
    severity,
    body,
    component,
    environment,
    release,
    version,
    instance,
    traceId: traceId || null,
    attributes,
  }
}
