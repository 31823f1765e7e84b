import { sql } from 'kysely'
import type { Database, Queryable } from '#kernel/node/database'
import type { Entity, EntityRelation } from '../entity.ts'

/** An entity as the index takes it over. */
export interface IndexRow {
  id: number
  ref: string
  body: string
  relations: string
  problems: string | null
}

const PAGE = 250

/** Reads all entities of one version, page by page. */
export async function readEverything(db: Database, take: (row: IndexRow) => void): Promise<number> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const { version } = await readVersion(tx)
      for (let after = 0, isMore = true; isMore;) {
        const { rows } = await sql<IndexRow>`select id, ref, body, relations, problems from entity where id > ${after} order by id limit ${PAGE}`.execute(tx)
        let sliceEndsAt = performance.now() + 20
        for (const row of rows) {
          take(row)
          if (performance.now() < sliceEndsAt) continue
          await new Promise((resolve) => setImmediate(resolve))
          sliceEndsAt = performance.now() + 20
        }
        after = rows.at(-1)?.id ?? after
        isMore = rows.length === PAGE
      }
      return version
    })
}

async function readVersion(db: Queryable): Promise<{ version: number }> {
  const { rows } = await sql<{ version: number }>`select version from catalog_version`.execute(db)
  return { version: rows[0]?.version ?? 0 }
}

/**
 * What others altered since a version: the refs with their rows, undefined for those that went; or `everything`, when that is not known any more.
 */
export async function readSince(db: Database, version: number): Promise<{ version: number; rows: Map<string, IndexRow | undefined> | 'everything' }> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const { version: current } = await readVersion(tx)
      const { rows: commits } = await sql<{ version: number; refs: string[] | null }>`
        select version, refs from catalog_commit where version > ${version} order by version`.execute(tx)
      const isKnown = current >= version && commits.length === current - version && commits.every(({ refs }) => refs !== null)
      if (!isKnown) return { version: current, rows: 'everything' as const }
      const refs = [...new Set(commits.flatMap((commit) => commit.refs ?? []))]
      const rows = new Map<string, IndexRow | undefined>(refs.map((ref) => [ref, undefined]))
      const { rows: found } = await sql<IndexRow>`select id, ref, body, relations, problems from entity where ref = any(${refs}::text[])`.execute(tx)
      for (const row of found) rows.set(row.ref, row)
      return { version: current, rows }
    })
}

/** The entity of a row, with its relations. */
export function entityOfRow(row: Pick<IndexRow, 'body' | 'relations'>): Entity {
  const entity = JSON.parse(row.body) as Entity
  entity.relations = JSON.parse(row.relations) as EntityRelation[]
  return entity
}
