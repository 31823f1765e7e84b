import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { systemCaller, type Permission, type RawInput, type Route } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createCatalog, MemoryCatalogSource, type Catalog } from '#platform/catalog'
import { createSearch, type Search } from './search.ts'
import type { SearchRecord } from './search-source.ts'

const API = `apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: parcels}
spec:
  type: openapi
  lifecycle: production
  owner: shipping
  definition: |
    openapi: 3.1.0
    info: {title: Parcels, version: '1'}
    paths:
      /parcels/{id}/whereabouts:
        get:
          operationId: trackParcel
    ${'# padding\n    '.repeat(30)}
`
const component = (name: string, description = 'Sends parcels'): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}, description: ${description}}\nspec: {type: service, lifecycle: production, owner: shipping}\n`
const RUN: SearchRecord = {
  kind: 'Run',
  ref: 'run_1',
  title: 'build #1 of acme/parcels',
  summary: 'success',
  href: '/pipelines/run_1',
  keywords: 'main',
  text: 'Fix the parcel labels',
}

let database: TestDatabase
let source: MemoryCatalogSource
let catalog: Catalog
let search: Search
let following: AsyncDisposable
let records: SearchRecord[] = [RUN]
let permitted: (permission: Permission) => boolean = () => true

beforeAll(async () => {
  database = await createTestDatabase()
  source = new MemoryCatalogSource()
  catalog = createCatalog({
    db: database.db,
    journal: new MemoryJournal(),
    log: silentLogger,
    source,
    trusted: { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' },
    publicUrl: () => 'http://fairway.test',
  })
  search = createSearch({
    log: silentLogger,
    catalog,
    authorize: async (_caller, permission) => ({ isAllowed: permitted(permission) }),
    sources: [
      {
        type: 'run',
        permission: 'run:read',
        weight: 0.2,
        read: async (refs) => records.filter(({ ref }) => refs?.includes(ref) ?? true),
      },
    ],
  })
  await push(component('parcels-desk') + '---\n' + API)
  following = search.start()
  await search.refresh('run')
})
afterAll(async () => {
  await following[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

async function push(text: string): Promise<void> {
  source.write('acme/parcels', 'catalog-info.yaml', text)
  await catalog.repositories.onPush({ repository: 'acme/parcels', ref: 'refs/heads/main', after: 'x', pusher: 'user:default/ana' })
}
const find = async (text: string, more: object = {}): ReturnType<Search['find']> => await search.find(systemCaller, { text, limit: 10, ...more })
const refsOf = async (text: string, more: object = {}): Promise<string[]> => (await find(text, more)).items.map(({ ref }) => ref)

describe('finding', () => {
  it.each(['parcels-desk', 'parcels desk', 'parc', 'pracels desk', 'PARCELS shipping', 'parcelsdesk'])('finds the component by %j', async (text) => {
    expect(await refsOf(text)).toContain('component:default/parcels-desk')
  })

  it.each(['whereabouts', 'trackParcel', 'track parcel'])('finds an API by %j in its definition', async (text) => {
    expect((await find(text)).items).toMatchObject([{ ref: 'api:default/parcels', kind: 'API', type: 'api', href: '/entities/api/default/parcels' }])
  })

  it('merges all types, best first, with counts', async () => {
    const { items, counts } = await find('parcels')
    expect(items.map(({ type }) => type).sort()).toEqual(['api', 'entity', 'run'])
    expect(items[0]?.ref).toBe('api:default/parcels')
    expect(counts).toEqual({ entity: 1, api: 1, run: 1 })
  })

  it('gives only the types that are asked for', async () => {
    expect(await refsOf('parcels', { types: ['run'] })).toEqual(['run_1'])
    expect((await find('parcels', { types: ['entity'] })).counts).toEqual({ entity: 1 })
  })

  it('sees what was committed at once, and no more what went', async () => {
    await push(component('parcels-desk', 'Weighs letters') + '---\n' + API)
    expect(await refsOf('weighs')).toEqual(['component:default/parcels-desk'])
    expect(await refsOf('sends')).toEqual([])
    await push(API)
    expect(await refsOf('desk')).toEqual([])
    await push(component('parcels-desk') + '---\n' + API)
    expect(await refsOf('desk')).toEqual(['component:default/parcels-desk'])
  })

  it('follows a source by ref', async () => {
    records = [RUN, { ...RUN, ref: 'run_2', title: 'deploy #7 of acme/parcels' }]
    await search.refresh('run', ['run_2'])
    expect(await refsOf('deploy')).toEqual(['run_2'])
    records = [RUN]
    await search.refresh('run', ['run_2'])
    expect(await refsOf('deploy')).toEqual([])
  })

  it.each(['', "';--", '!!! &', 'xyzzyqwert', '\u0000', '%00'])('finds nothing, without failing, by %j', async (text) => {
    expect(await refsOf(text)).toEqual([])
  })
})

describe('permissions', () => {
  it('shows no runs, and counts none, to a caller without run:read; also right after one who has it', async () => {
    expect(await refsOf('parcels')).toContain('run_1')
    permitted = (permission) => permission !== 'run:read'
    const hidden = await find('parcels')
    permitted = () => true
    expect(hidden.items.map(({ type }) => type)).not.toContain('run')
    expect(hidden.counts).toEqual({ entity: 1, api: 1 })
  })
})

describe('Backstage', () => {
  const route = (): Extract<Route, { kind: 'raw' }> => {
    const found = search.routes.find(({ path }) => path === '/api/search/query')
    if (found?.kind !== 'raw') throw new Error('no route')
    return found
  }
  const ask = async (
    query: string,
  ): Promise<{ numberOfResults: number; nextPageCursor?: string; results: { type: string; rank: number; document: { name: string } }[] }> => {
    const input = { caller: systemCaller, url: new URL(`http://x/api/search/query?${query}`) } as RawInput
    return (await (await route().handle(input)).json()) as never
  }

  it('pages by cursor, in ranks that go on', async () => {
    const first = await ask('term=parcels&pageLimit=1')
    expect(first).toMatchObject({ numberOfResults: 2, results: [{ type: 'software-catalog', rank: 1, document: { kind: 'API', name: 'parcels' } }] })
    const second = await ask(`term=parcels&pageLimit=1&pageCursor=${first.nextPageCursor}`)
    expect(second.results).toMatchObject([{ rank: 2, document: { name: 'parcels-desk' } }])
    expect(second.nextPageCursor).toBeUndefined()
  })

  it('filters by type and kind', async () => {
    expect((await ask('term=parcels&types[0]=techdocs')).results).toEqual([])
    expect((await ask('term=parcels&filters[kind]=Component')).results).toMatchObject([{ document: { name: 'parcels-desk' } }])
  })
})
