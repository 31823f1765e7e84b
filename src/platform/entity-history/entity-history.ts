import type { Database } from '#kernel/node/database'
import type { Caller, Route } from '#kernel/node/http'
import type { AlterationListener, Catalog, PastCatalog } from '#platform/catalog'
import type { ExplainDeps } from './explain-entity.ts'
import { HistoryListener } from './history-listener.ts'
import { historyRoutes } from './history-routes.ts'
import { DatabasePastCatalog } from './past-catalog.ts'

export interface EntityHistoryDeps {
  db: Database
  /** Asked when a request comes: the catalog is made with this feature's listener. */
  catalog: () => Pick<Catalog, 'reader' | 'query' | 'subscribe'>
  readFile: ExplainDeps['readFile']
  watchCredential: (caller: Caller, onEnd: () => void) => Disposable
  /** Milliseconds between comments on an idle stream; 15,000 unless told. */
  heartbeatMs?: number
}

export interface EntityHistory {
  /** For the catalog's `listeners`. */
  listener: AlterationListener
  /** For the catalog's `past`. */
  past: PastCatalog
  routes: Route[]
}

/** What happened to entities, how they were, why they are as they are, and lists that tell of their changes. */
export function createEntityHistory(deps: EntityHistoryDeps): EntityHistory {
  return {
    listener: new HistoryListener(),
    past: new DatabasePastCatalog(deps.db, () => deps.catalog().reader),
    routes: historyRoutes({ ...deps, heartbeatMs: deps.heartbeatMs ?? 15_000 }),
  }
}
