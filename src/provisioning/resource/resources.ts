import { z } from 'zod'
import type { Driver } from '#kernel/common/driver'
import type { Clock } from '#kernel/common/clock'
import type { JsonObject } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import { jsonRoute, type Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import { recipeRoutes, type Recipe, type RecipeDeps } from '#provisioning/recipe'
import { planResources, type ResourcePlan, type ResourceRequest } from './plan-resources.ts'
import { recordedDriver } from './recorded-driver.ts'
import { listResources, type ResourceRow } from './resource-store.ts'

export interface ResourcesDeps extends RecipeDeps {
  db: Database
  journal: Journal
  clock: Clock
  /** Drivers that recipes may name. */
  drivers: readonly Driver[]
}

export interface Resources {
  /** The drivers by name, recording what they do. Give these to the Change engine. */
  drivers: Readonly<Record<string, Driver>>
  /** See `planResources`. */
  plan(request: ResourceRequest): Promise<ResourcePlan>
  /** What a component has in an environment. */
  list(query: { component: string; environment: string }): Promise<ResourceRow[]>
  routes: Route[]
}

const json = z.custom<JsonObject>()

/** What workloads need and get: planned by recipes, provided by drivers, listed. */
export function createResources(deps: ResourcesDeps): Resources {
  const drivers: Record<string, Driver> = Object.fromEntries(deps.drivers.map((driver) => [driver.name, recordedDriver(driver, deps)]))
  const recipes: () => Promise<readonly Recipe[]> = deps.recipes
  return {
    drivers,
    plan: (request) => planResources(request, { recipes, drivers }),
    list: (query) => listResources(deps.db, { ...query, limit: 200 }),
    routes: [...recipeRoutes(deps), listRoute(deps.db)],
  }
}

function listRoute(db: Database): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/v1/resources',
    operation: 'resources.list',
    summary: 'List what was provided for components',
    tag: 'provisioning',
    permission: 'resource:read',
    query: z.object({
      component: z.string().max(100).optional(),
      environment: z.string().max(100).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(400).optional(),
    }),
    response: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          type: z.string(),
          class: z.string(),
          component: z.string(),
          environment: z.string(),
          name: z.string(),
          recipe: z.string(),
          driver: z.string(),
          status: z.enum(['providing', 'ready', 'failed']),
          outputs: json,
          changeId: z.string().nullable(),
          createdAt: z.iso.datetime(),
          updatedAt: z.iso.datetime(),
        }),
      ),
      nextCursor: z.string().nullable(),
    }),
    handle: async ({ query }) => {
      const rows = await listResources(db, { component: query.component, environment: query.environment, after: query.cursor, limit: query.limit })
      const items = rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() }))
      return { items, nextCursor: items.length === query.limit ? (items.at(-1)?.id ?? null) : null }
    },
  })
}
