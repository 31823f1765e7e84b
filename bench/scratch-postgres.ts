import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ensureDatabase, migrate, openDatabase, type Database } from '#kernel/node/database'
import { silentLogger } from '#kernel/node/log'
import { startEmbeddedPostgres } from '#kernel/node/postgres'

/** Our PostgreSQL with our settings in a folder of its own, migrated; gone when disposed. */
export async function startScratchPostgres(): Promise<{ db: Database; url: string } & AsyncDisposable> {
  await using cleanUp = new AsyncDisposableStack()
  const dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-bench-'))
  cleanUp.defer(async () => await rm(dataDir, { recursive: true, force: true }))
  const server = cleanUp.use(await startEmbeddedPostgres({ dataDir, log: silentLogger }))
  await ensureDatabase(server.urlOf('postgres'), 'fairway')
  const url = server.urlOf('fairway')
  const { db } = cleanUp.use(openDatabase({ url, log: silentLogger }))
  await migrate(db, 'migrations')
  const kept = cleanUp.move()
  return { db, url, [Symbol.asyncDispose]: async () => await kept.disposeAsync() }
}
