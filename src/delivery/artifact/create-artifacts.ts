import type { Route } from '#kernel/node/http'
import { artifactRoutes } from './artifact-routes.ts'
import { createArtifactService, type ArtifactDeps } from './artifact-service.ts'
import type { ArtifactService } from './artifact.ts'

/** Makes artifacts on the built-in registry, with their routes. */
export function createArtifacts(deps: ArtifactDeps): { service: ArtifactService; routes: Route[] } {
  const service = createArtifactService(deps)
  return { service, routes: artifactRoutes(service) }
}
