import { afterAll, beforeAll, expect, it } from 'vitest'
import { sql } from 'kysely'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createCatalog, type Catalog } from './catalog.ts'
import { MemoryCatalogSource } from './catalog-source.ts'
import { startCatalogSync } from './catalog-sync.ts'
import { CatalogIndex } from './index/catalog-index.ts'
import { EntityQuery } from './entity-query.ts'

let database: TestDatabase
let one: Catalog
let two: Catalog
const stack = new AsyncDisposableStack()

const make = (): Catalog =>
  createCatalog({
    db: database.db,
    journal: new MemoryJournal(),
    log: silentLogger,
    source: new MemoryCatalogSource(),
    trusted: { organisation: 'o/o', goldenPaths: 'g/g' },
    publicUrl: () => 'http://fairway.test',
  })
const system = (name: string): string => `apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: ${name}}\nspec: {owner: payments}\n`

async function take(catalog: Catalog, source: string, names: readonly string[]): Promise<void> {
  const files = names.map((name) => ({ path: `${name}.yaml`, text: system(name), location: `url:http://x/${source}/${name}.yaml` }))
  await catalog.ingestion.take({ source, files, isComplete: true, commit: null, actor: 'x', trust: { level: 'catalog' } })
}
const names = async (query: EntityQuery): Promise<string[]> => await query.listRefs({ kind: 'system' }, 10_000)

beforeAll(async () => {
  database = await createTestDatabase()
  one = make()
  two = make()
  stack.use(await one.start({ databaseUrl: database.url }))
  stack.use(await two.start({ databaseUrl: database.url }))
})
afterAll(async () => {
  await stack.disposeAsync()
  await database[Symbol.asyncDispose]()
})

it('two processes on one database see each other’s commits, at once as people count', async () => {
  const heard: unknown[] = []
  two.subscribe((refs) => heard.push(refs))
  await take(one, 'git:a/a', ['a'])
  expect(await names(one.query)).toEqual(['system:default/a'])
  await expect.poll(async () => await names(two.query)).toEqual(['system:default/a'])
  expect(heard).toEqual([['system:default/a']])
  await take(two, 'git:b/b', ['b'])
  await expect.poll(async () => await names(one.query)).toEqual(['system:default/a', 'system:default/b'])
  await take(two, 'git:b/b', [])
  await expect.poll(async () => await names(one.query)).toEqual(['system:default/a'])
})

it('commits of two at once leave both with the same', async () => {
  await Promise.all(Array.from({ length: 20 }, async (_, at) => await take(at % 2 === 0 ? one : two, `git:x/${at % 5}`, [`n${at}`, `m${at}`])))
  const version = async (): Promise<number> => (await sql<{ version: number }>`select version from catalog_version`.execute(database.db)).rows[0]?.version ?? 0
  const current = await version()
  await expect.poll(() => [one.query.version(), two.query.version()]).toEqual([current, current])
  expect(await names(two.query)).toEqual(await names(one.query))
  const { rows } = await sql<{ ref: string }>`select ref from entity order by ref`.execute(database.db)
  expect(await names(one.query)).toEqual(rows.map(({ ref }) => ref))
})

it('a commit that was not heard of is found by looking, and one that is not known any more by loading', async () => {
  const index = new CatalogIndex(database.db, silentLogger)
  const query = new EntityQuery(database.db, index)
  await names(query)
  await take(one, 'git:c/c', ['c'])
  expect(await names(query)).not.toContain('system:default/c')
  await index.follow()
  expect(await names(query)).toContain('system:default/c')
  await take(one, 'git:c/c', ['d'])
  await sql`delete from catalog_commit`.execute(database.db)
  await index.follow()
  expect(await names(query)).toContain('system:default/d')
  expect(await names(query)).not.toContain('system:default/c')
})

it('goes on after its connection was cut', async () => {
  const index = new CatalogIndex(database.db, silentLogger)
  await index.ready()
  await using sync = startCatalogSync({ databaseUrl: database.url, index, log: silentLogger, checkMs: 3_600_000 })
  expect(sync).toBeDefined()
  const query = new EntityQuery(database.db, index)
  const cut = async (): Promise<number> =>
    (
      await sql<{
        count: number
      }>`select count(pg_terminate_backend(pid))::int as count from pg_stat_activity where application_name = 'fairway-catalog' and datname = current_database()`.execute(
        database.db,
      )
    ).rows[0]?.count ?? 0
  await expect.poll(cut).toBeGreaterThan(0)
  await take(one, 'git:e/e', ['e'])
  await expect.poll(async () => await names(query), { timeout: 10_000 }).toContain('system:default/e')
})

it('a large commit is seen whole or not at all', async () => {
  const many = Array.from({ length: 4_000 }, (_, at) => `many-${at}`)
  const seen = new Set<number>()
  const done = new AbortController()
  const look = async (): Promise<void> => {
    while (!done.signal.aborted) {
      seen.add(await one.query.count({ 'metadata.name': { $hasPrefix: 'many-' } }))
      seen.add(await two.query.count({ 'metadata.name': { $hasPrefix: 'many-' } }))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const looking = look()
  await take(one, 'git:many/many', many)
  await expect.poll(async () => await two.query.count({ 'metadata.name': { $hasPrefix: 'many-' } }), { timeout: 20_000 }).toBe(4_000)
  done.abort()
  await looking
  expect(seen.has(0)).toBe(true)
  expect([...seen].filter((count) => count !== 0 && count !== 4_000)).toEqual([])
})
