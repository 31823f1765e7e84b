import { z } from 'zod'
import type { Clock } from '#kernel/common/clock'
import { faults } from '#kernel/common/fault'
import { jsonRoute, PLATFORM, type ResourceRef, type Route } from '#kernel/node/http'
import { telemetryFaults, timeRange, timeRangeQuery, type SpanRow, type TelemetryStore, type TraceSummary } from '#observability/store'

const traceFaults = faults('observability.trace', {
  not_found: {
    status: 404,
    title: 'No such trace',
    retry: 'no',
    detail: (d: { traceId: string }) => `there is no span of trace "${d.traceId}" (any more: traces are kept for some days)`,
  },
})

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const STATUSES = ['unset', 'ok', 'error'] as const
const MAX_SPANS = 5_000

const summary = z.object({
  traceId: z.string(),
  root: z.string(),
  component: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  spanCount: z.number(),
  hasError: z.boolean(),
})

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  name: z.string(),
  kind: z.enum(KINDS),
  component: z.string(),
  environment: z.string(),
  release: z.string(),
  version: z.string(),
  scope: z.string(),
  startedAt: z.iso.datetime(),
  /** From the start of the trace. */
  offsetMs: z.number(),
  durationMs: z.number(),
  status: z.enum(STATUSES),
  statusMessage: z.string(),
  attributes: z.record(z.string(), z.unknown()),
  events: z.array(z.object({ at: z.iso.datetime(), name: z.string(), attributes: z.record(z.string(), z.unknown()) })),
})

/** Traces in the API. */
export function traceRoutes(deps: { store: TelemetryStore; clock: Clock }): Route[] {
  const errors = [telemetryFaults.query_too_slow, telemetryFaults.unavailable]
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/telemetry/traces',
      operation: 'telemetry.traces',
      summary: 'List traces, newest first',
      tag: 'telemetry',
      permission: 'telemetry:read',
      query: z.object({
        component: z.string().min(1).optional(),
        environment: z.string().min(1).optional(),
        ...timeRangeQuery,
        minDurationMs: z.coerce.number().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      response: z.object({ items: z.array(summary) }),
      errors,
      resource: ({ query }): ResourceRef => (query.component === undefined ? PLATFORM : { type: 'Component', id: query.component }),
      handle: async ({ query }) => {
        const { component, environment, limit } = query
        const { from, to } = timeRange(query, deps.clock.now(), 3_600_000)
        const range = { fromUs: from.getTime() * 1000, toUs: to.getTime() * 1000 }
        const traces = await deps.store.traces({ component, environment, ...range, minDurationUs: query.minDurationMs * 1000, limit })
        return { items: traces.map(summaryOf) }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/telemetry/traces/{traceId}',
      operation: 'telemetry.trace',
      summary: 'Get all spans of a trace',
      tag: 'telemetry',
      permission: 'telemetry:read',
      params: z.object({ traceId: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits in lower case') }),
      response: z.object({ spans: z.array(span) }),
      errors: [traceFaults.not_found, ...errors],
      handle: async ({ params }) => {
        const rows = await deps.store.trace(params.traceId, MAX_SPANS)
        const first = rows[0]
        if (!first) throw traceFaults.not_found({ traceId: params.traceId })
        return { spans: rows.map((row) => spanOf(row, first.startUs)) }
      },
    }),
  ]
}

function summaryOf({ startUs, durationUs, ...rest }: TraceSummary): z.infer<typeof summary> {
  return { ...rest, startedAt: instant(startUs), durationMs: ms(durationUs) }
}

function spanOf(row: SpanRow, traceStartUs: number): z.infer<typeof span> {
  const events = JSON.parse(row.events) as { atUs: number; name: string; attributes: Record<string, unknown> }[]
  const { traceId, spanId, name, component, environment, release, version, scope, statusMessage } = row
  return {
    traceId,
    spanId,
    name,
    component,
    environment,
    release,
    version,
    scope,
    statusMessage,
    parentSpanId: row.parentSpanId || null,
    kind: KINDS[row.kind] ?? 'unspecified',
    startedAt: instant(row.startUs),
    offsetMs: ms(row.startUs - traceStartUs),
    durationMs: ms(row.durationUs),
    status: STATUSES[row.status] ?? 'unset',
    attributes: JSON.parse(row.attributes) as Record<string, unknown>,
    events: events.map((event) => ({ at: instant(event.atUs), name: event.name, attributes: event.attributes })),
  }
}

function instant(us: number): string {
  return new Date(us / 1000).toISOString()
}

function ms(us: number): number {
  return Math.round(us) / 1000
}
