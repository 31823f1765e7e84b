import { isFault } from '#kernel/common/fault'
import type { Egress } from '#kernel/node/egress'
import type { Route } from '#kernel/node/http'
import type { GitHost } from '#delivery/git-host'
import type { Catalog } from '#platform/catalog'
import { interopRoutes, type AdoptedLocations } from '#platform/interop'
import type { LocationService } from '#platform/location'
import { nameOfPerson } from './person-name.ts'

/** Files of Backstage, Port and Cortex in and out. */
export function interop(deps: {
  gitHost: GitHost
  catalog: Pick<Catalog, 'reader' | 'directory'>
  locations: LocationService
  egress: Pick<Egress, 'fetch'>
  publicUrl: () => string
}): Route[] {
  const { gitHost, catalog, egress, publicUrl } = deps
  return interopRoutes({
    gitHost,
    catalog: catalog.reader,
    locations: adoptedLocations(deps.locations),
    fetch: egress.fetch.bind(egress),
    publicUrl,
    nameOf: nameOfPerson(catalog.directory),
  })
}

function adoptedLocations(service: LocationService): AdoptedLocations {
  return {
    preview: async (target, caller) => {
      try {
        const { files, problems } = await service.preview({ target }, caller)
        const [problem] = problems
        return files.length === 0 && problem ? { reason: problem.message } : { entityCount: files.length }
      } catch (error) {
        if (!isFault(error)) throw error
        return error.code === 'platform.location.exists' ? { entityCount: 1 } : { reason: error.message }
      }
    },
    add: async (target, caller) => {
      try {
        await service.add({ target }, caller)
      } catch (error) {
        if (!isFault(error, 'platform.location.exists') && !isFault(error, 'platform.location.built_in')) throw error
      }
    },
  }
}
