import type { Database } from '#kernel/node/database'
import type { Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import { backstageEntityRoutes } from './backstage/backstage-entity-routes.ts'
import { CatalogDirectory } from './catalog-directory.ts'
import type { CatalogReader } from './catalog-reader.ts'
import { catalogRoutes } from './catalog-routes.ts'
import type { CatalogSource } from './catalog-source.ts'
import { startCatalogSync } from './catalog-sync.ts'
import { EntityQuery } from './entity-query.ts'
import { CatalogIndex } from './index/catalog-index.ts'
import type { AlterationListener } from './ingestion/alteration.ts'
import { CatalogIngestion } from './ingestion/catalog-ingestion.ts'
import type { PastCatalog } from './past-catalog.ts'
import type { PlaceholderReader } from './ingestion/placeholder-reader.ts'
import type { DocumentChecks } from './ingestion/read-file.ts'
import { RepositoryFeed, type TrustedRepositories } from './repository-feed.ts'

export interface CatalogDeps {
  db: Database
  journal: Journal
  log: Logger
  source: CatalogSource
  trusted: TrustedRepositories
  /** A document that its feature finds wrong takes nothing away: the last good one stays, with the problem on it. */
  checks?: DocumentChecks
  /** Reads what `$text` and the like stand for; without it they stay as they are written. */
  placeholders?: PlaceholderReader
  /** Are told of every alteration inside its transaction. */
  listeners?: readonly AlterationListener[]
  /** Answers what is asked as of a time; without it nobody can. */
  past?: PastCatalog
  /** Address of the platform, e.g. `http://127.0.0.1:7007`; asked when needed, since a free port is known late. */
  publicUrl: () => string
  /** Told after an ingestion that altered something, by this process or another, with the refs that read differently now; e.g. to drop caches. */
  onChanged?: (refs: readonly string[] | 'everything', version: number) => void
}

export interface Catalog {
  ingestion: CatalogIngestion
  /** The platform's own repositories. */
  repositories: RepositoryFeed
  directory: CatalogDirectory
  query: EntityQuery
  /** The same as `query`, by its promises. */
  reader: CatalogReader
  /** Calls back after each commit, of this process or another. @returns a function that ends it. */
  subscribe(listener: ChangeListener): () => void
  routes: Route[]
  /** Loads the index and follows other processes on the same database. */
  start(options: { databaseUrl: string }): Promise<AsyncDisposable>
}

type ChangeListener = (refs: readonly string[] | 'everything', version: number) => void

/** Puts the catalog together. It works at once; `start` is what lets it follow other processes. */
export function createCatalog(deps: CatalogDeps): Catalog {
  const linkTo = (place: { repository: string; branch: string; path: string }): string =>
    `${deps.publicUrl()}/repositories/${place.repository}/blob/${place.branch}/${place.path}`
  const index = new CatalogIndex(deps.db, deps.log)
  const query = new EntityQuery(deps.db, index)
  const directory = new CatalogDirectory(deps.db, query)
  const listeners = new Set<ChangeListener>()
  const tell: ChangeListener = (refs, version) => {
    directory.forget(refs)
    deps.onChanged?.(refs, version)
    for (const listener of listeners) {
      try {
        listener(refs, version)
      } catch (error) {
        deps.log.error('a follower of the catalog failed', { error })
      }
    }
  }
  index.onFollowed = tell
  const ingestion = new CatalogIngestion({ ...deps, index, onChanged: tell })
  const routes = [
    ...backstageEntityRoutes({ query, ingestion }),
    ...catalogRoutes({ db: deps.db, query, ...(deps.past ? { past: deps.past } : {}), ...(deps.checks ? { checks: deps.checks } : {}) }),
  ]
  return {
    ingestion,
    repositories: new RepositoryFeed({ ...deps, ingestion, linkTo }),
    directory,
    query,
    reader: query,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    routes,
    start: async ({ databaseUrl }) => {
      await index.ready()
      const running = new AsyncDisposableStack()
      running.use(index.connect(databaseUrl))
      running.use(startCatalogSync({ databaseUrl, index, log: deps.log }))
      return running
    },
  }
}
