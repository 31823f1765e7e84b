import type { Route } from '#kernel/node/http'
import { startLoop } from '#kernel/node/lifecycle'
import { Registry, type RegistryDeps } from './registry.ts'
import { registryRoutes } from './registry-routes.ts'

/** Makes the built-in OCI registry with its routes. */
export function createRegistry(deps: RegistryDeps): { registry: Registry; routes: Route[] } {
  const registry = new Registry(deps)
  return { registry, routes: registryRoutes(registry) }
}

/** Starts what runs behind the registry: uploads that nobody goes on with are dropped after a day. */
export function startRegistry(deps: Pick<RegistryDeps, 'log'> & { registry: Registry }): AsyncDisposable {
  return startLoop({ name: 'dropping abandoned uploads', intervalMs: 3_600_000, log: deps.log, work: async () => await deps.registry.expireUploads() })
}
