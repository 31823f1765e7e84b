import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '#kernel/node/database'
import { silentLogger } from '#kernel/node/log'

/** How large the platform's database is. */
export interface DatabaseSize {
  totalBytes: number
  /** Tables with their indexes and long values. */
  tables: ReadonlyMap<string, number>
}

/** Connection string of the database of a platform that runs on `dataDir`. */
export async function databaseUrlOf(dataDir: string): Promise<string> {
  const password = (await readFile(path.join(dataDir, 'postgres.password'), 'utf8')).trim()
  // The fifth line of postmaster.pid is the folder of the socket (PostgreSQL 18, miscadmin.h).
  const sockets = (await readFile(path.join(dataDir, 'pg18', 'postmaster.pid'), 'utf8')).split('\n')[4] ?? ''
  return `postgresql://postgres:${password}@localhost:5432/fairway?host=${encodeURIComponent(sockets)}`
}

/** Asks the running PostgreSQL. */
export async function readDatabaseSize(dataDir: string): Promise<DatabaseSize> {
  await using opened = openDatabase({ url: await databaseUrlOf(dataDir), log: silentLogger })
  const { rows } = await sql<{ table: string; bytes: string }>`
    select relname as "table", pg_total_relation_size(oid) as bytes from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`.execute(
    opened.db,
  )
  const total = await sql<{ bytes: string }>`select pg_database_size(current_database()) as bytes`.execute(opened.db)
  return { totalBytes: Number(total.rows[0]?.bytes), tables: new Map(rows.map((row) => [row.table, Number(row.bytes)])) }
}
