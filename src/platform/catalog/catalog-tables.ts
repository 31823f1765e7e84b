import type { ColumnType, Generated, Kysely, RawBuilder } from 'kysely'
import type { FieldProblem } from '#kernel/common/fault'
import type { Queryable } from '#kernel/node/database'
import type { Entity } from './entity.ts'

type Json<T> = ColumnType<T, string, string>

// A type, not an interface: kysely wants an index signature.
export type CatalogTables = {
  entity: {
    uid: Generated<string>
    ref: string
    kind: string
    namespace: string
    name: string
    title: string | null
    owner_ref: string | null
    document: Json<Entity>
    etag: string
    file_id: string
    commit_sha: string
    problems: Json<FieldProblem[]>
    words: ColumnType<string, RawBuilder<string>, RawBuilder<string>>
    label: string
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  entity_fact: { uid: string; key: string; value: string | null; original: string | null }
  entity_relation: { origin: string; source_ref: string; type: string; target_ref: string }
  catalog_file: {
    id: Generated<string>
    repository: string
    path: string
    branch: string
    commit_sha: string
    content_hash: string
    problems: Json<FieldProblem[]>
    conflicts: string[]
    read_at: Generated<Date>
  }
  catalog_repository: { repository: string; head_sha: string | null; read_at: Generated<Date> }
}

/** The catalog's own tables on a pool or transaction. */
export function tablesOf(db: Queryable): Kysely<CatalogTables> {
  return db.withTables<CatalogTables>()
}
