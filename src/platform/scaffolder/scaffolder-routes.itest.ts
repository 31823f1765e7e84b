import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/harness/test-database.ts'
import { systemClock } from '#kernel/common/clock'
import { createRouter, systemCaller, type ResourceRef } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { LocalGitHost } from '#delivery/git-host'
import { createCatalog, GitHostSource, type Catalog } from '#platform/catalog'
import { createChanges, startChangeEngine, type ChangeEngine } from '#platform/change'
import type { Driver } from '#kernel/common/driver'
import { alone } from '../../../test/harness/lone-scaffolder.ts'
import { createScaffolder } from './scaffolder.ts'
import { seedOrganisation } from './seed-organisation.ts'

let database: TestDatabase
let folder: string
let host: LocalGitHost
let catalog: Catalog
let engine: ChangeEngine
let handler: (request: Request) => Promise<Response>
const asked: { permission: string; resource: ResourceRef }[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(path.join(tmpdir(), 'creations-'))
  const shared = { db: database.db, journal: new MemoryJournal(), log: silentLogger }
  host = await LocalGitHost.open({ ...shared, clock: systemClock, root: folder })
  const publicUrl = (): string => 'http://fairway.test'
  const trusted = { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' }
  catalog = createCatalog({ ...shared, source: new GitHostSource(host), trusted, publicUrl })
  const scaffolder = createScaffolder({ ...shared, host, catalog, ...alone, publicUrl })
  await seedOrganisation({ checkout: process.cwd(), host, log: silentLogger })
  await catalog.repositories.rescan()
  const { register } = scaffolder.drivers
  const doomed: Driver = {
    name: 'register',
    plan: async (request) => await register.plan(request),
    observe: async (target) => await register.observe(target),
    remove: async (target, context) => await register.remove(target, context),
    apply: async (action, context) =>
      action.verb === 'create' && action.target.endsWith('/doomed')
        ? { outcome: 'refused', reason: 'test', message: 'the catalog does not take it' }
        : await register.apply(action, context),
  }
  const engineDeps = {
    ...shared,
    clock: systemClock,
    kinds: { create: scaffolder.kind as never },
    drivers: { ...scaffolder.drivers, register: doomed },
    policies: { evaluate: async () => [] },
  }
  const changes = createChanges(engineDeps)
  engine = await startChangeEngine({ ...engineDeps, databaseUrl: database.url })
  handler = createRouter([...scaffolder.routes(changes.service), ...changes.routes], {
    log: silentLogger,
    authenticate: async () => ({ ...systemCaller, principal: 'user:default/ana', kind: 'person' as const }),
    authorize: async (_caller, permission, resource) => {
      asked.push({ permission, resource })
      return { isAllowed: true, reason: '' }
    },
  })
})
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function call(method: string, route: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await handler(new Request(`http://fairway.test${route}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }))
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
async function ended(id: string): Promise<Record<string, unknown>> {
  return await vi.waitFor(
    async () => {
      const { body } = await call('GET', `/api/v1/changes/${id}`)
      expect(body['finishedAt']).not.toBeNull()
      return body
    },
    { timeout: 30_000, interval: 50 },
  )
}
const values = { name: 'orders', owner: 'payments' }

describe('golden path routes', () => {
  it('list and get the golden path with the schema of its form', async () => {
    const { body } = await call('GET', '/api/v1/templates')
    const items = body['items'] as { ref: string }[]
    const found = items.find((item) => item.ref === 'template:default/node-service-postgres')
    expect(found).toMatchObject({ parameters: [{ required: ['name', 'owner'] }, {}] })
    expect((await call('GET', '/api/v1/templates/default/node-service-postgres')).body).toEqual(found)
    expect(await call('GET', '/api/v1/templates/default/absent')).toMatchObject({ status: 404, body: { code: 'platform.scaffolder.template_not_found' } })
  })

  it('preview every file, with steps, and make nothing', async () => {
    const { status, body } = await call('POST', '/api/v1/creations/preview', { template: 'node-service-postgres', values })
    const files = body['files'] as { path: string; content: string; state: string; before: string | null }[]
    expect(status).toBe(200)
    expect(files.map((file) => file.path)).toEqual(
      expect.arrayContaining(['package.json', '.github/workflows/ci.yml', 'score.yaml', 'openslo.yaml', '.devcontainer/devcontainer.json']),
    )
    expect(files.find((file) => file.path === 'catalog-info.yaml')?.content).toMatch(
      /fairway.dev\/template: template:default\/node-service-postgres@[0-9a-f]{40}/,
    )
    expect((body['steps'] as { id: string; isSkipped: boolean }[]).filter((step) => !step.isSkipped).map((step) => step.id)).toEqual(
      expect.arrayContaining(['fetch', 'publish', 'register']),
    )
    expect(files.every((file) => file.state === 'added' && file.before === null)).toBe(true)
    expect((body['effects'] as { kind: string }[]).map((effect) => effect.kind)).toEqual(['repository', 'repository', 'register'])
  })

  it('preview tells what is wrong by field', async () => {
    const { status, body } = await call('POST', '/api/v1/creations/preview', { template: 'node-service-postgres', values: { name: 'No Good' } })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { files: [], problems: [{ field: 'values.owner', message: 'Owner: is needed' }, { field: 'values.name' }] },
    })
  })

  it('an owner that there is not is a wrong value, in the preview and for good', async () => {
    const wrong = { template: 'node-service-postgres', values: { name: 'nobodys', owner: 'absent' } }
    const problem = { field: 'values.owner', message: expect.stringContaining('"group:default/absent"') as string }
    expect((await call('POST', '/api/v1/creations/preview', wrong)).body).toMatchObject({ files: [], problems: [problem] })
    expect(await call('POST', '/api/v1/creations', wrong)).toMatchObject({
      status: 422,
      body: { code: 'platform.scaffolder.values_invalid', errors: [problem] },
    })
  })

  it('create, by a change for the owner of the new thing: repository, commit and entity are there', async () => {
    const { status, body } = await call('POST', '/api/v1/creations', { template: 'node-service-postgres', values })
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { kind: 'create', title: 'Create orders from Node.js service with PostgreSQL', component: 'orders' },
    })
    expect(asked.at(-1)).toEqual({
      permission: 'creation:create',
      resource: { type: 'Template', id: 'node-service-postgres', attributes: { owner: 'group:default/payments' } },
    })
    expect(await ended(String(body['id']))).toMatchObject({ state: 'done' })
    expect(await host.log({ owner: 'acme', name: 'orders', ref: 'main' })).toHaveLength(1)
    expect(await catalog.directory.ownerOf('orders')).toBe('group:default/payments')
  })

  it('leave nothing half made when a step of the change fails', async () => {
    const { body } = await call('POST', '/api/v1/creations', { template: 'node-service-postgres', values: { ...values, name: 'doomed' } })
    expect(await ended(String(body['id']))).toMatchObject({ state: 'rolled_back', result: { message: expect.stringContaining('does not take it') as string } })
    expect(await host.findRepository('acme', 'doomed')).toBeUndefined()
    expect(await catalog.query.findByRef('component:default/doomed')).toBeUndefined()
  })

  it('refuse wrong values before there is a change', async () => {
    const before = (await call('GET', '/api/v1/changes')).body['items']
    expect(await call('POST', '/api/v1/creations', { template: 'node-service-postgres', values: { name: '../x', owner: 'p' } })).toMatchObject({
      status: 422,
      body: { code: 'platform.scaffolder.values_invalid', errors: [{ field: 'values.name' }] },
    })
    expect((await call('GET', '/api/v1/changes')).body['items']).toEqual(before)
  })
})
