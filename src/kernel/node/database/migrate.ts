import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { faults } from '#kernel/common/fault'
import type { Database } from './database.ts'

const migrationFaults = faults('kernel.migration', {
  failed: {
    status: 500,
    title: 'Migration failed',
    retry: 'no',
    detail: (d: { file: string; what: string }) => `migration ${d.file} failed and left no trace: ${d.what}`,
  },
})

/** Key of the advisory lock that lets one process migrate at a time. */
const LOCK = 7_007_001

/**
 * Applies `NNNN-what.sql` files that the database has not seen, in order, all in one transaction. Forward only.
 * @returns the names of the files that were applied now.
 * @throws `kernel.migration.failed`; then the database is as before.
 */
export async function migrate(db: Database, directory: string): Promise<string[]> {
  const files = (await readdir(directory)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort()
  return await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(tx)
    await sql`create table if not exists migration (name text primary key, applied_at timestamptz not null default now())`.execute(tx)
    const seen = await sql<{ name: string }>`select name from migration`.execute(tx)
    const known = new Set(seen.rows.map((row) => row.name))
    const pending = files.filter((file) => !known.has(file))
    for (const file of pending) {
      try {
        await sql.raw(await readFile(path.join(directory, file), 'utf8')).execute(tx)
      } catch (error) {
        throw migrationFaults.failed({ file, what: error instanceof Error ? error.message : String(error) }, { cause: error })
      }
      await sql`insert into migration (name) values (${file})`.execute(tx)
    }
    return pending
  })
}
