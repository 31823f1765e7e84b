import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/harness/test-database.ts'
import { systemClock } from '#kernel/common/clock'
import { loadSettings } from '#kernel/node/config'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { LocalGitHost, startGitHost } from '#delivery/git-host'
import { createCatalog, GitHostSource, type Catalog } from '#platform/catalog'
import { createCatalogSources, TRUSTED_REPOSITORIES, type CatalogSources } from './catalog-sources.ts'

const PUBLIC_URL = 'http://fairway.test'
const author = { name: 'Ana', email: 'ana@example.org' }
const group = 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: payments}\nspec: {type: team, children: []}\n'
const component = (name: string, owner: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {type: service, lifecycle: production, owner: ${owner}}\n`

let database: TestDatabase
let folder: string
let host: LocalGitHost
let catalog: Catalog
let sources: CatalogSources
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(path.join(tmpdir(), 'fairway-sources-'))
  const shared = { db: database.db, clock: systemClock, log: silentLogger }
  const journal = new MemoryJournal()
  host = await LocalGitHost.open({ ...shared, journal, root: path.join(folder, 'git') })
  const base = {
    ...shared,
    settings: { ...loadSettings(folder, {}), dataDir: folder },
    checkout: folder,
    version: '0.0.0',
    databaseUrl: database.url,
    adminUrl: database.adminUrl,
  }
  sources = createCatalogSources(
    base,
    { journal, secrets: { find: async () => undefined, write: async () => {} }, gitHost: host, catalog: () => catalog, publicUrl: () => PUBLIC_URL },
    stack,
  )
  catalog = createCatalog({
    ...shared,
    journal,
    source: new GitHostSource(host),
    trusted: TRUSTED_REPOSITORIES,
    placeholders: sources.locations.placeholders,
    publicUrl: () => PUBLIC_URL,
  })
  stack.use(await catalog.start({ databaseUrl: database.url }))
  const subscriber = {
    name: 'catalog',
    handle: async (push: Parameters<CatalogSources['locations']['service']['onPush']>[0]) => void (await sources.locations.service.onPush(push)),
  }
  stack.use(await startGitHost({ ...shared, host, subscribers: [subscriber] }))
  await commit('fairway/organisation', { 'groups.yaml': group })
  await seen('group:default/payments')
})
afterAll(async () => {
  await stack.disposeAsync()
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function commit(repository: string, files: Record<string, string>): Promise<void> {
  const [owner = '', name = ''] = repository.split('/')
  if (!(await host.findRepository(owner, name))) await host.createRepository({ owner, name, createdBy: 'user:default/ana' })
  const list = Object.entries(files).map(([file, text]) => ({ path: file, content: Buffer.from(text) }))
  await host.commitFiles({ owner, name, branch: 'main', message: 'x', author, files: list, pusher: 'user:default/ana' })
}
/** Resolves when the catalog tells of `ref`. */
async function seen(ref: string): Promise<void> {
  if (await catalog.reader.findByRef(ref)) return
  await new Promise<void>((resolve) => {
    const stop = catalog.subscribe((refs) => {
      if (refs !== 'everything' && !refs.includes(ref)) return
      stop()
      resolve()
    })
  })
}

describe('a push to the built-in Git host', () => {
  it('is in the catalog at once, with relations on both ends', async () => {
    const times: number[] = []
    for (let round = 0; round < 12; round++) {
      const ref = `component:default/fast-${round}`
      await commit('acme/fast', { 'README.md': String(round) })
      const told = new Promise<void>((resolve) => {
        const stop = catalog.subscribe((refs) => {
          if (refs === 'everything' || !refs.includes(ref)) return
          stop()
          resolve()
        })
      })
      const repository = round % 2 === 0 ? 'acme/fast' : `acme/new-${round}`
      await commit(repository, { 'catalog-info.yaml': component(`fast-${round}`, 'payments') })
      const pushedAt = performance.now()
      await told
      expect((await catalog.reader.findByRef(ref))?.entity.relations).toContainEqual({ type: 'ownedBy', targetRef: 'group:default/payments' })
      expect((await catalog.reader.findByRef('group:default/payments'))?.entity.relations).toContainEqual({ type: 'ownerOf', targetRef: ref })
      times.push(performance.now() - pushedAt)
    }
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.POSITIVE_INFINITY
    // 100 ms is the aim on a machine that does nothing else; this one may run other tests.
    expect(median).toBeLessThan(400)
    process.stdout.write(`push to visible with both ends: median ${median.toFixed(1)} ms, worst ${(times.at(-1) ?? 0).toFixed(1)} ms of ${times.length}\n`)
  })

  it('a step of a template that registers an address hears which entities are there', async () => {
    await commit('acme/registered', { 'catalog-info.yaml': component('registered', 'payments') })
    expect(await sources.addLocation({ url: `${PUBLIC_URL}/repositories/acme/registered/blob/main/catalog-info.yaml`, actor: 'user:default/ana' })).toEqual({
      entityRefs: ['component:default/registered'],
    })
    await expect(sources.addLocation({ url: 'http://127.0.0.1:17007/x.yaml', actor: 'user:default/ana' })).rejects.toMatchObject({
      code: 'platform.location.unreadable',
    })
  })
})
