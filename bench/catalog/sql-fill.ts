import { sql } from 'kysely'
import { openDatabase } from '#kernel/node/database'
import { silentLogger } from '#kernel/node/log'
import { documentOf as storedDocument, relationsText } from '../../src/platform/catalog/ingestion/entity-document.ts'
import { refHash } from '../../src/platform/catalog/ingestion/ingestion-store.ts'
import type { Entity } from '../../src/platform/catalog/entity.ts'
import { countOf, documentOf, PER_1000, type CatalogSize, type SeededKind } from './seeded-catalog.ts'
import { StitchedEdges } from './stitched-edges.ts'

/** Entities of one statement. */
const CHUNK = 2_000
/** Entities of one file row. */
const PER_FILE = 100

interface Row {
  ref: string
  kind: string
  file: number
  etag: string
  body: string
  relations: string
  targets: string
}

/**
 * Writes a catalog straight into the tables of a running platform, as an ingestion would have left them: for sizes at which reading files would take
 * longer than anybody waits. The platform sees it at its next start.
 * @param url of its database. @returns seconds.
 */
export async function fillCatalog(url: string, size: CatalogSize): Promise<number> {
  const startedAt = performance.now()
  const edges = new StitchedEdges(size)
  await using opened = openDatabase({ url, log: silentLogger })
  const { db } = opened
  await db.transaction().execute(async (tx) => {
    // Made at once at the end, which is a fraction of the work.
    await sql`drop index entity_targets`.execute(tx)
    const files = new Map<number, number>()
    let rows: Row[] = []
    const flush = async (): Promise<void> => {
      const wanted = [...new Set(rows.map(({ file }) => file))].filter((file) => !files.has(file))
      const { rows: made } = await sql<{ id: number; path: string }>`
        insert into catalog_file (source, path, location, origin, repository, branch, commit_sha, content_key, trust)
        select 'bench', path, 'file:/bench/' || path, 'file:/bench/' || path, '', '', '', 'bench', 3 from unnest(${wanted.map(fileName)}::text[]) as t (path)
        returning id, path`.execute(tx)
      for (const { id, path } of made) files.set(Number(/\d+/.exec(path)?.[0]), id)
      await sql`
        insert into entity (ref, kind, file_id, trust, etag, body, relations, targets)
        select t.ref, t.kind, t.file_id, 3, t.etag::uuid, t.body, t.relations, t.targets::bigint[] from unnest(
          ${rows.map(({ ref }) => ref)}::text[], ${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ file }) => files.get(file))}::int[], ${rows.map(({ etag }) => etag)}::text[],
          ${rows.map(({ body }) => body)}::text[], ${rows.map(({ relations }) => relations)}::text[], ${rows.map(({ targets }) => targets)}::text[]
        ) as t (ref, kind, file_id, etag, body, relations, targets)`.execute(tx)
      rows = []
    }
    let count = 0
    for (const kind of Object.keys(PER_1000) as SeededKind[]) {
      for (let index = 0; index < countOf(kind, size); index++) {
        rows.push(rowOf(kind, index, size, edges, Math.floor(count++ / PER_FILE)))
        if (rows.length === CHUNK) await flush()
      }
    }
    if (rows.length > 0) await flush()
    await sql`create index entity_targets on entity using gin (targets)`.execute(tx)
    await sql`update catalog_version set version = version + 1`.execute(tx)
  })
  await sql`vacuum analyze entity`.execute(db)
  return (performance.now() - startedAt) / 1000
}

function rowOf(kind: SeededKind, index: number, size: CatalogSize, edges: StitchedEdges, file: number): Row {
  const declared = documentOf(kind, index, size)
  const ref = `${kind.toLowerCase()}:default/${declared.metadata.name}`
  const path = fileName(file)
  const { etag, body } = storedDocument(ref, declared as unknown as Entity, { path, text: '', location: `file:/bench/${path}` })
  const relations = edges.of(kind, index)
  const own = new Set(relations.filter(({ type }) => DECLARED.has(type)).map(({ targetRef }) => refHash(targetRef)))
  return { ref, kind: kind.toLowerCase(), file, etag, body, relations: relationsText(relations), targets: `{${[...own].join(',')}}` }
}

/** Types that an entity's own file declares; the others come from the other end. */
const DECLARED = new Set(['ownedBy', 'partOf', 'memberOf', 'providesApi', 'consumesApi', 'dependsOn'])

function fileName(file: number): string {
  return `entities-${String(file).padStart(5, '0')}.yaml`
}
