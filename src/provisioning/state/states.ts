import type { Route } from '#kernel/node/http'
import { stateRoutes } from './state-routes.ts'
import { StateStore, type StateDeps } from './state-store.ts'

/** The backend for Terraform and OpenTofu state. */
export function createStates(deps: StateDeps): { store: StateStore; routes: Route[] } {
  const store = new StateStore(deps)
  return { store, routes: stateRoutes(store) }
}
