import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Route } from '#kernel/node/http'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import type { CatalogReader } from '#platform/catalog'
import { docsPlaceOf } from './docs-place.ts'
import type { DocsReader } from './docs-reader.ts'
import { documentationRoutes } from './documentation-routes.ts'
import { findSite, listKnownPages, listOldestSites, listSitesOf, removeSite, saveSite, searchPages, touchSite, type DocHit } from './documentation-store.ts'
import { readSite } from './site.ts'

export interface DocumentationDeps {
  db: Database
  clock: Clock
  log: Logger
  reader: DocsReader
  catalog: Pick<CatalogReader, 'findByRef'>
}

export interface Documentation {
  /** Reads what entities have after the catalog has altered them; those that are gone lose it. */
  onEntities(refs: readonly string[]): Promise<void>
  /** Reads the documentation of a repository anew after a push to it. */
  onPush(push: { repository: string; ref: string }): Promise<void>
  search(query: { text: string; limit: number; entityRef?: string }): Promise<DocHit[]>
  routes: Route[]
}

/** Kinds whose pages people look for. */
const DOCUMENTED = new Set(['component', 'api', 'system', 'domain', 'resource', 'template', 'group', 'airesource'])

/** Documentation of entities: Markdown in their repositories, read when it changes, shown without running anything. */
export function createDocumentation(deps: DocumentationDeps): Documentation {
  const { db } = deps
  return {
    async onEntities(refs) {
      for (const ref of refs) if (DOCUMENTED.has(ref.slice(0, ref.indexOf(':')))) await refresh(deps, ref)
    },
    async onPush(push) {
      for (const ref of await listSitesOf(db, push.repository)) {
        const site = await findSite(db, ref)
        if (site && push.ref === `refs/heads/${site.branch}`) await refresh(deps, ref)
      }
      // A first page may come to an entity that had none.
      for (const ref of await undocumented(db, push.repository)) await refresh(deps, ref)
    },
    search: async (query) => await searchPages(db, query),
    routes: documentationRoutes(deps),
  }
}

const RESCAN_MS = 10 * 60_000
const RESCANNED_AT_ONCE = 50

/** The safety net: looks at the sites that nobody has looked at for the longest time. */
export function startDocumentationRescan(deps: DocumentationDeps): AsyncDisposable {
  return startLoop({
    name: 'documentation rescan',
    intervalMs: RESCAN_MS,
    log: deps.log,
    work: async () => {
      const before = new Date(deps.clock.now().getTime() - RESCAN_MS)
      for (const ref of await listOldestSites(deps.db, { before, limit: RESCANNED_AT_ONCE })) await refresh(deps, ref)
    },
  })
}

/** Reads one entity's documentation if its repository has moved. A repository that can't be read leaves the last good pages. */
async function refresh(deps: DocumentationDeps, ref: string): Promise<void> {
  const { db, reader, catalog, log } = deps
  try {
    const found = await catalog.findByRef(ref)
    const place = found && found.repository !== '' ? docsPlaceOf(found.path, found.entity.metadata.annotations?.['backstage.io/techdocs-ref']) : undefined
    if (!found || !place) return await removeSite(db, ref)
    const before = await findSite(db, ref)
    const head = await reader.headOf(found.repository, found.branch)
    if (before && before.commit === head && before.repository === found.repository) return await touchSite(db, ref)
    const title = found.entity.metadata.title ?? found.entity.metadata.name
    const site = await readSite(reader, { repository: found.repository, branch: found.branch, place, title, known: await listKnownPages(db, ref) })
    if (!site) return await removeSite(db, ref)
    await db.transaction().execute(async (tx) => await saveSite(tx, ref, site))
  } catch (error) {
    log.warn('documentation could not be read; the last pages stay', { entity: ref, error })
  }
}

async function undocumented(db: Database, repository: string): Promise<string[]> {
  const { rows } = await sql<{ ref: string }>`
    select e.ref from entity e join catalog_file f on f.id = e.file_id
    where f.repository = ${repository} and not exists (select from doc_site s where s.entity_ref = e.ref)`.execute(db)
  return rows.map((row) => row.ref).filter((ref) => DOCUMENTED.has(ref.slice(0, ref.indexOf(':'))))
}
