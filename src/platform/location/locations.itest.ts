import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/harness/test-database.ts'
import type { Entity } from '#platform/catalog'
import { administrator, ana, component, createWorld, listOf, PUBLIC_URL, type LocationWorld } from './location-world.ts'
import type { Location } from './location.ts'

let database: TestDatabase
let folder: string
let world: LocationWorld
let running: AsyncDisposable

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(path.join(tmpdir(), 'fairway-folder-'))
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  world = await createWorld(database.db, { folders: [folder] })
  running = world.locations.start()
})
afterEach(async () => {
  const { items } = { items: await allLocations() }
  for (const item of items) if (!item.is_built_in && item.parent_id === null) await world.locations.service.remove(item.id, administrator)
  for (const name of world.builtIn.names) {
    world.builtIn.remove(name)
    await world.locations.service.readRepository(name, { actor: 'system:fairway' })
  }
  await running[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

async function allLocations(): Promise<{ id: string; is_built_in: boolean; parent_id: string | null; target: string; next_read_at: Date | null }[]> {
  const { rows } = await sql<{
    id: string
    is_built_in: boolean
    parent_id: string | null
    target: string
    next_read_at: Date | null
  }>`select * from location`.execute(database.db)
  return rows
}
const find = async (ref: string): Promise<Entity | undefined> => (await world.catalog.reader.findByRef(ref))?.entity
/** Registers a target and waits until it was read. */
async function add(target: string, caller = administrator, allow: string[] = []): Promise<Location> {
  const { id } = await world.locations.service.add({ target, allow }, caller)
  return await settled(id)
}
async function settled(id: string): Promise<Location> {
  return await vi.waitFor(
    async () => {
      const location = await world.locations.service.get(id)
      expect(location.state).not.toBe('reading')
      return location
    },
    { timeout: 15_000, interval: 20 },
  )
}
async function refresh(id: string): Promise<Location> {
  await world.locations.service.refresh(id)
  return await settled(id)
}

describe('a file on the web', () => {
  it('is read with its entities, where they are from, and the Location that stands for it', async () => {
    world.web.files.set('/catalog-info.yaml', component('web-a'))
    const target = `${world.web.url}/catalog-info.yaml`
    expect(await add(target)).toMatchObject({ kind: 'url', state: 'ok', problems: [] })
    expect((await find('component:default/web-a'))?.metadata.annotations).toMatchObject({
      'backstage.io/managed-by-location': `url:${target}`,
      'backstage.io/managed-by-origin-location': `url:${target}`,
      'backstage.io/view-url': target,
    })
    const { items } = await world.catalog.reader.query({ predicate: { kind: 'location' } })
    expect(items.map((item) => JSON.parse(item.json) as Entity)).toMatchObject([
      { spec: { type: 'url', target }, metadata: { name: expect.stringMatching(/^generated-[0-9a-f]{40}$/) as unknown } },
    ])
  })

  it('costs a conditional request when it did not change, and follows when it did', async () => {
    world.web.files.set('/a.yaml', component('web-b'))
    const { id } = await add(`${world.web.url}/a.yaml`)
    world.web.requests.length = 0
    await refresh(id)
    expect(world.web.requests.map((request) => request.headers['if-none-match'] !== undefined)).toEqual([true])
    world.web.files.set('/a.yaml', component('web-b', ', system: shop'))
    await refresh(id)
    expect((await find('component:default/web-b'))?.spec?.['system']).toBe('shop')
  })

  it.each([
    ['gone', undefined, /there is nothing at/],
    ['failing', 503, /status 503/],
  ] as const)('that is %s leaves the last good entities, says so, and recovers', async (_, status, message) => {
    world.web.files.set('/b.yaml', component('web-c'))
    const { id } = await add(`${world.web.url}/b.yaml`)
    if (status === undefined) world.web.files.delete('/b.yaml')
    else world.web.files.set('/b.yaml', status)
    const failed = await refresh(id)
    expect(failed.state).toBe('failed')
    expect(failed.problems[0]?.message).toMatch(message)
    expect(await find('component:default/web-c')).toBeDefined()
    world.web.files.set('/b.yaml', component('web-c'))
    expect(await refresh(id)).toMatchObject({ state: 'ok', problems: [], attempts: 0 })
  })

  it('is tried again later and later while the other side is away', async () => {
    world.web.files.set('/c.yaml', 503)
    const location = await add(`${world.web.url}/c.yaml`)
    expect(location.attempts).toBe(1)
    const waitMs = (location.nextReadAt?.getTime() ?? 0) - (location.lastReadAt?.getTime() ?? 0)
    expect(waitMs).toBeGreaterThan(10_000)
    expect(waitMs).toBeLessThan(20_000)
  })

  it('that is wrong leaves the last good entity, with the problem by file and line', async () => {
    world.web.files.set('/d.yaml', component('web-d'))
    const { id } = await add(`${world.web.url}/d.yaml`)
    world.web.files.set('/d.yaml', component('web-d').replace('type: service, ', ''))
    expect((await refresh(id)).state).toBe('partial')
    expect(await find('component:default/web-d')).toMatchObject({ spec: { type: 'service' } })
    expect(
      (await sql<{ problems: unknown }>`select problems from location_file where location_id = ${id}::uuid and problems <> '[]'`.execute(database.db)).rows,
    ).toHaveLength(1)
  })

  it('on an address that is not allowed is refused by the egress rules', async () => {
    const location = await add('http://127.0.0.1:17007/a.yaml')
    expect(location).toMatchObject({
      state: 'failed',
      problems: [{ message: expect.stringMatching(/loopback address, which the platform does not call/) as unknown }],
    })
  })

  it('may not declare people unless an administrator allows it, and then they give no rights', async () => {
    world.web.files.set('/e.yaml', 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: outsiders}\nspec: {type: team, children: []}\n')
    const refused = await add(`${world.web.url}/e.yaml`)
    expect(refused.state).toBe('partial')
    expect(await find('group:default/outsiders')).toBeUndefined()
    await world.locations.service.remove(refused.id, administrator)
    await expect(world.locations.service.add({ target: `${world.web.url}/e.yaml`, allow: ['Group'] }, ana)).rejects.toMatchObject({
      code: 'platform.location.not_allowed',
    })
    expect(await add(`${world.web.url}/e.yaml`, administrator, ['group'])).toMatchObject({ state: 'ok', allow: ['Group'] })
    expect(await find('group:default/outsiders')).toBeDefined()
  })
})

describe('a repository', () => {
  it('is read at its root by default, and where ?path= says', async () => {
    world.github.commit('acme/orders', { 'catalog-info.yaml': component('git-a'), 'services/x/catalog-info.yaml': component('git-b') })
    await add('https://github.com/acme/orders')
    expect(await find('component:default/git-a')).toMatchObject({
      metadata: {
        annotations: {
          'backstage.io/managed-by-location': 'url:https://github.com/acme/orders/blob/main/catalog-info.yaml',
          'backstage.io/managed-by-origin-location': 'url:https://github.com/acme/orders',
          'backstage.io/edit-url': 'https://github.com/acme/orders/edit/main/catalog-info.yaml',
        },
      },
    })
    expect(await find('component:default/git-b')).toBeUndefined()
    await add('https://github.com/acme/orders?path=services/*/catalog-info.yaml')
    expect(await find('component:default/git-b')).toBeDefined()
  })

  it('that did not move costs nothing, and of a commit only what differs is read', async () => {
    world.github.commit(
      'acme/delta',
      Object.fromEntries([['all.yaml', listOf('delta', ['./c/*.yaml'])], ...Array.from({ length: 20 }, (_, n) => [`c/${n}.yaml`, component(`delta-${n}`)])]),
    )
    const { id } = await add('https://github.com/acme/delta?path=all.yaml')
    Object.assign(world.github.counts, { trees: 0, reads: 0 })
    await refresh(id)
    expect(world.github.counts.reads).toBe(0)
    world.github.commit('acme/delta', { 'c/3.yaml': component('delta-3', ', system: shop') })
    await refresh(id)
    expect(world.github.counts.reads).toBe(1)
    expect((await find('component:default/delta-3'))?.spec?.['system']).toBe('shop')
  })

  it('a moved file keeps its entities, a deleted one takes them along', async () => {
    world.github.commit('acme/moves', { 'a/catalog-info.yaml': component('moved'), 'b/catalog-info.yaml': component('doomed') })
    const { id } = await add('https://github.com/acme/moves?path=*/catalog-info.yaml')
    const uid = (await find('component:default/moved'))?.metadata.uid
    world.github.commit('acme/moves', { 'a/catalog-info.yaml': null, 'c/catalog-info.yaml': component('moved'), 'b/catalog-info.yaml': null })
    await refresh(id)
    expect((await find('component:default/moved'))?.metadata).toMatchObject({
      uid,
      annotations: { 'backstage.io/managed-by-location': expect.stringContaining('/c/catalog-info.yaml') as unknown },
    })
    expect(await find('component:default/doomed')).toBeUndefined()
  })

  it('what a Location lists no more is an orphan, until it is listed again', async () => {
    world.github.commit('acme/lists', {
      'catalog-info.yaml': listOf('lists', ['./x.yaml', './y.yaml']),
      'x.yaml': component('listed-x'),
      'y.yaml': component('listed-y'),
    })
    const { id } = await add('https://github.com/acme/lists')
    world.github.commit('acme/lists', { 'catalog-info.yaml': listOf('lists', ['./y.yaml']) })
    await refresh(id)
    expect((await find('component:default/listed-x'))?.metadata.annotations).toMatchObject({ 'backstage.io/orphan': 'true' })
    expect((await find('component:default/listed-y'))?.metadata.annotations).not.toHaveProperty('backstage.io/orphan')
    world.github.commit('acme/lists', { 'catalog-info.yaml': listOf('lists', ['./x.yaml', './y.yaml']) })
    await refresh(id)
    expect((await find('component:default/listed-x'))?.metadata.annotations).not.toHaveProperty('backstage.io/orphan')
  })

  it('a target that is not there is a problem of its Location, and the rest is read', async () => {
    world.github.commit('acme/partial', { 'catalog-info.yaml': listOf('partial', ['./x.yaml', './none.yaml']), 'x.yaml': component('partial-x') })
    const location = await add('https://github.com/acme/partial')
    expect(location).toMatchObject({
      state: 'partial',
      problems: [{ file: 'catalog-info.yaml', message: expect.stringMatching(/location:default\/partial lists "\.\/none\.yaml": there is no/) as unknown }],
    })
    expect(await find('component:default/partial-x')).toBeDefined()
    const listed = await find('location:default/partial')
    expect(listed?.status?.items?.map((item) => item.message)).toEqual([expect.stringMatching(/"\.\/none\.yaml": there is no/)])
    world.github.commit('acme/partial', { 'none.yaml': component('partial-none') })
    expect(await refresh(location.id)).toMatchObject({ state: 'ok', problems: [] })
    expect((await find('location:default/partial'))?.status).toBeUndefined()
  })

  it('of a host that is away keeps all that it had', async () => {
    world.github.commit('acme/away', { 'catalog-info.yaml': component('away') })
    const { id } = await add('https://github.com/acme/away')
    world.github.isAway = true
    expect(await refresh(id)).toMatchObject({ state: 'failed', problems: [{ message: 'the host is away' }] })
    expect(await find('component:default/away')).toBeDefined()
    world.github.isAway = false
  })

  it('a webhook makes it due; told twice it does no harm; unsigned it is refused', async () => {
    world.github.commit('acme/hooked', { 'catalog-info.yaml': component('hooked') })
    await add('https://github.com/acme/hooked')
    const route = world.locations.routes.find((candidate) => candidate.operation === 'webhooks.git')
    if (route?.kind !== 'raw') throw new Error('no webhook route')
    const url = new URL(`${PUBLIC_URL}/api/v1/webhooks/git/github.com`)
    const tell = async (signature: string): Promise<Response> =>
      await route.handle({
        params: { host: 'github.com' },
        url,
        caller: undefined,
        requestId: 'req_1',
        signal: new AbortController().signal,
        request: new Request(url, { method: 'POST', body: JSON.stringify({ repository: 'Acme/hooked' }), headers: { 'x-test-signature': signature } }),
      })
    await expect(tell('bad')).rejects.toMatchObject({ status: 401 })
    world.github.commit('acme/hooked', { 'catalog-info.yaml': component('hooked', ', system: shop') })
    for (const response of await Promise.all([tell('good'), tell('good')])) expect(await response.json()).toEqual({ locations: 1 })
    await vi.waitFor(async () => expect((await find('component:default/hooked'))?.spec?.['system']).toBe('shop'), { timeout: 10_000, interval: 20 })
  })
})

describe('placeholders', () => {
  const api = (definition: string): string =>
    `apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: orders-api}\nspec: {type: openapi, lifecycle: production, owner: x, definition: ${definition}}\n`

  it.each([
    ['{$text: ./openapi.yaml}', 'a: 1\n'],
    ['{$openapi: ./openapi.yaml}', 'a: 1\n'],
  ])('%s is put in from the same commit, and again when only that file changes', async (definition, text) => {
    world.github.commit('acme/api', { 'catalog-info.yaml': api(definition), 'openapi.yaml': text })
    const { id } = await add('https://github.com/acme/api')
    expect((await find('api:default/orders-api'))?.spec?.['definition']).toBe('a: 1\n')
    world.github.commit('acme/api', { 'openapi.yaml': 'a: 2\n' })
    await refresh(id)
    expect((await find('api:default/orders-api'))?.spec?.['definition']).toBe('a: 2\n')
  })

  it('puts in what an OpenAPI document refers to', async () => {
    world.github.commit('acme/api2', {
      'catalog-info.yaml': api('{$openapi: docs/openapi.yaml}'),
      'docs/openapi.yaml': 'a: {$ref: "./b.yaml#/B"}\n',
      'docs/b.yaml': 'B: {type: string}\n',
    })
    await add('https://github.com/acme/api2')
    expect((await find('api:default/orders-api'))?.spec?.['definition']).toBe('a:\n  type: string\n')
  })

  it.each([
    ['{$text: ../../etc/passwd}', /leads out of the repository/],
    ['{$text: "file:///etc/passwd"}', /only files of that machine/],
    ['{$text: "http://127.0.0.1:17007/x"}', /does not call/],
    ['{$text: ./none.yaml}', /there is no/],
  ])('%s is a problem at its line', async (definition, message) => {
    world.github.commit('acme/api3', { 'catalog-info.yaml': api(definition) })
    const location = await add('https://github.com/acme/api3')
    expect(location.state).toBe('partial')
    const { rows } = await sql<{
      problems: { message: string; line: number }[]
    }>`select problems from location_file where location_id = ${location.id}::uuid and key = 'catalog-info.yaml'`.execute(database.db)
    expect(rows[0]?.problems[0]?.message).toMatch(message)
    expect(rows[0]?.problems[0]?.line).toBe(4)
  })
})

describe('an organisation', () => {
  it('gives all its repositories and people; what goes there goes here', async () => {
    world.github.commit('acme/one', { 'catalog-info.yaml': component('org-one') })
    world.github.commit('acme/two', { 'catalog-info.yaml': component('org-two') })
    world.organisation.teams = [{ name: 'sailors', title: 'Sailors', parent: null, members: ['Zoe'] }]
    world.organisation.members = [{ login: 'Zoe', name: 'Zoe Z', email: null }]
    const { id } = await add('https://github.com/acme')
    await vi.waitFor(async () => expect(await Promise.all([find('component:default/org-one'), find('component:default/org-two')])).not.toContain(undefined), {
      timeout: 10_000,
    })
    expect(await find('user:default/zoe')).toMatchObject({ spec: { memberOf: ['sailors'] } })
    expect(await find('group:default/sailors')).toBeDefined()
    world.github.remove('acme/two')
    world.organisation.members = []
    await refresh(id)
    await vi.waitFor(async () => expect(await find('component:default/org-two')).toBeUndefined(), { timeout: 10_000 })
    expect(await find('user:default/zoe')).toBeUndefined()
    await world.locations.service.remove(id, administrator)
    expect(await find('component:default/org-one')).toBeUndefined()
    expect(await find('group:default/sailors')).toBeUndefined()
    expect(await allLocations()).toEqual([])
  })
})

describe('a folder', () => {
  it('is for administrators, and only where the operator allowed it', async () => {
    await expect(world.locations.service.add({ target: folder }, ana)).rejects.toMatchObject({ code: 'platform.location.not_allowed' })
    await expect(world.locations.service.add({ target: '/etc' }, administrator)).rejects.toMatchObject({
      message: expect.stringContaining('FAIRWAY_CATALOG_FOLDERS') as unknown,
    })
    await using closed = await createWorld(database.db)
    await expect(closed.locations.service.add({ target: folder }, administrator)).rejects.toMatchObject({
      message: expect.stringContaining('set FAIRWAY_CATALOG_FOLDERS') as unknown,
    })
  })

  it('is read, and a saved file is seen without being asked for', async () => {
    await writeFile(path.join(folder, 'a.yaml'), component('folder-a'))
    await add(folder)
    expect((await find('component:default/folder-a'))?.metadata.annotations).toMatchObject({ 'backstage.io/managed-by-location': `file:${folder}/a.yaml` })
    await writeFile(path.join(folder, 'b.yaml'), component('folder-b'))
    await vi.waitFor(async () => expect(await find('component:default/folder-b')).toBeDefined(), { timeout: 4_000, interval: 20 })
    await rm(path.join(folder, 'b.yaml'))
    await vi.waitFor(async () => expect(await find('component:default/folder-b')).toBeUndefined(), { timeout: 4_000, interval: 20 })
  })

  it('what is no descriptor in it, and what a golden path renders, is none of the catalog’s business', async () => {
    await writeFile(path.join(folder, 'compose.yaml'), 'services: {}\n')
    await writeFile(path.join(folder, 'skeleton.yaml'), component('${{ values.name }}'))
    expect(await add(folder)).toMatchObject({ state: 'ok', problems: [] })
    expect((await add(`${folder}/comp*.yaml`)).state).toBe('partial')
    await rm(path.join(folder, 'compose.yaml'))
    await rm(path.join(folder, 'skeleton.yaml'))
  })

  it('a link that leads out of it is not followed', async () => {
    await symlink('/etc/hostname', path.join(folder, 'link.yaml'))
    const location = await add(`${folder}/link.yaml`)
    expect(location).toMatchObject({ state: 'failed', problems: [{ message: expect.stringMatching(/leads out/) as unknown }] })
    await rm(path.join(folder, 'link.yaml'))
  })
})

describe('the built-in host', () => {
  it('is always read: a push alters, a deleted repository takes its entities along', async () => {
    const { service } = world.locations
    world.builtIn.commit('acme/pushed', { 'catalog-info.yaml': component('pushed') })
    await service.onPush({ repository: 'acme/pushed', ref: 'refs/heads/main', pusher: 'user:default/ana' })
    expect(await service.onPush({ repository: 'acme/pushed', ref: 'refs/heads/other' })).toBeUndefined()
    expect((await find('component:default/pushed'))?.metadata.annotations).toMatchObject({
      'backstage.io/managed-by-location': `url:${PUBLIC_URL}/repositories/acme/pushed/blob/main/catalog-info.yaml`,
    })
    expect(await service.onPush({ repository: 'acme/pushed', ref: 'refs/heads/main' })).toMatchObject({ added: [], altered: [], removed: [] })
    world.builtIn.remove('acme/pushed')
    await service.rescan()
    expect(await find('component:default/pushed')).toBeUndefined()
  })

  it('can not be registered a second time', async () => {
    world.builtIn.commit('acme/twice', { 'catalog-info.yaml': component('twice'), 'more/x.yaml': component('more') })
    await world.locations.service.onPush({ repository: 'acme/twice', ref: 'refs/heads/main' })
    for (const target of [`${PUBLIC_URL}/repositories/acme/twice`, `${PUBLIC_URL}/repositories/acme/twice/blob/main/catalog-info.yaml`])
      await expect(world.locations.service.add({ target }, ana)).rejects.toMatchObject({ code: 'platform.location.built_in' })
    expect(await add(`${PUBLIC_URL}/repositories/acme/twice/blob/main/more/x.yaml`, ana)).toMatchObject({ state: 'ok' })
  })

  it('what the organisation lists elsewhere is shown, and gives no rights', async () => {
    world.web.files.set(
      '/people.yaml',
      'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: mallory}\nspec: {memberOf: [platform]}\n---\napiVersion: fairway.dev/v1\nkind: Environment\nmetadata: {name: evil}\nspec: {order: 1}\n',
    )
    world.builtIn.commit('fairway/organisation', {
      'all.yaml': listOf('elsewhere', [`${world.web.url}/people.yaml`]),
      'groups.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: platform}\nspec: {type: team, children: []}\n',
    })
    await world.locations.service.onPush({ repository: 'fairway/organisation', ref: 'refs/heads/main' })
    expect(await find('user:default/mallory')).toBeDefined()
    expect(await world.catalog.directory.groupsOf('user:default/mallory')).not.toContain('group:default/platform')
    expect(await find('environment:default/evil')).toBeUndefined()
  })
})

describe('several processes and crashes', () => {
  it('two processes that read one location at once take turns, and end with what is there', async () => {
    await using other = await createWorld(database.db, { web: world.web, github: world.github })
    const sync = await world.catalog.start({ databaseUrl: database.url })
    const running2 = other.locations.start()
    world.github.commit('acme/shared', { 'catalog-info.yaml': component('shared') })
    const { id } = await add('https://github.com/acme/shared')
    for (let round = 0; round < 5; round++) {
      world.github.commit('acme/shared', { 'catalog-info.yaml': component('shared', `, system: s${round}`) })
      await Promise.all([world.locations.service.refresh(id), other.locations.service.refresh(id)])
      await vi.waitFor(async () => expect((await find('component:default/shared'))?.spec?.['system']).toBe(`s${round}`), { timeout: 10_000, interval: 20 })
    }
    await running2[Symbol.asyncDispose]()
    await sync[Symbol.asyncDispose]()
  })

  it('a removal that was cut off is finished at the next start', async () => {
    world.github.commit('acme/cut', { 'catalog-info.yaml': component('cut') })
    const { id } = await add('https://github.com/acme/cut')
    await running[Symbol.asyncDispose]()
    await sql`update location set removed_by = 'user:default/ana', next_read_at = now() where id = ${id}::uuid`.execute(database.db)
    running = world.locations.start()
    await vi.waitFor(async () => expect(await allLocations()).toEqual([]), { timeout: 10_000, interval: 20 })
    expect(await find('component:default/cut')).toBeUndefined()
  })

  it('an addition is known to the log, and what can not be is said in words', async () => {
    world.web.files.set('/x.yaml', component('logged'))
    const { id } = await add(`${world.web.url}/x.yaml`, ana)
    expect(world.journal.events).toContainEqual(
      expect.objectContaining({ type: 'platform.location.added', subject: `location/${id}`, actor: 'user:default/ana' }),
    )
    await expect(world.locations.service.add({ target: `${world.web.url}/x.yaml` }, ana)).rejects.toMatchObject({ code: 'platform.location.exists' })
    await expect(world.locations.service.add({ target: 'x' }, ana)).rejects.toMatchObject({ code: 'platform.location.bad_target' })
    await expect(world.locations.service.get('nope')).rejects.toMatchObject({ code: 'platform.location.not_found' })
  })
})
