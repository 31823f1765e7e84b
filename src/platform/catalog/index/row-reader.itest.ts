import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '#harness'
import { RowReader } from './row-reader.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  database = await createTestDatabase()
  await sql`create table read_row (id int primary key, word text)`.execute(database.db)
  await sql`insert into read_row select n, 'w' || n from generate_series(1, 50) n`.execute(database.db)
  await sql`create table read_log (ids text)`.execute(database.db)
})
afterAll(async () => await database[Symbol.asyncDispose]())

it('answers each its rows, those who ask meanwhile together, and sees what was written before it was asked', async () => {
  const reader = new RowReader<{ id: number; word: string }>(database.db, {
    name: 'read-row',
    text: 'with logged as (insert into read_log select $1::text) select id, word from read_row where id = any($1::text::int[])',
  })
  const found = await Promise.all(Array.from({ length: 40 }, async (_, at) => (await reader.read([at + 1, 1_000])).get(at + 1)?.word))
  expect(found).toEqual(Array.from({ length: 40 }, (_, at) => `w${at + 1}`))
  const { rows } = await sql`select from read_log`.execute(database.db)
  expect(rows.length).toBe(3)
  await sql`update read_row set word = 'new' where id = 7`.execute(database.db)
  expect((await reader.read([7])).get(7)?.word).toBe('new')
  expect((await reader.read([1_000])).has(1_000)).toBe(false)
})

it('tells all who asked together when it fails, and reads on', async () => {
  const reader = new RowReader<{ id: number }>(database.db, { name: 'read-one', text: 'select id, 1 / (id - 13) from read_row where id = any($1::int[])' })
  const asked = await Promise.allSettled([reader.read([1]), reader.read([2]), reader.read([13]), reader.read([3])])
  expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
  expect((await reader.read([3])).has(3)).toBe(true)
})
