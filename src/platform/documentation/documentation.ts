import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Route } from '#kernel/node/http'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import type { CatalogReader, StoredEntity } from '#platform/catalog'
import { docsPlaceOf } from './docs-place.ts'
import type { DocsReader } from './docs-reader.ts'
import { documentationRoutes } from './documentation-routes.ts'
import {
  findSites,
  listKnownPages,
  listOldestSites,
  listSitesOf,
  removeSite,
  saveSite,
  searchPages,
  touchSite,
  type DocHit,
  type SiteRow,
} from './documentation-store.ts'
import { readSite } from './site.ts'

export interface DocumentationDeps {
  db: Database
  clock: Clock
  log: Logger
  reader: DocsReader
  catalog: Pick<CatalogReader, 'listByRefs'>
}

export interface Documentation {
  /** Reads what entities have after the catalog has altered them; those that are gone lose it. */
  onEntities(refs: readonly string[], signal?: AbortSignal): Promise<void>
  /** Reads the documentation of a repository anew after a push to it. */
  onPush(push: { repository: string; ref: string }): Promise<void>
  search(query: { text: string; limit: number; entityRef?: string }): Promise<DocHit[]>
  routes: Route[]
}

/** Documentation of entities: Markdown in their repositories, read when it changes, shown without running anything. */
export function createDocumentation(deps: DocumentationDeps): Documentation {
  const { db } = deps
  return {
    onEntities: async (refs, signal) => await refreshAll(deps, refs, signal),
    async onPush({ repository, ref }) {
      if (!ref.startsWith('refs/heads/')) return
      // A first page may come to an entity that had none.
      await refreshAll(deps, [...(await listSitesOf(db, repository)), ...(await undocumented(db, repository))])
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
    work: async (signal) => {
      const before = new Date(deps.clock.now().getTime() - RESCAN_MS)
      await refreshAll(deps, await listOldestSites(deps.db, { before, limit: RESCANNED_AT_ONCE }), signal)
    },
  })
}

/** Kinds that have pages without being asked: what lies beside their descriptor. Others say where by `backstage.io/techdocs-ref`. */
const DOCUMENTED_BY_PLACE = new Set(['component', 'template'])
const ENTITIES_AT_ONCE = 500

/** Reads what these entities have, where their repositories have moved; those that are gone lose it. Ends early, between two, when told. */
async function refreshAll(deps: DocumentationDeps, refs: readonly string[], signal?: AbortSignal): Promise<void> {
  const { db, catalog, reader } = deps
  const heads = new Map<string, Promise<string | undefined>>()
  const headOf = async ({ repository, branch }: StoredEntity): Promise<string | undefined> => {
    const key = `${repository}@${branch}`
    const head = heads.get(key) ?? reader.headOf(repository, branch)
    heads.set(key, head)
    return await head
  }
  for (let from = 0; from < refs.length; from += ENTITIES_AT_ONCE) {
    const part = refs.slice(from, from + ENTITIES_AT_ONCE)
    const [entities, sites] = await Promise.all([catalog.listByRefs(part), findSites(db, part)])
    for (const ref of part) {
      if (signal?.aborted === true) return
      await refresh(deps, { ref, entity: entities.get(ref), site: sites.get(ref) }, headOf)
    }
  }
}

/** Reads one entity's documentation if its repository has moved. A repository that can't be read leaves the last good pages. */
async function refresh(
  { db, reader, log }: DocumentationDeps,
  { ref, entity, site }: { ref: string; entity: StoredEntity | undefined; site: SiteRow | undefined },
  headOf: (entity: StoredEntity) => Promise<string | undefined>,
): Promise<void> {
  try {
    const place = entity && placeOf(entity)
    if (!entity || !place) return site && (await removeSite(db, ref))
    const { repository, branch } = entity
    if (site?.repository === repository && site.commit === (await headOf(entity))) return await touchSite(db, ref)
    const title = entity.entity.metadata.title ?? entity.entity.metadata.name
    const known = site ? await listKnownPages(db, ref) : new Map()
    const read = await readSite(reader, { repository, branch, place, title, known })
    if (!read) return site && (await removeSite(db, ref))
    await db.transaction().execute(async (tx) => await saveSite(tx, ref, read))
  } catch (error) {
    log.warn('documentation could not be read; the last pages stay', { entity: ref, error })
  }
}

function placeOf({ ref, repository, path, entity }: StoredEntity): ReturnType<typeof docsPlaceOf> {
  if (repository === '') return undefined
  const place = docsPlaceOf(path, entity.metadata.annotations?.['backstage.io/techdocs-ref'])
  return place && (place.isDeclared || DOCUMENTED_BY_PLACE.has(ref.slice(0, ref.indexOf(':')))) ? place : undefined
}

async function undocumented(db: Database, repository: string): Promise<string[]> {
  const { rows } = await sql<{ ref: string }>`
    select e.ref from entity e join catalog_file f on f.id = e.file_id
    where f.repository = ${repository} and not exists (select from doc_site s where s.entity_ref = e.ref)`.execute(db)
  return rows.map((row) => row.ref)
}
