import { z } from 'zod'
import type { Clock } from '#kernel/common/clock'
import { jsonRoute, type ResourceRef, type Route } from '#kernel/node/http'
import { telemetryFaults, timeRange, timeRangeQuery, type TelemetryStore } from '#observability/store'
import type { RequestMetrics } from './request-metrics.ts'
import { requestSeries, stepFor } from './request-series.ts'

const point = z.object({
  at: z.iso.datetime(),
  requests: z.number(),
  errors: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
})

/** Request counts in the API. */
export function requestRoutes(deps: { metrics: RequestMetrics; store: TelemetryStore; clock: Clock }): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/telemetry/requests',
      operation: 'telemetry.requests',
      summary: 'Count requests, errors and latency by release',
      tag: 'telemetry',
      permission: 'telemetry:read',
      query: z.object({
        component: z.string().min(1),
        environment: z.string().min(1),
        ...timeRangeQuery,
        stepSeconds: z.coerce.number().int().min(1).max(86_400).optional(),
      }),
      response: z.object({
        from: z.iso.datetime(),
        to: z.iso.datetime(),
        stepSeconds: z.number(),
        series: z.array(z.object({ release: z.string(), version: z.string(), points: z.array(point) })),
      }),
      errors: [telemetryFaults.query_too_slow, telemetryFaults.unavailable],
      resource: ({ query }): ResourceRef => ({ type: 'Component', id: query.component }),
      handle: async ({ query }) => {
        const { from, to } = timeRange(query, deps.clock.now(), 3_600_000)
        const range = { fromSeconds: Math.floor(from.getTime() / 1000), toSeconds: Math.ceil(to.getTime() / 1000) }
        const stepSeconds = stepFor(range.toSeconds - range.fromSeconds, query.stepSeconds)
        const filter = { component: query.component, environment: query.environment }
        // The last hour is in memory: a chart of it needs no store.
        const rows =
          range.fromSeconds >= deps.metrics.heldSinceSeconds
            ? deps.metrics.rows(filter, range.fromSeconds, range.toSeconds)
            : [
                ...deps.metrics.unstoredRows(filter, range.fromSeconds, range.toSeconds),
                ...(await deps.store.requests({ ...filter, fromUs: range.fromSeconds * 1e6, toUs: range.toSeconds * 1e6, stepSeconds })),
              ]
        return { from: from.toISOString(), to: to.toISOString(), stepSeconds, series: requestSeries(rows, { ...range, stepSeconds }) }
      },
    }),
  ]
}
