import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createRouter, systemCaller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createCatalog, type Catalog } from './catalog.ts'
import { MemoryCatalogSource } from './catalog-source.ts'

let database: TestDatabase
let catalog: Catalog
let fetchHandler: (request: Request) => Promise<Response>
const head = 'apiVersion: backstage.io/v1alpha1\n'
const component = (name: string, extra = '', meta = ''): string =>
  `${head}kind: Component\nmetadata: {name: ${name}${meta}}\nspec: {type: service, lifecycle: production, owner: payments${extra}}\n`

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
  fetchHandler = createRouter(catalog.routes, {
    log: silentLogger,
    authorize: async () => ({ isAllowed: true, reason: '' }),
    authenticate: async () => systemCaller,
  })
  source.write(
    'fairway/organisation',
    'groups.yaml',
    `${head}kind: Group\nmetadata: {name: payments, title: Payments Team}\nspec: {type: team, children: []}\n`,
  )
  source.write(
    'acme/orders',
    'catalog-info.yaml',
    [
      component('orders', ', system: shop, dependsOn: ["resource:db", "component:missing"]', ', description: Takes orders, tags: [java]'),
      component('billing', ', system: shop, dependsOn: ["component:orders"]'),
      component('old').replace('production', 'deprecated'),
      `${head}kind: System\nmetadata: {name: shop}\nspec: {owner: payments}\n`,
      `${head}kind: Resource\nmetadata: {name: db}\nspec: {type: database, owner: payments}\n`,
    ].join('---\n'),
  )
  await catalog.repositories.rescan()
})
afterAll(async () => await database[Symbol.asyncDispose]())

async function get(path: string): Promise<{ status: number; body: never }> {
  const response = await fetchHandler(new Request(`http://fairway.test${path}`))
  return { status: response.status, body: (await response.json()) as never }
}
async function post(path: string, body: unknown): Promise<{ status: number; body: never }> {
  const response = await fetchHandler(new Request(`http://fairway.test${path}`, { method: 'POST', body: JSON.stringify(body) }))
  return { status: response.status, body: (await response.json()) as never }
}
async function listed(query: string): Promise<string[]> {
  const { body } = await get(`/api/v1/entities?${query}`)
  return (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name)
}

describe('list', () => {
  it.each([
    ['kind=component', ['billing', 'old', 'orders']],
    ['kind=component,system', ['billing', 'old', 'orders', 'shop']],
    ['kind=component&lifecycle=production', ['billing', 'orders']],
    ['owner=payments&kind=resource', ['db']],
    ['owner=group:default/payments&type=database', ['db']],
    ['system=shop', ['billing', 'orders']],
    ['tag=java', ['orders']],
    ['tag=java,go', ['orders']],
    ['filter=kind%3Dcomponent,spec.lifecycle%3Ddeprecated&filter=kind%3Dsystem', ['old', 'shop']],
    ['q=takes', ['orders']],
    ['q=ORD+java', ['orders']],
    ['q=payments+shop', ['shop']],
    ['q=nothing-like-this', []],
    ['kind=component&orderBy=metadata.name,desc', ['orders', 'old', 'billing']],
    ['kind=component&orderBy=spec.lifecycle,asc&orderBy=metadata.name,desc', ['old', 'orders', 'billing']],
    ['kind=component&orderBy=metadata.description,asc;metadata.name,asc', ['orders', 'billing', 'old']],
  ])('%s', async (query, expected) => {
    expect(await listed(query)).toEqual(expected)
  })

  it('pages through all, each once, with the total of all', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body } = await get(`/api/v1/entities?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      const page = body as { items: { metadata: { name: string } }[]; nextCursor: string | null; total: number }
      expect(page.total).toBe(6)
      seen.push(...page.items.map(({ metadata }) => metadata.name))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(['billing', 'db', 'old', 'orders', 'payments', 'shop'])
  })

  it('gives only the fields that are asked for', async () => {
    expect((await get('/api/v1/entities?kind=system&fields=kind,metadata.name')).body).toMatchObject({
      items: [{ kind: 'System', metadata: { name: 'shop' } }],
    })
  })
})

it('facets count over what matches', async () => {
  expect((await get('/api/v1/entities/facets?facet=kind&facet=relations.ownedBy&owner=payments&kind=component')).body).toEqual({
    facets: { kind: [{ value: 'Component', count: 3 }], 'relations.ownedBy': [{ value: 'group:default/payments', count: 3 }] },
    total: 3,
  })
})

describe('graph', () => {
  it('goes out from a root, in one direction a pair, with what is missing', async () => {
    const { body } = await get('/api/v1/entities/graph?root=component:default/orders&depth=1')
    expect(body).toMatchObject({ isTruncated: false, total: 1 })
    const { nodes, edges } = body as { nodes: { ref: string; isMissing: boolean; title: string }[]; edges: object[] }
    expect(Object.fromEntries(nodes.map(({ ref, isMissing }) => [ref, isMissing]))).toEqual({
      'component:default/orders': false,
      'component:default/billing': false,
      'component:default/missing': true,
      'group:default/payments': false,
      'resource:default/db': false,
      'system:default/shop': false,
    })
    expect(edges).toContainEqual({ source: 'component:default/billing', type: 'dependsOn', target: 'component:default/orders' })
    expect(edges).toContainEqual({ source: 'component:default/orders', type: 'partOf', target: 'system:default/shop' })
    expect(edges).not.toContainEqual(expect.objectContaining({ type: 'hasPart' }))
  })

  it('follows only the types that are asked for, from a missing one too', async () => {
    const { body } = await get('/api/v1/entities/graph?root=component:default/missing&depth=2&types=dependsOn')
    expect((body as { nodes: { ref: string }[] }).nodes.map(({ ref }) => ref).sort()).toEqual([
      'component:default/billing',
      'component:default/missing',
      'component:default/orders',
      'resource:default/db',
    ])
  })

  it('shows what matches with the edges between, and says when it is not all', async () => {
    expect((await get('/api/v1/entities/graph?kind=component')).body).toMatchObject({
      edges: [{ source: 'component:default/billing', type: 'dependsOn', target: 'component:default/orders' }],
      total: 3,
      isTruncated: false,
    })
    expect((await get('/api/v1/entities/graph?limit=2')).body).toMatchObject({ total: 6, isTruncated: true })
    expect((await get('/api/v1/entities/graph?root=system:default/shop&depth=5&limit=3')).body).toMatchObject({ isTruncated: true, nodes: { length: 3 } })
  })
})

describe('validate', () => {
  it('tells what a file would alter, and writes nothing', async () => {
    const text = [component('orders', ', system: shop'), component('fresh'), component('db').replace('Component', 'Nonsense')].join('---\n')
    const { body } = await post('/api/v1/entities/validate', { text, file: 'acme/orders/catalog-info.yaml' })
    expect(body).toMatchObject({
      entities: [
        { ref: 'component:default/orders', change: 'altered', before: { spec: { dependsOn: ['resource:db', 'component:missing'] } } },
        { ref: 'component:default/fresh', change: 'added', before: null },
      ],
      problems: [{ field: 'kind', file: 'acme/orders/catalog-info.yaml', line: 12, column: 1 }],
    })
    expect(await catalog.query.findByRef('component:default/fresh')).toBeUndefined()
    expect((await post('/api/v1/entities/validate', { text: component('orders'), file: 'acme/other/catalog-info.yaml' })).body).toMatchObject({
      entities: [{ change: 'conflict' }],
    })
    expect(
      (await post('/api/v1/entities/validate', { text: `${head}kind: System\nmetadata: {name: shop}\nspec: {owner: payments}\n`, file: 'catalog-info.yaml' }))
        .body,
    ).toMatchObject({
      problems: [],
      entities: [{ change: 'unchanged' }],
    })
  })
})

it('an entity comes with the titles of those around it, and who else declares it', async () => {
  await catalog.ingestion.take({
    source: 'location:1',
    files: [{ path: 'a.yaml', text: component('orders'), location: 'url:http://x.test/a.yaml' }],
    isComplete: true,
    commit: null,
    actor: 'x',
    trust: { level: 'catalog' },
  })
  expect((await get('/api/v1/entities/component/default/orders')).body).toMatchObject({
    relations: expect.arrayContaining([{ type: 'ownedBy', targetRef: 'group:default/payments', title: 'Payments Team' }]) as unknown,
    isOrphan: false,
    conflicts: [{ source: 'location:1', path: 'a.yaml' }],
    source: { repository: 'acme/orders', path: 'catalog-info.yaml' },
  })
  expect((await get('/api/v1/entities/component/default/absent')).status).toBe(404)
})

/** How many of each fuzz run; `tools` with more time can take more. */
const FUZZ_RUNS = 2_500
const key = fc.oneof(
  fc.constantFrom(
    'kind',
    'metadata.name',
    'relations.ownedBy',
    'metadata.tags',
    'metadata.uid',
    'relations',
    '__proto__',
    'constructor',
    'toString',
    '',
    '.',
    '..',
    '\u0000',
    'a'.repeat(400),
  ),
  fc.string({ maxLength: 20 }),
)
const junk = fc.oneof(
  fc.constantFrom('component', 'true', '*', '%', "'; drop table entity; --", '\\', '\ud800', '$where', 'null'),
  fc.string({ maxLength: 30 }),
)

describe('never fails, and never takes long, whatever it is asked', () => {
  it('by parameters', async () => {
    const parameter = fc.tuple(
      fc.constantFrom(
        'filter',
        'fields',
        'limit',
        'offset',
        'order',
        'orderField',
        'cursor',
        'after',
        'fullTextFilterTerm',
        'fullTextFilterFields',
        'totalItems',
        'facet',
        'q',
        'kind',
        'owner',
        'orderBy',
        'root',
        'depth',
        'types',
      ),
      fc.oneof(
        fc.tuple(key, junk).map(([name, value]) => `${name}=${value}`),
        junk,
        key.map((name) => `${name},asc`),
        key.map((name) => `desc:${name}`),
        fc.integer().map(String),
        fc.object({ maxDepth: 2 }).map((value) => Buffer.from(JSON.stringify(value)).toString('base64')),
      ),
    )
    const path = fc.constantFrom(
      '/api/catalog/entities',
      '/api/catalog/entities/by-query',
      '/api/catalog/entity-facets',
      '/api/v1/entities',
      '/api/v1/entities/facets',
      '/api/v1/entities/graph',
    )
    await fc.assert(
      fc.asyncProperty(path, fc.array(parameter, { maxLength: 6 }), async (at, parameters) => {
        const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&')
        const response = await fetchHandler(new Request(`http://fairway.test${at}?${query}`))
        await response.text()
        expect({ query, status: response.status }).toEqual({ query, status: expect.toSatisfy((status: number) => [200, 400].includes(status)) as number })
      }),
      { numRuns: FUZZ_RUNS },
    )
  })

  it('by predicates', async () => {
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.dictionary(
          key,
          fc.oneof(
            junk,
            fc.integer(),
            fc.boolean(),
            fc
              .constantFrom('$in', '$contains', '$exists', '$hasPrefix', '$any')
              .chain((operator) =>
                fc.oneof(junk, fc.boolean(), fc.array(junk, { maxLength: 3 }), fc.object({ maxDepth: 1 })).map((operand) => ({ [operator]: operand })),
              ),
          ),
          { maxKeys: 2 },
        ),
        fc
          .tuple(fc.constantFrom('$all', '$any', '$not', '$words', '$text'), fc.oneof(fc.array(tie('node'), { maxLength: 3 }), tie('node')))
          .map(([operator, operand]) => ({ [operator]: operand })),
        fc.anything({ maxDepth: 2 }),
      ),
    }))
    const path = fc.constantFrom('/api/catalog/entities/by-query', '/api/catalog/entity-facets', '/api/catalog/entities/by-refs')
    await fc.assert(
      fc.asyncProperty(path, node, fc.option(fc.string(), { nil: undefined }), async (at, query, cursor) => {
        const text = safeJson({ query, cursor, facets: ['kind'], entityRefs: ['component:default/orders'] })
        const response = await fetchHandler(new Request(`http://fairway.test${at}`, { method: 'POST', body: text }))
        await response.text()
        expect({ text, status: response.status }).toEqual({ text, status: expect.toSatisfy((status: number) => [200, 400].includes(status)) as number })
      }),
      { numRuns: FUZZ_RUNS },
    )
  })
})

function safeJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? String(member) : member))
}
