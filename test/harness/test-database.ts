import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { openDatabase, type Database } from '#kernel/node/database'
import { silentLogger } from '#kernel/node/log'

export interface TestDatabase extends AsyncDisposable {
  db: Database
  url: string
  /** Superuser's connection to the server's `postgres` database. */
  adminUrl: string
}

/** A fresh, migrated logical database of its own for a test file. Dispose it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl')
  const name = `t_${randomBytes(6).toString('hex')}`
  await runAdmin(adminUrl, `create database ${name} template fairway_template`)
  const url = adminUrl.replace('/postgres?', `/${name}?`)
  const opened = openDatabase({ url, log: silentLogger, poolSize: 8 })
  return {
    db: opened.db,
    url,
    adminUrl,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]()
      await runAdmin(adminUrl, `drop database if exists ${name} with (force)`)
    },
  }
}

async function runAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
