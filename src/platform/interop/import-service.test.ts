import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MemoryGitHost } from '#delivery/git-host'
import { Secret } from '#kernel/common/secret'
import { createEgress } from '#kernel/node/egress'
import { systemCaller } from '#kernel/node/http'
import type { Entity, StoredEntity } from '#platform/catalog'
import { adoptBackstage } from './backstage/adopt-backstage.ts'
import { importFiles, type ImportDeps } from './import-service.ts'

const actor = { ref: 'user:default/olga', name: 'Olga' }
const service = (name: string, team: string): string =>
  JSON.stringify({ identifier: name, title: name, blueprint: 'service', team: [team], properties: {}, relations: {} })

let host: MemoryGitHost
let known: Map<string, StoredEntity>
let deps: ImportDeps
const read = async (repository: string, path: string, ref = 'main'): Promise<string> => {
  const [owner = '', name = ''] = repository.split('/')
  return new TextDecoder().decode(await host.readFile({ owner, name, ref, path }))
}

beforeEach(async () => {
  host = new MemoryGitHost()
  known = new Map()
  deps = { gitHost: host, catalog: { listByRefs: async () => known } }
  await host.createRepository({ owner: 'fairway', name: 'organisation', createdBy: actor.ref })
  const file = { path: 'README.md', content: new TextEncoder().encode('x') }
  await host.commitFiles({
    owner: 'fairway',
    name: 'organisation',
    branch: 'main',
    message: 'x',
    author: { name: 'a', email: 'a@b' },
    files: [file],
    pusher: actor.ref,
  })
})

describe('an import', () => {
  const request = { format: 'port' as const, dryRun: false, repository: 'fairway/imported', actor }

  it('writes nothing as a dry run', async () => {
    const result = await importFiles(deps, { ...request, dryRun: true, files: [{ path: 'e.json', text: service('orders', 'payments') }] })
    expect(result.entities).toMatchObject([{ ref: 'component:default/orders', change: 'added' }])
    expect(await host.findRepository('fairway', 'imported')).toBeUndefined()
  })

  it('commits entities, and proposes people and types to the organisation', async () => {
    const files = [
      { path: 'e.json', text: service('orders', 'payments') },
      { path: 't.json', text: JSON.stringify({ identifier: 'payments', title: 'Payments', blueprint: 'team', properties: {}, relations: {} }) },
      { path: 'b.json', text: JSON.stringify({ identifier: 'service', title: 'Service', schema: { properties: {} }, relations: {} }) },
    ]
    const result = await importFiles(deps, { ...request, files })
    expect(await read('fairway/imported', 'port/component.yaml')).toContain('owner: group:default/payments')
    expect(await read('fairway/imported', 'catalog-info.yaml')).toContain('./port/*.yaml')
    expect(result.pullRequest).toMatchObject({ repository: 'fairway/organisation', number: 1 })
    expect(await read('fairway/organisation', 'imported/port/group.yaml', 'import-port')).toContain('name: payments')
    await expect(read('fairway/organisation', 'imported/port/group.yaml')).rejects.toMatchObject({ code: 'delivery.git_host.path_not_found' })
  })

  it('again alters nothing, and takes away what the other tool has no more', async () => {
    const both = {
      path: 'e.json',
      text: `[${service('orders', 'payments')},${JSON.stringify({ identifier: 'bus', blueprint: 'queue', properties: {}, relations: {} })}]`,
    }
    const first = await importFiles(deps, { ...request, files: [both] })
    expect((await importFiles(deps, { ...request, files: [both] })).commit).toBe(first.commit)
    await importFiles(deps, { ...request, files: [{ path: 'e.json', text: service('orders', 'payments') }] })
    await expect(read('fairway/imported', 'port/resource.yaml')).rejects.toMatchObject({ code: 'delivery.git_host.path_not_found' })
    expect(await read('fairway/imported', 'port/component.yaml')).toContain('name: orders')
  })

  it('leaves what another repository declares as it is, and says so', async () => {
    const entity = { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'orders' } } as Entity
    known.set('component:default/orders', {
      ref: 'component:default/orders',
      entity,
      repository: 'acme/orders',
      problems: [],
      source: 'git:acme/orders',
      path: 'catalog-info.yaml',
      branch: 'main',
      commit: 'c',
      isOrphan: false,
    })
    const result = await importFiles(deps, { ...request, files: [{ path: 'e.json', text: service('orders', 'payments') }] })
    expect(result.entities).toMatchObject([{ change: 'conflict' }])
    expect(result.losses.map((loss) => loss.reason)).toContainEqual(expect.stringContaining('acme/orders'))
    expect(result.commit).toBeNull()
  })

  it('says what is wrong with files that hold nothing', async () => {
    await expect(importFiles(deps, { ...request, files: [{ path: 'x.yaml', text: 'a: [' }] })).rejects.toMatchObject({ code: 'platform.interop.nothing' })
  })
})

describe('adopting a running Backstage', () => {
  const component = (name: string, origin: string): object => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', uid: name, etag: 'e', annotations: { 'backstage.io/managed-by-origin-location': origin } },
    spec: { type: 'service', lifecycle: 'production', owner: 'payments' },
    relations: [{ type: 'ownedBy', targetRef: 'group:default/payments' }],
  })
  const all = [
    component('orders', 'url:https://git.example.com/orders/catalog-info.yaml'),
    component('billing', 'url:https://gone.example.com/catalog-info.yaml'),
    component('legacy', 'file:/app/legacy.yaml'),
    { ...component('olga', 'url:https://ldap'), kind: 'User', spec: { memberOf: ['payments'] } },
  ].map((entity, index) =>
    index === 3 ? { ...entity, metadata: { name: 'olga', annotations: { 'backstage.io/managed-by-origin-location': 'ldap:x' } } } : entity,
  )
  let server: Server
  let url: string

  // Speaks `GET /entities/by-query` as Backstage's catalog openapi.yaml publishes it: pages of two, a cursor, a Bearer token.
  beforeAll(async () => {
    server = createServer((request, response) => {
      const asked = new URL(request.url ?? '/', 'http://x')
      if (request.headers.authorization !== 'Bearer good') return response.writeHead(401).end('{}')
      if (asked.pathname !== '/api/catalog/entities/by-query') return response.writeHead(404).end('{}')
      const from = Number(asked.searchParams.get('cursor') ?? 0)
      const pageInfo = from + 2 < all.length ? { nextCursor: String(from + 2) } : {}
      return response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ items: all.slice(from, from + 2), totalItems: all.length, pageInfo }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  it('makes locations of what can be read from here, and copies the rest', async () => {
    await using egress = createEgress({ allowLoopback: true })
    const added: string[] = []
    const locations = {
      preview: async (target: string) => (target.includes('gone') ? { reason: 'it can not be reached' } : { entityCount: 1 }),
      add: async (target: string) => void added.push(target),
    }
    const request = { url, token: new Secret('good'), repository: 'fairway/imported', actor, caller: systemCaller, dryRun: false }
    const result = await adoptBackstage({ ...deps, fetch: egress.fetch.bind(egress), locations }, request)
    expect(result.total).toBe(4)
    expect(added).toEqual(['https://git.example.com/orders/catalog-info.yaml'])
    const copied = await read('fairway/imported', 'backstage/component.yaml')
    expect(copied).toContain('name: billing')
    expect(copied).toContain('name: legacy')
    expect(copied).not.toContain('name: orders')
    expect(copied).not.toContain('managed-by-origin-location')
    expect(result.pullRequest?.repository).toBe('fairway/organisation')
  })

  it('says that a token is wanted', async () => {
    await using egress = createEgress({ allowLoopback: true })
    const locations = { preview: async () => ({ entityCount: 1 }), add: async () => undefined }
    const request = { url, token: undefined, repository: 'fairway/imported', actor, caller: systemCaller, dryRun: true }
    await expect(adoptBackstage({ ...deps, fetch: egress.fetch.bind(egress), locations }, request)).rejects.toMatchObject({
      code: 'platform.interop.not_reached',
      message: expect.stringContaining('token') as string,
    })
  })
})
