import type { Route } from '#kernel/node/http'
import { createEnvironmentDirectory, type EnvironmentDeps, type EnvironmentDirectory } from './environment-directory.ts'
import { environmentRoutes } from './environment-routes.ts'

export function createEnvironments(deps: EnvironmentDeps): { directory: EnvironmentDirectory; routes: Route[] } {
  return { directory: createEnvironmentDirectory(deps), routes: environmentRoutes(deps) }
}

export type { EnvironmentDeps, EnvironmentDirectory } from './environment-directory.ts'
export { environmentFaults } from './environment-faults.ts'
export { environmentSchema, viewEnvironment } from './environment-routes.ts'
export * from './environment.ts'
