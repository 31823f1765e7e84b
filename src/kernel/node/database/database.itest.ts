import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())

it('gives each test file a migrated database of its own', async () => {
  const { rows } = await sql<{ name: string }>`select name from migration order by name`.execute(database.db)
  expect(rows[0]?.name).toBe('0001-kernel.sql')
})

it('runs on a server that has the functions that we build on', async () => {
  const { rows } = await sql<{ version: number }>`select current_setting('server_version_num')::int as version`.execute(database.db)
  expect(rows[0]?.version).toBeGreaterThanOrEqual(150_000)
})
