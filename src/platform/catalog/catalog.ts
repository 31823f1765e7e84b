import type { Database } from '#kernel/node/database'
import type { Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import { backstageEntityRoutes } from './backstage-entity-routes.ts'
import { CatalogDirectory } from './catalog-directory.ts'
import { CatalogIngestion, type TrustedRepositories } from './catalog-ingestion.ts'
import { backstageLocationRoutes } from './catalog-locations.ts'
import { catalogRoutes } from './catalog-routes.ts'
import type { CatalogSource } from './catalog-source.ts'
import { EntityQuery } from './entity-query.ts'
import type { SearchSource } from './entity-search.ts'
import type { DocumentChecks } from './ingestion-plan.ts'

export interface CatalogDeps {
  db: Database
  journal: Journal
  log: Logger
  source: CatalogSource
  trusted: TrustedRepositories
  /** A document that its feature finds wrong takes nothing away: the last good one stays, with the problem on it. */
  checks?: DocumentChecks
  /** Address of the platform, e.g. `http://127.0.0.1:7007`; asked when needed, since a free port is known late. */
  publicUrl: () => string
  /** What else people find by search. */
  searchSources: readonly SearchSource[]
  /** Told after an ingestion that altered something, e.g. to drop caches. */
  onChanged?: (refs: readonly string[]) => void
}

export interface Catalog {
  ingestion: CatalogIngestion
  directory: CatalogDirectory
  query: EntityQuery
  routes: Route[]
}

/** Puts the catalog together. Nothing runs until `ingestion` is called or `startCatalogRescan` is. */
export function createCatalog(deps: CatalogDeps): Catalog {
  const linkTo = (place: { repository: string; branch: string; path: string }): string =>
    `${deps.publicUrl()}/repositories/${place.repository}/blob/${place.branch}/${place.path}`
  const query = new EntityQuery(deps.db, linkTo)
  const directory = new CatalogDirectory(deps.db, query)
  const ingestion = new CatalogIngestion({
    ...deps,
    onChanged: (refs) => {
      directory.forget(refs)
      deps.onChanged?.(refs)
    },
  })
  const routes = [
    ...backstageEntityRoutes(query),
    ...backstageLocationRoutes(deps.db, linkTo),
    ...catalogRoutes({ db: deps.db, query, searchSources: deps.searchSources }),
  ]
  return { ingestion, directory, query, routes }
}

/** How often the safety net looks for pushes that were missed. */
const RESCAN_MS = 10 * 60_000

/** Reads what was pushed while nobody listened: at once, and then every ten minutes. */
export function startCatalogRescan(deps: { ingestion: CatalogIngestion; log: Logger }): AsyncDisposable {
  return startLoop({ name: 'catalog rescan', intervalMs: RESCAN_MS, log: deps.log, work: () => deps.ingestion.rescan() })
}
