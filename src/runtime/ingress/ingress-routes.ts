import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import type { RouteTable } from './route-table.ts'

const routeSchema = z.object({
  host: z.string(),
  url: z.string(),
  component: z.string(),
  environment: z.string(),
  backends: z.array(z.object({ release: z.string(), weight: z.number() })),
})

/** The ingress in the API. `port` is where the ingress listens. */
export function ingressApi(deps: { routes: RouteTable; port: number }): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/routes',
      operation: 'routes.list',
      summary: 'List the published hosts and the releases that they lead to',
      tag: 'runtime',
      permission: 'runtime:read',
      query: z.object({ component: z.string().optional(), environment: z.string().optional() }),
      response: z.object({ items: z.array(routeSchema), nextCursor: z.string().nullable() }),
      handle: ({ query }) => ({
        items: deps.routes.listRoutes(query).map((route) => ({ ...route, url: `http://${route.host}:${deps.port}` })),
        nextCursor: null,
      }),
    }),
  ]
}
