import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { CATALOG_FILTER_EXISTS, CatalogClient, type EntityFilterQuery } from '@backstage/catalog-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, organisationLoaded, startPlatformProcess, type PlatformProcess } from '#harness'

// Backstage's own client against the started platform: every method that it has, and the traps that a compatible server must get right.

type FilterPredicate = NonNullable<Parameters<CatalogClient['getEntityFacets']>[0]['query']>

const pages = new Map<string, string>()
let web: Server
let base: string
let platform: PlatformProcess
let client: CatalogClient
let options: { token: string }

const yaml = (kind: string, name: string, spec: string, metadata = ''): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}${metadata}}\nspec: {${spec}}\n`
const component = (name: string, type: string, metadata = '', more = ''): string =>
  yaml('Component', name, `type: ${type}, lifecycle: production, owner: team-a, system: shop${more}`, metadata)

beforeAll(async () => {
  web = createServer((request, response) => {
    const body = pages.get((request.url ?? '').slice(1))
    response.writeHead(body === undefined ? 404 : 200).end(body)
  }).listen(0, '127.0.0.1')
  await once(web, 'listening')
  const host = `127.0.0.1:${(web.address() as AddressInfo).port}`
  base = `http://${host}`
  platform = await startPlatformProcess({ flags: ['--no-walk'], environment: { FAIRWAY_EGRESS_ALLOW: host } })
  await organisationLoaded(platform.administrator)
  options = { token: (await readFile(path.join(platform.dataDir, 'admin.token'), 'utf8')).trim() }
  client = new CatalogClient({ discoveryApi: { getBaseUrl: async () => await Promise.resolve(`${platform.url}/api/catalog`) } })
  pages.set(
    'all.yaml',
    [
      component('tide-a', 'service', ', title: Alpha, tags: [java, web], labels: {tier: "1"}, annotations: {example.com/slug: Acme/A}'),
      component('tide-b', 'service', ', tags: [go]', ', dependsOn: ["component:tide-a"]'),
      component('tide-c', 'website', ', tags: [java]'),
      component('tide-d', 'library', '', ', extra: null'),
      component('tide-e', 'service', ', title: Payments, namespace: other'),
      yaml('API', 'tide-api', 'type: openapi, lifecycle: production, owner: team-a, definition: x'),
      yaml('AiResource', 'tide-rule', 'type: rule, lifecycle: production, owner: team-a, category: style, rationale: because'),
      yaml('API', 'tide-mcp', 'type: mcp-server, lifecycle: production, owner: team-a, remotes: [{type: sse, url: "http://x"}]'),
    ].join('---\n'),
  )
  await client.addLocation({ type: 'url', target: `${base}/all.yaml` }, options)
  await eventually('the entities', async () => await client.getEntityByRef('api:default/tide-mcp', options))
})
afterAll(async () => {
  await platform?.[Symbol.asyncDispose]()
  web?.close()
})

const names = (items: readonly ({ metadata: { name: string } } | undefined)[]): (string | undefined)[] => items.map((item) => item?.metadata.name)
const mine = { 'metadata.name': ['tide-a', 'tide-b', 'tide-c', 'tide-d', 'tide-e', 'tide-api', 'tide-rule', 'tide-mcp'] }
const byName = { field: 'metadata.name', order: 'asc' as const }

interface Answer {
  status: number
  headers: Headers
  body: unknown
}
async function raw(method: string, route: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${platform.url}/api/catalog${route}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${options.token}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? '' : (JSON.parse(text) as unknown) }
}

describe('filters of getEntities', () => {
  it.each<[EntityFilterQuery, string[]]>([
    [{ kind: 'component', 'spec.type': ['service', 'website'], 'metadata.namespace': 'default' }, ['tide-a', 'tide-b', 'tide-c']],
    [{ KIND: 'COMPONENT', 'Spec.Type': 'LIBRARY' }, ['tide-d']],
    [{ ...mine, 'metadata.tags': CATALOG_FILTER_EXISTS }, ['tide-a', 'tide-b', 'tide-c']],
    [{ 'metadata.tags.java': 'true', ...mine }, ['tide-a', 'tide-c']],
    [{ 'metadata.labels.tier': '1', ...mine }, ['tide-a']],
    [{ 'metadata.annotations.example.com/slug': 'acme/a' }, ['tide-a']],
    [
      [{ 'metadata.name': 'tide-d' }, { kind: 'api', 'metadata.name': CATALOG_FILTER_EXISTS, 'relations.ownedBy': 'group:default/team-a' }],
      ['tide-api', 'tide-d', 'tide-mcp'],
    ],
    [{ 'relations.dependencyOf': 'component:default/tide-b' }, ['tide-a']],
    [{ 'relations.partOf': 'system:other/shop' }, ['tide-e']],
    [{ 'spec.remotes.url': 'http://x' }, ['tide-mcp']],
    [{ 'spec.extra': CATALOG_FILTER_EXISTS }, ['tide-d']],
    [{ 'spec.extra': 'null' }, []],
    [{ 'metadata.name': 'nobody' }, []],
  ])('%j', async (filter, expected) => {
    expect(names((await client.getEntities({ filter, order: byName }, options)).items)).toEqual(expected)
    const { items, totalItems } = await client.queryEntities({ filter, orderFields: byName }, options)
    expect([names(items), totalItems]).toEqual([expected, expected.length])
  })
})

describe('predicates', () => {
  const among = (query: FilterPredicate): FilterPredicate => ({
    $all: [{ 'metadata.name': { $hasPrefix: 'TIDE-' } }, { kind: { $in: ['component', 'API', 'airesource'] } }, query],
  })
  it.each<[FilterPredicate, string[]]>([
    [{ $any: [{ 'spec.type': 'library' }, { 'spec.type': 'rule' }] }, ['tide-d', 'tide-rule']],
    [{ $not: { kind: 'component' } }, ['tide-api', 'tide-mcp', 'tide-rule']],
    [{ 'metadata.tags': { $contains: 'JAVA' } }, ['tide-a', 'tide-c']],
    [{ 'metadata.tags': { $exists: false }, kind: 'component' }, ['tide-d', 'tide-e']],
    [{ 'spec.type': { $in: [] } }, []],
    [{ $any: [] }, []],
    [{ $all: [], $not: undefined } as unknown as FilterPredicate, ['tide-a', 'tide-api', 'tide-b', 'tide-c', 'tide-d', 'tide-e', 'tide-mcp', 'tide-rule']],
    [{ relations: { $contains: { type: 'dependsOn' } } }, ['tide-b']],
    [{ relations: { $contains: { type: 'PARTOF', targetRef: { $in: ['system:other/shop', 'x'] } } } }, ['tide-e']],
    [{ $not: { $any: [{ 'spec.type': { $hasPrefix: 's' } }, { $all: [{ kind: 'api' }] }] } }, ['tide-c', 'tide-d', 'tide-rule']],
  ])('%j', async (query, expected) => {
    const { items, totalItems } = await client.queryEntities({ query: among(query), orderFields: byName }, options)
    expect([names(items), totalItems]).toEqual([expected, expected.length])
    const facets = await client.getEntityFacets({ facets: ['metadata.name'], query: among(query) }, options)
    expect(facets.facets['metadata.name']?.map(({ value }) => value)).toEqual(expected)
    const refs = ['component:default/tide-a', 'component:default/tide-d', 'component:default/absent']
    const found = await client.getEntitiesByRefs({ entityRefs: refs, query: among(query) }, options)
    expect(names(found.items)).toEqual(['tide-a', 'tide-d', undefined].map((name) => (name !== undefined && expected.includes(name) ? name : undefined)))
  })

  it.each([
    'a',
    [],
    null,
    { $foo: [] },
    { kind: { $foo: 1 } },
    { kind: null },
    { kind: ['a'] },
    { $all: {} },
    { $all: [], kind: 'a' },
    { $not: [] },
    { 'spec.type': { $in: 'a' } },
    { 'spec.type': { $exists: 'a' } },
    { 'spec.type': { $hasPrefix: 1 } },
    { 'metadata.links': { $contains: { url: 'x' } } },
    { relations: { $contains: { targetRef: 'x' } } },
    { relations: { $contains: { type: 'x', other: 'y' } } },
    { relations: { $contains: { type: 'x', targetRef: { $in: [] } } } },
  ])('%j is refused, on every route', async (query) => {
    for (const [route, body] of [
      ['/entities/by-query', {}],
      ['/entities/by-refs', { entityRefs: [] }],
      ['/entity-facets', { facets: ['kind'] }],
      ['/locations/by-query', {}],
    ] as const) {
      const answer = await raw('POST', route, { ...body, query })
      expect([route, answer.status]).toEqual([route, 400])
      expect(answer.body).toMatchObject({ error: { name: 'InputError' }, request: { method: 'POST', url: route }, response: { statusCode: 400 } })
    }
  })
})

describe('trap', () => {
  it('1: a cursor decodes to JSON, and paging goes on by GET or by POST', async () => {
    const first = await client.queryEntities({ filter: { kind: 'component', ...mine }, orderFields: byName, limit: 2 }, options)
    const cursor = first.pageInfo.nextCursor ?? ''
    const decoded = JSON.parse(atob(cursor)) as Record<string, unknown>
    expect(decoded).toMatchObject({
      orderFields: [{ field: 'metadata.name', order: 'asc' }],
      isPrevious: false,
      query: { $all: [{ kind: 'component' }, { 'metadata.name': { $in: mine['metadata.name'] } }] },
      fullTextFilter: { term: '' },
      orderFieldValues: ['tide-b', expect.any(String) as string],
      firstSortFieldValues: ['tide-a', expect.any(String) as string],
      totalItems: 5,
    })
    const byPost = await client.queryEntities({ cursor, limit: 2 }, options)
    const byGet = await raw('GET', `/entities/by-query?cursor=${encodeURIComponent(cursor)}&limit=2`)
    expect(byGet.body).toEqual(byPost)
    expect(names(byPost.items)).toEqual(['tide-c', 'tide-d'])
    const last = await client.queryEntities({ cursor: byPost.pageInfo.nextCursor ?? '', limit: 2 }, options)
    expect(names(last.items)).toEqual(['tide-e'])
    expect(last.pageInfo.nextCursor).toBeUndefined()
    const back = await client.queryEntities({ cursor: last.pageInfo.prevCursor ?? '', limit: 2 }, options)
    expect(names(back.items)).toEqual(['tide-c', 'tide-d'])
    const start = await client.queryEntities({ cursor: back.pageInfo.prevCursor ?? '', limit: 2 }, options)
    expect([names(start.items), start.pageInfo.prevCursor]).toEqual([['tide-a', 'tide-b'], undefined])
    // Without a filter there is no `query`, and the client goes on by GET; without an order there is the uid alone.
    const all = await client.queryEntities({ limit: 1 }, options)
    const plain = JSON.parse(atob(all.pageInfo.nextCursor ?? '')) as { orderFieldValues: unknown[] }
    expect(plain).not.toHaveProperty('query')
    expect(plain.orderFieldValues).toHaveLength(1)
    expect((await client.queryEntities({ cursor: all.pageInfo.nextCursor ?? '', limit: 1 }, options)).items).toHaveLength(1)
    for (const bad of ['nonsense', '', 'e30=', btoa('{"query":1}')])
      expect(await raw('POST', '/entities/by-query', { cursor: bad })).toMatchObject({ status: 400, body: { error: { name: 'InputError' } } })
  })

  it('2: fields are one parameter with commas, a filter the same key twice', async () => {
    const route =
      '/entities?fields=kind,metadata.name,spec.absent,metadata.annotations.example.com/slug&filter=metadata.name=TIDE-A,metadata.name=tide-d&order=asc:metadata.name'
    expect((await raw('GET', route)).body).toEqual([
      { kind: 'Component', metadata: { name: 'tide-a', annotations: { 'example.com/slug': 'Acme/A' } } },
      { kind: 'Component', metadata: { name: 'tide-d' } },
    ])
    expect(await raw('GET', '/entities?fields=a[0]')).toMatchObject({
      status: 400,
      body: { error: { message: 'invalid fields, array type fields are not supported' } },
    })
    expect((await raw('GET', '/entities?filter==x')).status).toBe(400)
  })

  it('3: GET /entities is a bare list, ordered as asc:field, with after and a link to it', async () => {
    const answer = await raw(
      'GET',
      '/entities?filter=kind=component,metadata.namespace=default,spec.system=shop&order=desc:metadata.name&limit=2&fields=metadata.name',
    )
    expect(names(answer.body as never)).toEqual(['tide-d', 'tide-c'])
    const next = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? ''
    const second = await raw('GET', next)
    expect([names(second.body as never), second.headers.get('link')]).toEqual([['tide-b', 'tide-a'], null])
    expect((await raw('GET', '/entities?after=x')).status).toBe(400)
    expect((await raw('GET', '/entities?order=metadata.name,asc')).status).toBe(400)
    const posted = await raw('POST', '/entities/by-query', {
      query: { kind: 'component', 'spec.system': 'shop' },
      orderBy: [{ field: 'metadata.name', order: 'desc' }],
      limit: 1,
    })
    expect(names((posted.body as { items: never[] }).items)).toEqual(['tide-e'])
  })

  it('4: totals that are left out, limit 0, and fields anew on every page', async () => {
    const filter = { kind: 'component', ...mine }
    expect(await client.queryEntities({ filter, limit: 0 }, options)).toEqual({ items: [], totalItems: 5, pageInfo: {} })
    const first = await client.queryEntities({ filter, limit: 1, orderFields: byName, totalItems: 'exclude', fields: ['kind'] }, options)
    expect([first.items, first.totalItems]).toEqual([[{ kind: 'Component' }], 0])
    const second = await client.queryEntities({ cursor: first.pageInfo.nextCursor ?? '', limit: 1, fields: ['metadata.name'] }, options)
    expect([second.items, second.totalItems]).toEqual([[{ metadata: { name: 'tide-b' } }], 0])
    // Who lacks the field that is ordered by is left out.
    expect(names((await client.queryEntities({ filter, orderFields: { field: 'metadata.title', order: 'desc' } }, options)).items)).toEqual([
      'tide-e',
      'tide-a',
    ])
  })

  it('5: refs in the order asked, null for those that are not there or do not match', async () => {
    const entityRefs = ['system:default/nobody', 'component:other/tide-e', 'api:default/tide-api', 'component:default/tide-a']
    const answer = await raw('POST', '/entities/by-refs?filter=kind%3Dcomponent', { entityRefs, fields: ['metadata.name'] })
    expect(answer.body).toEqual({ items: [null, { metadata: { name: 'tide-e' } }, null, { metadata: { name: 'tide-a' } }] })
    const many = Array.from({ length: 2_500 }, (_, at) => (at === 2_400 ? 'component:default/tide-c' : `component:default/absent-${at}`))
    const { items } = await client.getEntitiesByRefs({ entityRefs: many }, options)
    expect([items.length, items.filter(Boolean).length, items[2_400]?.metadata.name]).toEqual([2_500, 1, 'tide-c'])
  })

  it('6: text without fields looks in the field of the order alone', async () => {
    const found = async (fullTextFilter: { term: string; fields?: string[] }, orderFields?: typeof byName): Promise<unknown> =>
      names((await client.queryEntities({ filter: mine, fullTextFilter, ...(orderFields ? { orderFields } : {}) }, options)).items)
    expect(await found({ term: 'payments' })).toEqual([])
    expect(await found({ term: 'AYMENT', fields: ['metadata.name', 'metadata.title'] })).toEqual(['tide-e'])
    expect(await found({ term: 'ide-ap' }, byName)).toEqual(['tide-api'])
    expect(await found({ term: 'payments' }, byName)).toEqual([])
    expect(await found({ term: '%', fields: ['metadata.name'] })).toEqual([])
  })

  it('7: errors, and what differs from them', async () => {
    for (const [headers, message] of [
      [{ authorization: '' }, 'Missing credentials'],
      [{ authorization: 'Bearer wrong' }, 'Illegal token'],
    ] as const) {
      const answer = await fetch(`${platform.url}/api/catalog/entities?limit=1`, { headers: headers.authorization === '' ? {} : headers })
      expect([answer.status, await answer.json()]).toEqual([
        401,
        { error: { name: 'AuthenticationError', message }, request: { method: 'GET', url: '/entities?limit=1' }, response: { statusCode: 401 } },
      ])
    }
    await expect(client.getEntityByRef('component:default/tide-a')).rejects.toMatchObject({
      name: 'ResponseError',
      statusCode: 401,
      body: { error: { name: 'AuthenticationError' } },
    })
    expect(await client.getEntityByRef('component:default/absent', options)).toBeUndefined()
    expect(await raw('GET', '/entities/by-name/component/default/absent')).toMatchObject({
      status: 404,
      body: { error: { name: 'NotFoundError', message: "No entity named 'absent' found, with kind 'component' in namespace 'default'" } },
    })
    expect(await raw('DELETE', '/entities/by-uid/00000000-0000-0000-0000-000000000000')).toMatchObject({ status: 204, body: '' })
    expect(await raw('DELETE', '/locations/00000000-0000-0000-0000-000000000000')).toMatchObject({ status: 404 })
    await client.refreshEntity('component:default/tide-a', options)
    await expect(client.refreshEntity('component:default/absent', options)).rejects.toThrow(/404/)
    const entity = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'API',
      metadata: { name: 'ok' },
      spec: { type: 'mcp-server', lifecycle: 'x', owner: 'x', remotes: [{ type: 'a', url: 'b' }] },
    }
    expect(await raw('POST', '/validate-entity', { entity, location: 'url:http://localhost/x' })).toMatchObject({ status: 200, body: '' })
    for (const [location, message] of [
      ['file:/x', "Invalid location ref file:/x, only 'url:<target>' is supported, e.g. url:https://host/path"],
      ['nonsense', expect.stringContaining('nonsense') as string],
    ])
      expect(await raw('POST', '/validate-entity', { entity, location })).toMatchObject({ status: 400, body: { errors: [{ name: 'TypeError', message }] } })
    expect(await client.validateEntity({ ...entity, kind: 'Foo' }, 'url:http://x', options)).toMatchObject({
      valid: false,
      errors: [
        {
          message: expect.stringContaining(
            'No processor recognized the entity foo:default/ok as valid, possibly caused by a foreign kind or apiVersion',
          ) as string,
        },
      ],
    })
    expect(await raw('POST', '/validate-entity', { entity })).toMatchObject({ status: 400, body: { errors: [{ name: 'InputError' }] } })
  })

  it('8: adding a location, and finding it again', async () => {
    const target = `${base}/one.yaml`
    pages.set('one.yaml', component('tide-one', 'service'))
    const dry = await client.addLocation({ type: 'url', target, dryRun: true }, options)
    expect(dry).toMatchObject({
      exists: false,
      location: { id: `url:${target}`, type: 'url', target },
      entities: [{ kind: 'Location' }, { metadata: { name: 'tide-one' } }],
    })
    expect(await client.getLocationByRef(`url:${target}`, options)).toBeUndefined()
    const { location, entities } = await client.addLocation({ type: 'url', target }, options)
    expect([location.target, location.type, entities]).toEqual([target, 'url', []])
    await expect(client.addLocation({ type: 'url', target }, options)).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { name: 'ConflictError', message: `Location url:${target} already exists` } },
    })
    expect(await raw('POST', '/locations?onConflict=refresh', { type: 'url', target })).toMatchObject({
      status: 201,
      body: { location: { id: location.id }, entities: [] },
    })
    expect((await raw('POST', '/locations', { type: 'file', target: '/x' })).status).toBe(400)
    expect(await client.getLocationByRef(`url:${target}`, options)).toEqual(location)
    expect(await client.getLocationById(location.id, options)).toEqual(location)
    await eventually('the entity', async () => await client.getEntityByRef('component:default/tide-one', options))
    expect(await client.getLocationByEntity('component:default/tide-one', options)).toEqual(location)
    expect((await client.getLocations({}, options)).items).toContainEqual(location)
    expect(await client.queryLocations({ query: { target: { $hasPrefix: base.toUpperCase() } }, limit: 1 }, options)).toMatchObject({
      totalItems: 2,
      items: [{}],
    })
    const seen: string[] = []
    for await (const page of client.streamLocations({ query: { $not: { target } } }, options)) seen.push(...page.map((item) => item.target))
    expect(seen).toContain(`${base}/all.yaml`)
    expect(seen).not.toContain(target)
    pages.set('two.yaml', component('tide-two', 'service'))
    expect(await client.updateLocation(location.id, { type: 'url', target: `${base}/two.yaml` }, options)).toMatchObject({
      id: location.id,
      target: `${base}/two.yaml`,
    })
    await eventually('the other entity', async () => await client.getEntityByRef('component:default/tide-two', options))
    const found = await client.analyzeLocation({ location: { type: 'url', target: `${platform.url}/repositories/fairway/organisation` } }, options)
    expect(Object.keys(found).sort()).toEqual(['existingEntityFiles', 'generateEntities'])
    await client.removeLocationById(location.id, options)
    expect(await client.getEntityByRef('component:default/tide-two', options)).toBeUndefined()
  })

  it('9: what the catalog adds to an entity, and where a tag is sent', async () => {
    const whole = await raw('GET', '/entities/by-name/Component/Default/TIDE-A')
    const place = `url:${base}/all.yaml`
    expect(Object.keys(whole.body as object).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'relations', 'spec'])
    expect(whole.body).toMatchObject({
      metadata: {
        namespace: 'default',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        etag: expect.stringMatching(/^.+$/) as string,
        annotations: {
          'backstage.io/managed-by-location': place,
          'backstage.io/managed-by-origin-location': place,
          'backstage.io/view-url': `${base}/all.yaml`,
        },
      },
      relations: [
        { type: 'dependencyOf', targetRef: 'component:default/tide-b' },
        { type: 'ownedBy', targetRef: 'group:default/team-a' },
        { type: 'partOf', targetRef: 'system:default/shop' },
      ],
    })
    const { uid } = (whole.body as { metadata: { uid: string } }).metadata
    expect((await raw('GET', `/entities/by-uid/${uid}`)).body).toEqual(whole.body)
    for (const [route, isTagged] of [
      ['/entities?limit=1', false],
      ['/entities/by-query?limit=1', false],
      ['/entities/by-name/component/default/tide-a', false],
      ['/entities?limit=1&fields=kind', true],
      ['/entities/by-query?limit=1&fields=kind', true],
      ['/entity-facets?facet=kind', true],
      ['/entities/by-name/component/default/tide-a/ancestry', true],
      ['/locations', true],
      ['/entities/by-name/component/default/absent', true],
    ] as const) {
      const answer = await raw('GET', route)
      expect([route, answer.headers.get('content-type'), answer.headers.has('etag')]).toEqual([route, 'application/json; charset=utf-8', isTagged])
    }
    const tagged = await raw('GET', '/entity-facets?facet=kind')
    expect(await raw('GET', '/entity-facets?facet=kind', undefined, { 'if-none-match': tagged.headers.get('etag') ?? '' })).toMatchObject({
      status: 304,
      body: '',
    })
    const ancestry = await client.getEntityAncestors({ entityRef: 'component:default/tide-a' }, options)
    expect(ancestry.rootEntityRef).toBe('component:default/tide-a')
    expect(ancestry.items.map(({ entity, parentEntityRefs }) => [entity.kind, parentEntityRefs.length])).toEqual([
      ['Component', 1],
      ['Location', 0],
    ])
    expect(await client.getEntityByRef(ancestry.items[0]?.parentEntityRefs[0] ?? '', options)).toMatchObject({
      kind: 'Location',
      spec: { type: 'url', target: `${base}/all.yaml` },
    })
  })

  it('10: content-type comes on GETs, too, and nothing else is needed', async () => {
    const answer = await fetch(`${platform.url}/api/catalog/entities/by-name/component/default/tide-a`, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${options.token}` },
    })
    expect(answer.status).toBe(200)
  })
})

it('facets, streams, and removing one', async () => {
  expect(
    await client.getEntityFacets(
      { facets: ['kind', 'spec.type', 'relations.ownedBy', 'metadata.tags', 'nothing'], filter: { kind: 'component', ...mine } },
      options,
    ),
  ).toEqual({
    facets: {
      kind: [{ value: 'Component', count: 5 }],
      'spec.type': [
        { value: 'library', count: 1 },
        { value: 'service', count: 3 },
        { value: 'website', count: 1 },
      ],
      'relations.ownedBy': [
        { value: 'group:default/team-a', count: 4 },
        { value: 'group:other/team-a', count: 1 },
      ],
      'metadata.tags': [
        { value: 'go', count: 1 },
        { value: 'java', count: 2 },
        { value: 'web', count: 1 },
      ],
      nothing: [],
    },
  })
  const streamed: string[] = []
  for await (const page of client.streamEntities({ filter: mine, pageSize: 3 }, options)) streamed.push(...page.map((item) => item.metadata.name))
  expect(streamed.sort()).toEqual([...mine['metadata.name']].sort())
  expect((await client.getEntityByName({ kind: 'component', namespace: 'other', name: 'tide-e' }, options))?.metadata.title).toBe('Payments')
  const uid = (await client.getEntityByRef('component:default/tide-d', options))?.metadata.uid ?? ''
  await client.removeEntityByUid(uid, options)
  expect(await client.getEntityByRef('component:default/tide-d', options)).toBeUndefined()
})
