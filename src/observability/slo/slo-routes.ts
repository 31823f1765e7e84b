import { z } from 'zod'
import { jsonRoute, PLATFORM, type ResourceRef, type Route } from '#kernel/node/http'
import type { SloProblem } from './slo-source.ts'
import type { SloStatus } from './slo-status.ts'

const item = z.object({
  name: z.string(),
  title: z.string(),
  component: z.string(),
  environment: z.string(),
  target: z.number(),
  window: z.string(),
  sli: z.object({ good: z.number(), total: z.number(), ratio: z.number().nullable() }),
  coverage: z.number(),
  budget: z.object({ remaining: z.number(), burnedRatio: z.number() }),
  burnRates: z.array(
    z.object({
      window: z.string(),
      severity: z.enum(['page', 'ticket']),
      rate: z.number().nullable(),
      shortRate: z.number().nullable(),
      threshold: z.number(),
      isFiring: z.boolean(),
    }),
  ),
  state: z.enum(['ok', 'burning', 'exhausted', 'no-data']),
})

const problem = z.object({ component: z.string(), environment: z.string(), file: z.string().optional(), field: z.string(), message: z.string() })

/** The objectives in the API. */
export function sloRoutes(slos: { list(): Promise<{ statuses: SloStatus[]; problems: readonly SloProblem[] }> }): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/slos',
      operation: 'slos.list',
      summary: 'List objectives with their budgets and burn rates',
      tag: 'telemetry',
      permission: 'telemetry:read',
      query: z.object({ component: z.string().min(1).optional(), environment: z.string().min(1).optional() }),
      response: z.object({ items: z.array(item), problems: z.array(problem) }),
      resource: ({ query }): ResourceRef => (query.component === undefined ? PLATFORM : { type: 'Component', id: query.component }),
      handle: async ({ query }) => {
        const isWanted = (one: { component: string; environment: string }): boolean =>
          (query.component === undefined || one.component === query.component) && (query.environment === undefined || one.environment === query.environment)
        const { statuses, problems } = await slos.list()
        return { items: statuses.filter(isWanted), problems: problems.filter(isWanted) }
      },
    }),
  ]
}
