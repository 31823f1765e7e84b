import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { ensureDatabase, migrate, openDatabase } from '#kernel/node/database'
import { silentLogger } from '#kernel/node/log'
import { startEmbeddedPostgres } from '#kernel/node/postgres'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

/** One PostgreSQL for all integration tests of a run; a migrated template database makes each file's own database cheap. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-itest-'))
  const postgres = await startEmbeddedPostgres({ dataDir, log: silentLogger })
  const adminUrl = postgres.urlOf('postgres')
  await ensureDatabase(adminUrl, 'fairway_template')
  const template = openDatabase({ url: postgres.urlOf('fairway_template'), log: silentLogger })
  await migrate(template.db, path.resolve('migrations'))
  await template[Symbol.asyncDispose]()
  project.provide('postgresUrl', adminUrl)
  return async () => {
    await postgres[Symbol.asyncDispose]()
    await rm(dataDir, { recursive: true, force: true })
  }
}
