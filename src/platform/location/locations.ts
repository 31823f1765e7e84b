import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Egress } from '#kernel/node/egress'
import type { Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import type { BatchIngestion, CatalogReader, PlaceholderReader } from '#platform/catalog'
import { ActiveFiles } from './active-files.ts'
import { backstageLocationRoutes } from './backstage-location-routes.ts'
import { FolderReader } from './folder-reader.ts'
import { originOf } from './location-identity.ts'
import { LocationReading } from './location-reading.ts'
import type { Location } from './location.ts'
import { locationRoutes } from './location-routes.ts'
import { startLocationSchedule, type LocationSchedule } from './location-schedule.ts'
import { LocationService } from './location-service.ts'
import { LocationStore } from './location-store.ts'
import { createPlaceholderReader } from './placeholder-reader.ts'
import { RepositoryReader } from './repository-reader.ts'
import { PUBLIC_HOSTS, type SourceHost } from './source-host.ts'
import { SourceReader } from './source-reader.ts'
import { webhookRoutes } from './webhook-routes.ts'

/** What locations work with. What belongs to the catalog is asked when needed: the catalog gets its placeholder reader from here. */
export interface LocationsDeps {
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
  egress: Pick<Egress, 'fetch'>
  /** Folders of this machine that may be read. */
  folders: readonly string[]
  /** Git hosts that were declared, the built-in one (with the empty name) among them. */
  hosts: () => Promise<readonly SourceHost[]>
  /** Names of all repositories of the built-in host; those that the others refer to first. */
  listBuiltIn: () => Promise<readonly string[]>
  /** Repositories of the built-in host whose files may give rights, or be templates. */
  trusted: { organisation: string; goldenPaths: string }
  ingestion: () => BatchIngestion
  reader: () => Pick<CatalogReader, 'findByRef' | 'count'>
}

/** Where descriptors come from. */
export interface Locations {
  service: LocationService
  /** `url:https://…` or `file:/…`: what the annotation `managed-by-origin-location` of its entities says. */
  originOf(location: Location): Promise<string>
  /** For the catalog. */
  placeholders: PlaceholderReader
  routes: Route[]
  /** Starts what runs behind: reading what is due, watching folders, and the safety net under pushes. */
  start(): AsyncDisposable
}

/** How often the safety net looks for pushes that were missed. */
const RESCAN_MS = 10 * 60_000

/** Puts locations together. Nothing runs until `start`. */
export function createLocations(deps: LocationsDeps): Locations {
  const { db, clock, log, journal, egress } = deps
  const hosts = async (): Promise<readonly SourceHost[]> => {
    const declared = await deps.hosts()
    return [...declared, ...PUBLIC_HOSTS.filter((host) => !declared.some((other) => other.name === host.name))]
  }
  const active = new ActiveFiles()
  const store = new LocationStore(db)
  const folders = new FolderReader(deps.folders)
  const catalog: Pick<BatchIngestion, 'take' | 'removeSource' | 'setOrphans' | 'setStatus'> = {
    take: async (batch) => await deps.ingestion().take(batch),
    removeSource: async (source, actor) => await deps.ingestion().removeSource(source, actor),
    setStatus: async (input) => await deps.ingestion().setStatus(input),
    setOrphans: async (input) => await deps.ingestion().setOrphans(input),
  }
  const reading = new LocationReading({ db, store, catalog, hosts, folders, egress, active, trusted: deps.trusted, journal, clock, log })
  let schedule: LocationSchedule | undefined
  const service = new LocationService({ db, store, reading, folders, hosts, listBuiltIn: deps.listBuiltIn, journal, clock, wake: () => schedule?.wake() })
  const readerOf = (known: readonly SourceHost[]): SourceReader =>
    new SourceReader({ repositories: new RepositoryReader(known), folders, egress, hosts: known })
  return {
    service,
    originOf: async (location) => originOf(location, await hosts()),
    placeholders: createPlaceholderReader({ active, hosts, readerOf }),
    routes: [
      ...locationRoutes({
        service,
        store,
        hosts,
        countEntities: async (origin) => await deps.reader().count({ 'metadata.annotations.backstage.io/managed-by-origin-location': origin }),
      }),
      ...backstageLocationRoutes({ service, store, reader: { findByRef: async (ref) => await deps.reader().findByRef(ref) }, hosts, egress }),
      ...webhookRoutes({ service, hosts }),
    ],
    start: () => {
      const stack = new AsyncDisposableStack()
      schedule = stack.use(startLocationSchedule({ store, reading, clock, log }))
      stack.use(startLoop({ name: 'catalog rescan', intervalMs: RESCAN_MS, log, work: async (signal) => await service.rescan(signal) }))
      return stack
    },
  }
}
