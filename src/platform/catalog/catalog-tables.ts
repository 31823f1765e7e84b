import type { Generated, Kysely } from 'kysely'
import type { Queryable } from '#kernel/node/database'

// A type, not an interface: kysely wants an index signature.
export type CatalogTables = {
  catalog_version: { version: number }
  catalog_commit: { version: number; refs: string[] | null }
  catalog_file: {
    id: Generated<number>
    source: string
    path: string
    location: string
    origin: string
    parent: string | null
    view_url: string | null
    edit_url: string | null
    repository: string
    branch: string
    commit_sha: string
    content_key: string
    trust: number
    is_orphan: boolean
    problems: string | null
  }
  entity: {
    id: Generated<number>
    ref: string
    kind: string
    file_id: number
    trust: number
    etag: string
    body: string
    relations: string
    problems: string | null
    targets: number[]
  }
  entity_claim: { id: Generated<number>; ref: string; file_id: number; trust: number; document: string }
  entity_membership: { entity_id: number; child: string; parent: string }
  catalog_repository: { repository: string; head_sha: string | null; read_at: Generated<Date> }
}

/** The catalog's own tables on a pool or transaction. */
export function tablesOf(db: Queryable): Kysely<CatalogTables> {
  return db.withTables<CatalogTables>()
}
