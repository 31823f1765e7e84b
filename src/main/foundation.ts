import { readFileSync } from 'node:fs'
import path from 'node:path'
import { systemClock, type Clock } from '#kernel/common/clock'
import type { Settings } from '#kernel/node/config'
import { assertReachable, assertServerVersion, ensureDatabase, migrate, openDatabase, type Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import type { EmbeddedPostgres } from '#kernel/node/postgres'

/** What every feature stands on. */
export interface Foundation {
  settings: Settings
  checkout: string
  version: string
  clock: Clock
  log: Logger
  db: Database
  /** Connection string of the platform's database. Has a password: never logged. */
  databaseUrl: string
  /** A superuser's connection to the same server, under which databases of workloads are made. */
  adminUrl: string
}

const DATABASE = 'fairway'

/** Opens and migrates the platform's database: in the embedded server, or the one of DATABASE_URL. */
export async function layFoundation(options: {
  settings: Settings
  checkout: string
  log: Logger
  server: EmbeddedPostgres | { url: string }
  stack: AsyncDisposableStack
}): Promise<Foundation> {
  const { settings, checkout, log, server, stack } = options
  const isEmbedded = 'urlOf' in server
  const databaseUrl = isEmbedded ? server.urlOf(DATABASE) : server.url
  const adminUrl = isEmbedded ? server.urlOf('postgres') : server.url
  if (isEmbedded) await ensureDatabase(adminUrl, DATABASE)
  const { db } = stack.use(openDatabase({ url: databaseUrl, log }))
  if (!isEmbedded) await assertReachable(db, databaseUrl)
  await assertServerVersion(db)
  const applied = await migrate(db, path.join(checkout, 'migrations'))
  if (applied.length > 0) log.info('migrated the database', { count: applied.length })
  const { version } = JSON.parse(readFileSync(path.join(checkout, 'package.json'), 'utf8')) as { version: string }
  return { settings, checkout, version, clock: systemClock, log, db, databaseUrl, adminUrl }
}
