import { readFileSync } from 'node:fs'
import path from 'node:path'
import { systemClock, type Clock } from '#kernel/common/clock'
import type { Settings } from '#kernel/node/config'
import { assertServerVersion, ensureDatabase, migrate, openDatabase, startEmbeddedPostgres, type Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'

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

/** Brings up the database: the embedded one, or the one of DATABASE_URL; then migrates it. */
export async function layFoundation(options: { settings: Settings; checkout: string; log: Logger; stack: AsyncDisposableStack }): Promise<Foundation> {
  const { settings, checkout, log, stack } = options
  const { databaseUrl, adminUrl } = await databaseAddresses(settings, log, stack)
  const { db } = stack.use(openDatabase({ url: databaseUrl, log }))
  await assertServerVersion(db)
  const applied = await migrate(db, path.join(checkout, 'migrations'))
  if (applied.length > 0) log.info('migrated the database', { count: applied.length })
  const { version } = JSON.parse(readFileSync(path.join(checkout, 'package.json'), 'utf8')) as { version: string }
  return { settings, checkout, version, clock: systemClock, log, db, databaseUrl, adminUrl }
}

async function databaseAddresses(settings: Settings, log: Logger, stack: AsyncDisposableStack): Promise<{ databaseUrl: string; adminUrl: string }> {
  if (settings.databaseUrl !== undefined) return { databaseUrl: settings.databaseUrl, adminUrl: settings.databaseUrl }
  const postgres = stack.use(await startEmbeddedPostgres({ dataDir: settings.dataDir, log }))
  const adminUrl = postgres.urlOf('postgres')
  await ensureDatabase(adminUrl, DATABASE)
  return { databaseUrl: postgres.urlOf(DATABASE), adminUrl }
}
