import type { Route } from '#kernel/node/http'
import { releaseRoutes } from './release-routes.ts'
import { createReleaseService, type ReleaseDeps } from './release-service.ts'
import type { ReleaseService } from './release.ts'

/** Makes releases, with their routes. */
export function createReleases(deps: ReleaseDeps): { service: ReleaseService; routes: Route[] } {
  const service = createReleaseService(deps)
  return { service, routes: releaseRoutes(service) }
}
