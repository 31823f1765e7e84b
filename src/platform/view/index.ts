import type { Route } from '#kernel/node/http'
import { viewRoutes } from './view-routes.ts'
import { ViewService, type ViewServiceDeps } from './view-service.ts'

/** Saved views of the portal's pages, and their routes. */
export function createViews(deps: ViewServiceDeps): { service: ViewService; routes: Route[] } {
  const service = new ViewService(deps)
  return { service, routes: viewRoutes(service) }
}

export { viewFaults } from './view-faults.ts'
