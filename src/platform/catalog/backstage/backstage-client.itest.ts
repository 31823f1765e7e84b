import { createHash } from 'node:crypto'
import { CATALOG_FILTER_EXISTS, CatalogClient } from '@backstage/catalog-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createRouter, httpFaults, serveHttp, systemCaller, type RunningServer } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createCatalog, type Catalog } from '../catalog.ts'
import { MemoryCatalogSource } from '../catalog-source.ts'

let database: TestDatabase
let catalog: Catalog
let server: RunningServer
let client: CatalogClient
const options = { token: 'good' }
const names = (items: readonly unknown[]): unknown[] => items.map((item) => (item as { metadata: { name: string } }).metadata.name)

beforeAll(async () => {
  database = await createTestDatabase()
  const source = new MemoryCatalogSource()
  catalog = createCatalog({
    db: database.db,
    journal: new MemoryJournal(),
    log: silentLogger,
    source,
    trusted: { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' },
    publicUrl: () => 'http://fairway.test',
  })
  const components = Array.from({ length: 7 }, (_, index) => {
    const type = index % 2 === 0 ? 'service' : 'website'
    return `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: c${index}, tags: [java, t${index}], annotations: {example.com/slug: acme/c${index}}}\nspec: {type: ${type}, lifecycle: production, owner: payments, system: shop, dependsOn: ["component:c0"]}\n`
  })
  const others = [
    'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec: {owner: payments}\n',
    'apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: shop-api, tags: [rest]}\nspec: {type: openapi, lifecycle: production, owner: payments, definition: "x"}\n',
  ]
  source.write('fairway/organisation', 'all.yaml', [...components, ...others].join('---\n'))
  await catalog.repositories.rescan()
  const fetchHandler = createRouter(catalog.routes, {
    log: silentLogger,
    authorize: async () => ({ isAllowed: true, reason: '' }),
    authenticate: async (request) => {
      const header = request.headers.get('authorization')
      if (header === null) return undefined
      if (header !== 'Bearer good') throw Object.assign(httpFaults.unauthenticated({}), { code: 'platform.identity.bad_token' })
      return systemCaller
    },
  })
  server = await serveHttp({ host: '127.0.0.1', port: 0, setting: 'none', fetch: fetchHandler })
  client = new CatalogClient({ discoveryApi: { getBaseUrl: async () => `http://127.0.0.1:${server.port}/api/catalog` } })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

describe('@backstage/catalog-client', () => {
  it('getEntities: filter, fields, order, limit, offset', async () => {
    const request = {
      filter: { kind: 'component', 'spec.type': ['service', 'website'] },
      fields: ['kind', 'metadata.name'],
      order: { field: 'metadata.name', order: 'asc' as const },
      limit: 2,
      offset: 1,
    }
    expect((await client.getEntities(request, options)).items).toEqual([
      { kind: 'Component', metadata: { name: 'c1' } },
      { kind: 'Component', metadata: { name: 'c2' } },
    ])
  })

  it('getEntities: alternatives and existence', async () => {
    const { items } = await client.getEntities(
      { filter: [{ kind: 'system' }, { kind: 'api', 'metadata.tags': CATALOG_FILTER_EXISTS }], order: { field: 'metadata.name', order: 'asc' } },
      options,
    )
    expect(names(items)).toEqual(['shop', 'shop-api'])
  })

  it.each([
    [{ 'metadata.tags': 'T3' }, ['c3']],
    [{ 'metadata.tags.t3': 'true' }, ['c3']],
    [{ 'metadata.annotations.example.com/slug': 'ACME/c4' }, ['c4']],
    [{ 'relations.hasPart': CATALOG_FILTER_EXISTS }, ['shop']],
    [{ 'relations.dependencyOf': 'component:default/c5' }, ['c0']],
    [{ 'relations.ownedBy': 'group:default/payments', kind: ['system', 'api'] }, ['shop', 'shop-api']],
  ])('getEntities: %j', async (filter, expected) => {
    const { items } = await client.getEntities({ filter, order: { field: 'metadata.name', order: 'asc' } }, options)
    expect(names(items)).toEqual(expected)
  })

  it('queryEntities: pages on and back, by the cursors that the client itself decodes', async () => {
    const first = await client.queryEntities(
      { filter: { kind: 'component' }, orderFields: { field: 'metadata.name', order: 'asc' }, fields: ['kind', 'metadata.name'], limit: 3 },
      options,
    )
    expect(names(first.items)).toEqual(['c0', 'c1', 'c2'])
    expect(first.totalItems).toBe(7)
    expect(first.pageInfo.prevCursor).toBeUndefined()
    const second = await client.queryEntities({ cursor: first.pageInfo.nextCursor ?? '', fields: ['metadata.name'], limit: 3 }, options)
    expect(names(second.items)).toEqual(['c3', 'c4', 'c5'])
    const third = await client.queryEntities({ cursor: second.pageInfo.nextCursor ?? '', limit: 3 }, options)
    expect(names(third.items)).toEqual(['c6'])
    expect(third.pageInfo.nextCursor).toBeUndefined()
    const back = await client.queryEntities({ cursor: third.pageInfo.prevCursor ?? '', limit: 3 }, options)
    expect(names(back.items)).toEqual(['c3', 'c4', 'c5'])
    const start = await client.queryEntities({ cursor: back.pageInfo.prevCursor ?? '', limit: 3 }, options)
    expect(names(start.items)).toEqual(['c0', 'c1', 'c2'])
    expect(start.pageInfo.prevCursor).toBeUndefined()
  })

  it('queryEntities: text, without a total', async () => {
    const found = await client.queryEntities(
      {
        filter: { kind: 'component' },
        fullTextFilter: { term: 'C3', fields: ['metadata.name', 'metadata.title'] },
        fields: ['metadata.name'],
        totalItems: 'exclude',
      },
      options,
    )
    expect(found).toMatchObject({ items: [{ metadata: { name: 'c3' } }], totalItems: 0 })
  })

  it('queryEntities: limit 0 only counts', async () => {
    expect(await client.queryEntities({ filter: { kind: 'component' }, limit: 0 }, options)).toEqual({ items: [], totalItems: 7, pageInfo: {} })
  })

  it('queryEntities: a predicate', async () => {
    const query = {
      $all: [
        { kind: 'component' },
        { 'spec.type': { $in: ['service'] } },
        { 'metadata.tags': { $contains: 'java' } },
        { $not: { 'metadata.name': { $hasPrefix: 'c6' } } },
      ],
    }
    const first = await client.queryEntities({ query, orderFields: [{ field: 'metadata.name', order: 'desc' }], limit: 2 }, options)
    expect(names(first.items)).toEqual(['c4', 'c2'])
    const second = await client.queryEntities({ cursor: first.pageInfo.nextCursor ?? '' }, options)
    expect(names(second.items)).toEqual(['c0'])
  })

  it('queryEntities: refuses a bad cursor', async () => {
    await expect(client.queryEntities({ cursor: 'nonsense' }, options)).rejects.toMatchObject({
      statusCode: 400,
      body: { error: { name: 'InputError' }, request: { method: 'GET', url: '/entities/by-query?cursor=nonsense' } },
    })
  })

  it('getEntityByRef, with what the catalog adds', async () => {
    const entity = await client.getEntityByRef('component:default/c1', options)
    expect(entity).toMatchObject({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name: 'c1',
        namespace: 'default',
        annotations: { 'backstage.io/managed-by-location': 'url:http://fairway.test/repositories/fairway/organisation/blob/main/all.yaml' },
      },
      relations: [
        { type: 'dependsOn', targetRef: 'component:default/c0' },
        { type: 'ownedBy', targetRef: 'group:default/payments' },
        { type: 'partOf', targetRef: 'system:default/shop' },
      ],
    })
    expect(await client.getEntityByRef('component:default/absent', options)).toBeUndefined()
  })

  it.each([
    [undefined, 'Missing credentials'],
    ['wrong', 'Illegal token'],
  ])('token %j: 401 %s', async (token, message) => {
    await expect(client.getEntityByRef('component:default/c1', token === undefined ? {} : { token })).rejects.toMatchObject({
      statusCode: 401,
      body: { error: { name: 'AuthenticationError', message } },
    })
  })

  it.each([
    '/entities?filter=kind%3D%00',
    '/entities/by-name/component/default/%00',
    '/entities/by-query?cursor=e30=',
    '/entities?limit=x',
    '/entities?order=x',
    '/entity-facets',
    '/entities/by-uid/x',
  ])("%s is the caller's fault", async (path) => {
    const response = await fetch(`http://127.0.0.1:${server.port}/api/catalog${path}`, { headers: { authorization: 'Bearer good' } })
    expect([400, 404]).toContain(response.status)
    expect(await response.json()).toMatchObject({ error: { name: expect.stringMatching(/InputError|NotFoundError/) as string } })
  })

  it.each([
    '/api/v1/entities?kind=%00',
    '/api/v1/entities?owner=%00&q=a',
    '/api/v1/entities/component/default/%00',
    '/api/v1/entities?cursor=x',
    '/api/v1/entities?q=c1&kind=component&owner=payments',
  ])('%s is answered, never with a 500', async (path) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers: { authorization: 'Bearer good' } })
    expect(response.status).toBeLessThan(500)
  })

  it('getEntitiesByRefs: in the order asked, absent and filtered ones undefined', async () => {
    const request = {
      entityRefs: ['component:default/c3', 'component:default/absent', 'system:default/shop'],
      fields: ['metadata.name'],
      filter: { kind: 'component' },
    }
    expect((await client.getEntitiesByRefs(request, options)).items).toEqual([{ metadata: { name: 'c3' } }, undefined, undefined])
  })

  it('getEntityFacets, by filter and by predicate', async () => {
    expect(await client.getEntityFacets({ facets: ['kind', 'spec.lifecycle'], filter: { kind: ['component', 'api'] } }, options)).toEqual({
      facets: {
        kind: [
          { value: 'API', count: 1 },
          { value: 'Component', count: 7 },
        ],
        'spec.lifecycle': [{ value: 'production', count: 8 }],
      },
    })
    expect(await client.getEntityFacets({ facets: ['spec.type'], query: { kind: 'component' } }, options)).toMatchObject({
      facets: {
        'spec.type': [
          { value: 'service', count: 4 },
          { value: 'website', count: 3 },
        ],
      },
    })
  })

  it('getEntityAncestors: the Location entities that an entity comes from, by name or by their generated one', async () => {
    const file = (path: string, text: string, parent?: string) => ({
      path,
      text,
      location: `url:http://x.test/${path}`,
      ...(parent === undefined ? {} : { parent }),
    })
    const head = 'apiVersion: backstage.io/v1alpha1\n'
    await catalog.ingestion.take({
      source: 'location:1',
      files: [
        file('all.yaml', `${head}kind: Location\nmetadata: {name: all}\nspec: {targets: [./a.yaml]}\n`),
        file('a.yaml', `${head}kind: System\nmetadata: {name: listed}\nspec: {owner: x}\n`, 'location:default/all'),
        file(
          'generated',
          `${head}kind: Location\nmetadata: {name: generated-${createHash('sha1').update('url:http://x.test/all.yaml').digest('hex')}}\nspec: {type: url, target: "http://x.test/all.yaml"}\n`,
        ),
      ],
      isComplete: true,
      commit: null,
      actor: 'x',
      trust: { level: 'catalog' },
    })
    const answer = await client.getEntityAncestors({ entityRef: 'system:default/listed' }, options)
    expect(answer.rootEntityRef).toBe('system:default/listed')
    expect(answer.items.map(({ entity, parentEntityRefs }) => [entity.metadata.name, parentEntityRefs])).toEqual([
      ['listed', ['location:default/all']],
      ['all', [expect.stringMatching(/^location:default\/generated-/)]],
      [expect.stringMatching(/^generated-/), []],
    ])
    await catalog.ingestion.removeSource('location:1', 'x')
  })

  it('removeEntityByUid: gone, and gone again', async () => {
    const uid = (await client.getEntityByRef('component:default/c6', options))?.metadata.uid ?? ''
    await client.removeEntityByUid(uid, options)
    await client.removeEntityByUid(uid, options)
    await client.removeEntityByUid('nonsense', options)
    expect(await client.getEntityByRef('component:default/c6', options)).toBeUndefined()
  })

  it('getEntities without a limit: all of them, streamed when they are many', async () => {
    const files = Array.from({ length: 5 }, (_, at) => ({
      path: `${at}.yaml`,
      text: Array.from(
        { length: 150 },
        (__, index) => `apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: d${at}-${index}}\nspec: {owner: x}\n`,
      ).join('---\n'),
      location: `url:http://x.test/${at}.yaml`,
    }))
    await catalog.ingestion.take({ source: 'location:2', files, isComplete: true, commit: null, actor: 'x', trust: { level: 'catalog' } })
    const { items } = await client.getEntities({ filter: { kind: 'domain' } }, options)
    expect(new Set(names(items)).size).toBe(750)
    expect((await client.getEntities({ filter: { kind: 'domain' }, fields: ['kind'], limit: 300, offset: 600 }, options)).items).toHaveLength(150)
    const refs = items.map((item) => `domain:default/${item.metadata.name}`)
    expect((await client.getEntitiesByRefs({ entityRefs: refs }, options)).items.every(Boolean)).toBe(true)
    let count = 0
    for await (const page of client.streamEntities({ filter: { kind: 'domain' } }, options)) count += page.length
    expect(count).toBe(750)
  })
})
