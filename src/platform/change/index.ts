import type { Route } from '#kernel/node/http'
import { changeRoutes } from './change-routes.ts'
import { createChangeService, type ChangeService, type ChangeServiceDeps } from './change-service.ts'

/** What people and routes do with changes. The engine that carries them out is started apart, by `startChangeEngine`. */
export function createChanges(deps: ChangeServiceDeps): { service: ChangeService; routes: Route[] } {
  const service = createChangeService(deps)
  return { service, routes: changeRoutes(service, deps.kinds) }
}

export * from './approval.ts'
export * from './change-deps.ts'
export { startChangeEngine, type ChangeEngine } from './change-engine.ts'
export { changeFaults } from './change-faults.ts'
export { changeSchema, viewChange } from './change-schema.ts'
export type { ChangeService, ChangeServiceDeps } from './change-service.ts'
export * from './change-state.ts'
export * from './change.ts'
