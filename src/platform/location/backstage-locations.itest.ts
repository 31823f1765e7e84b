import { createHash } from 'node:crypto'
import { CatalogClient } from '@backstage/catalog-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/harness/test-database.ts'
import { createRouter, httpFaults, serveHttp, type RunningServer } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { administrator, component, createWorld, type LocationWorld } from './location-world.ts'

let database: TestDatabase
let world: LocationWorld
let running: AsyncDisposable
let server: RunningServer
let client: CatalogClient
const options = { token: 'good' }

beforeAll(async () => {
  database = await createTestDatabase()
  world = await createWorld(database.db)
  running = world.locations.start()
  const fetchHandler = createRouter([...world.catalog.routes, ...world.locations.routes], {
    log: silentLogger,
    authorize: async (caller) => ({ isAllowed: caller.isAdministrator, reason: 'test' }),
    authenticate: async (request) => {
      if (request.headers.get('authorization') !== 'Bearer good') throw httpFaults.unauthenticated({})
      return administrator
    },
  })
  server = await serveHttp({ host: '127.0.0.1', port: 0, setting: 'none', fetch: fetchHandler })
  client = new CatalogClient({ discoveryApi: { getBaseUrl: async () => `http://127.0.0.1:${server.port}/api/catalog` } })
  world.web.files.set(
    '/catalog-info.yaml',
    'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: contract-added}\nspec: {type: service, lifecycle: production, owner: team-queue-0000}\n',
  )
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const target = (): string => `${world.web.url}/catalog-info.yaml`
const generated = (): string => `generated-${createHash('sha1').update(`url:${target()}`).digest('hex')}`
async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`http://127.0.0.1:${server.port}/api/catalog${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: 'Bearer good' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? '' : (JSON.parse(text) as unknown) }
}

// The answers are those that Backstage 1.55 gave to the same calls, but for ids and the port.
describe('@backstage/catalog-client and the recorded answers', () => {
  it('addLocation, dry run', async () => {
    const places = {
      'backstage.io/managed-by-location': `url:${target()}`,
      'backstage.io/managed-by-origin-location': `url:${target()}`,
      'backstage.io/view-url': target(),
    }
    expect(await call('POST', '/locations?dryRun=true', { type: 'url', target: target() })).toEqual({
      status: 201,
      body: {
        exists: false,
        location: { type: 'url', target: target(), id: `url:${target()}`, entityRef: `location:default/${generated()}` },
        entities: [
          {
            metadata: { annotations: places, name: generated(), namespace: 'default' },
            apiVersion: 'backstage.io/v1alpha1',
            kind: 'Location',
            spec: { type: 'url', target: target() },
          },
          {
            metadata: { namespace: 'default', annotations: places, name: 'contract-added' },
            apiVersion: 'backstage.io/v1alpha1',
            kind: 'Component',
            spec: { type: 'service', lifecycle: 'production', owner: 'team-queue-0000' },
          },
        ],
      },
    })
    expect(await client.addLocation({ type: 'url', target: target(), dryRun: true }, options)).toMatchObject({
      exists: false,
      entities: [{}, { metadata: { name: 'contract-added' } }],
    })
    expect((await client.getLocations({}, options)).items).toEqual([])
  })

  it('addLocation, again, with onConflict, of another type, of nothing that can be read', async () => {
    const location = { id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown, type: 'url', target: target(), entityRef: `location:default/${generated()}` }
    expect(await call('POST', '/locations', { type: 'url', target: target() })).toEqual({ status: 201, body: { location, entities: [] } })
    expect(await call('POST', '/locations', { type: 'url', target: target() })).toEqual({
      status: 409,
      body: {
        error: { name: 'ConflictError', message: `Location url:${target()} already exists` },
        request: { method: 'POST', url: '/locations' },
        response: { statusCode: 409 },
      },
    })
    expect(await call('POST', '/locations?onConflict=refresh', { type: 'url', target: target() })).toEqual({ status: 201, body: { location, entities: [] } })
    expect(await call('POST', '/locations', { type: 'file', target: '' })).toEqual({
      status: 400,
      body: {
        error: { name: 'InputError', message: 'Registered locations must be of an allowed type ["url"]' },
        request: { method: 'POST', url: '/locations' },
        response: { statusCode: 400 },
      },
    })
    expect(await client.addLocation({ type: 'url', target: target(), dryRun: true }, options)).toMatchObject({ exists: true })
    await expect(client.addLocation({ type: 'url', target: `${world.web.url}/none.yaml`, dryRun: true }, options)).rejects.toThrow(/400/)
  })

  it('the entities are there, with the Location that stands for it, and their ancestry', async () => {
    const entity = await vi.waitFor(async () => {
      const found = await client.getEntityByRef('component:default/contract-added', options)
      expect(found).toBeDefined()
      return found
    })
    expect(entity?.metadata.annotations).toMatchObject({ 'backstage.io/managed-by-origin-location': `url:${target()}` })
    expect(await client.getEntityByRef(`location:default/${generated()}`, options)).toMatchObject({ kind: 'Location', spec: { type: 'url', target: target() } })
    const ancestors = await client.getEntityAncestors({ entityRef: 'component:default/contract-added' }, options)
    expect(ancestors).toMatchObject({
      rootEntityRef: 'component:default/contract-added',
      items: [{ parentEntityRefs: [`location:default/${generated()}`] }, { entity: { kind: 'Location' } }],
    })
  })

  it('getLocationByRef, ById, ByEntity, queryLocations', async () => {
    const byRef = await client.getLocationByRef(`url:${target()}`, options)
    expect(byRef).toEqual({ id: expect.any(String) as unknown, type: 'url', target: target(), entityRef: `location:default/${generated()}` })
    expect(await client.getLocationById(byRef?.id ?? '', options)).toEqual(byRef)
    expect(await client.getLocationByEntity('component:default/contract-added', options)).toEqual(byRef)
    expect(await client.getLocationByEntity('component:default/absent', options)).toBeUndefined()
    expect(await client.getLocationById('00000000-0000-0000-0000-000000000000', options)).toBeUndefined()
    expect(await call('POST', '/locations/by-query', { limit: 2 })).toEqual({ status: 200, body: { items: [byRef], totalItems: 1, pageInfo: {} } })
  })

  it('queryLocations by predicates, page by page, and as a stream', async () => {
    for (const name of ['p1', 'p2', 'p3']) {
      world.web.files.set(`/${name}.yaml`, component(name))
      await client.addLocation({ type: 'url', target: `${world.web.url}/${name}.yaml` }, options)
    }
    const query = { target: { $hasPrefix: `${world.web.url}/p` } }
    const first = await client.queryLocations({ limit: 2, query }, options)
    expect(first).toMatchObject({ totalItems: 3, items: [{}, {}], pageInfo: { nextCursor: expect.any(String) as unknown } })
    const second = await client.queryLocations({ cursor: first.pageInfo.nextCursor ?? '' }, options)
    expect(second.items).toHaveLength(1)
    expect(second.pageInfo.nextCursor).toBeUndefined()
    const streamed: string[] = []
    for await (const page of client.streamLocations({ query }, options)) streamed.push(...page.map((item) => item.target))
    expect(streamed).toHaveLength(3)
    expect((await call('POST', '/locations/by-query', { cursor: 'x' })).status).toBe(400)
  })

  it('updateLocation', async () => {
    const found = await client.getLocationByRef(`url:${world.web.url}/p3.yaml`, options)
    world.web.files.set('/p4.yaml', component('p4'))
    expect(await client.updateLocation(found?.id ?? '', { type: 'url', target: `${world.web.url}/p4.yaml` }, options)).toMatchObject({
      id: found?.id,
      target: `${world.web.url}/p4.yaml`,
    })
    await vi.waitFor(async () => {
      expect(await client.getEntityByRef('component:default/p4', options)).toBeDefined()
      expect(await client.getEntityByRef('component:default/p3', options)).toBeUndefined()
    })
  })

  it('refreshEntity', async () => {
    world.web.files.set('/catalog-info.yaml', component('contract-added', ', system: refreshed'))
    expect(await call('POST', '/refresh', { entityRef: 'component:default/contract-added' })).toEqual({ status: 200, body: '' })
    await vi.waitFor(async () => expect((await client.getEntityByRef('component:default/contract-added', options))?.spec?.['system']).toBe('refreshed'))
    expect(await call('POST', '/refresh', { entityRef: 'component:default/absent' })).toEqual({
      status: 404,
      body: {
        error: { name: 'NotFoundError', message: 'Entity component:default/absent not found' },
        request: { method: 'POST', url: '/refresh' },
        response: { statusCode: 404 },
      },
    })
  })

  it('validateEntity', async () => {
    const good = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'ok' },
      spec: { type: 'service', lifecycle: 'production', owner: 'x' },
    }
    expect(await call('POST', '/validate-entity', { entity: good, location: 'url:http://localhost/x' })).toEqual({ status: 200, body: '' })
    expect(await client.validateEntity(good, 'url:http://localhost/x', options)).toEqual({ valid: true })
    const message =
      '"metadata.name" is not valid; expected a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total but found "not ok!".'
    const bad = { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'not ok!' }, spec: {} }
    expect(await call('POST', '/validate-entity', { entity: bad, location: 'url:http://localhost/x' })).toEqual({
      status: 400,
      body: {
        errors: [
          {
            name: 'InputError',
            message: expect.stringContaining(`Policy check failed for component:default/not ok!; caused by Error: ${message}`) as unknown,
            cause: { name: 'Error', message: expect.stringContaining(message) as unknown },
          },
        ],
      },
    })
    expect(await call('POST', '/validate-entity', { entity: {}, location: 'url:http://localhost/x' })).toEqual({
      status: 400,
      body: { errors: [{ name: 'TypeError', message: "<root> must have required property 'apiVersion' - missingProperty: apiVersion" }] },
    })
    const noOwner = { ...good, spec: { type: 'service', lifecycle: 'production' } }
    expect(await client.validateEntity(noOwner, 'url:http://localhost/x', options)).toMatchObject({
      valid: false,
      errors: [
        {
          name: 'InputError',
          message: expect.stringMatching(
            /^Processor BuiltinKindsEntityProcessor threw an error while validating the entity component:default\/ok; caused by TypeError: \/spec must have required property 'owner'/,
          ) as unknown,
        },
      ],
    })
  })

  it('analyzeLocation: what is there, or a draft', async () => {
    world.github.commit('acme/has', { 'a/catalog-info.yaml': component('has') })
    world.github.commit('acme/hasnot', { 'README.md': 'x' })
    expect(await client.analyzeLocation({ location: { type: 'url', target: 'https://github.com/acme/has' } }, options)).toMatchObject({
      existingEntityFiles: [
        {
          isRegistered: false,
          location: { type: 'url', target: 'https://github.com/acme/has/blob/main/a/catalog-info.yaml' },
          entity: { metadata: { name: 'has' } },
        },
      ],
      generateEntities: [],
    })
    expect(await client.analyzeLocation({ location: { type: 'url', target: 'https://github.com/acme/hasnot' } }, options)).toEqual({
      existingEntityFiles: [],
      generateEntities: [
        {
          entity: {
            apiVersion: 'backstage.io/v1alpha1',
            kind: 'Component',
            metadata: { name: 'hasnot', annotations: { 'github.com/project-slug': 'acme/hasnot' } },
            spec: { type: 'other', lifecycle: 'unknown' },
          },
          fields: [],
        },
      ],
    })
    await expect(client.analyzeLocation({ location: { type: 'url', target: 'nonsense' } }, options)).rejects.toThrow(/400/)
  })

  it('removeLocationById takes the entities along', async () => {
    const found = await client.getLocationByRef(`url:${target()}`, options)
    await client.removeLocationById(found?.id ?? '', options)
    expect(await client.getEntityByRef('component:default/contract-added', options)).toBeUndefined()
    expect(await client.getEntityByRef(`location:default/${generated()}`, options)).toBeUndefined()
    const id = '00000000-0000-0000-0000-000000000000'
    expect(await call('DELETE', `/locations/${id}`)).toEqual({
      status: 404,
      body: {
        error: { name: 'NotFoundError', message: `Found no location with ID ${id}` },
        request: { method: 'DELETE', url: `/locations/${id}` },
        response: { statusCode: 404 },
      },
    })
  })
})
