import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryGitHost, splitRepository } from '#delivery/git-host'
import { isFault } from '#kernel/common/fault'
import { systemClock } from '#kernel/common/clock'
import { silentLogger } from '#kernel/node/log'
import type { StoredEntity } from '#platform/catalog'
import { createDocumentation, type Documentation } from './documentation.ts'
import type { DocsReader } from './docs-reader.ts'
import { findPage, findSite } from './documentation-store.ts'

const REF = 'component:default/orders'
const host = new MemoryGitHost()
const reader: DocsReader = {
  headOf: async (repository, branch) => await host.resolveRef({ ...splitRepository(repository), ref: `refs/heads/${branch}` }),
  listFiles: async (repository, commit) => (await host.listTree({ ...splitRepository(repository), ref: commit, recursive: true })).map((entry) => entry.path),
  readFile: async (repository, commit, path, maxBytes) => await host.readFile({ ...splitRepository(repository), ref: commit, path, maxBytes }),
  log: async (repository, commit, options) =>
    (await host.log({ ...splitRepository(repository), ref: commit, ...options })).map(({ sha, author, at }) => ({ sha, author: author.name, at })),
  editUrl: (repository, branch, path) => `/edit/${repository}/${branch}/${path}`,
}
let database: TestDatabase
let documentation: Documentation
let entity: Partial<StoredEntity> | undefined = {
  ref: REF,
  repository: 'acme/orders',
  path: 'catalog-info.yaml',
  branch: 'main',
  entity: { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'orders' } },
}

const commit = async (files: Record<string, string | null>, name = 'Ana'): Promise<string> =>
  (
    await host.commitFiles({
      owner: 'acme',
      name: 'orders',
      branch: 'main',
      message: 'x',
      author: { name, email: 'a@b' },
      pusher: 'user:default/ana',
      files: Object.entries(files).map(([path, content]) => ({ path, content: content === null ? null : new TextEncoder().encode(content) })),
    })
  ).sha

beforeAll(async () => {
  database = await createTestDatabase()
  await host.createRepository({ owner: 'acme', name: 'orders', createdBy: 'user:default/ana' })
  documentation = createDocumentation({
    db: database.db,
    clock: systemClock,
    log: silentLogger,
    reader,
    catalog: { listByRefs: async () => new Map(entity ? [[REF, entity as StoredEntity]] : []) },
  })
})
afterAll(async () => await database[Symbol.asyncDispose]())

it('is absent until there are pages, and says what to do', async () => {
  await commit({ 'catalog-info.yaml': 'x' })
  await documentation.onEntities([REF])
  expect(await findSite(database.db, REF)).toBeUndefined()
})

it('follows a push: navigation, pages with their authors, neighbours', async () => {
  await commit({
    'mkdocs.yml': 'site_name: Orders\nnav: [index.md, run.md]',
    'docs/index.md': '# Orders\n\nTakes orders.',
    'docs/run.md': '# Run\n\nStart the flux capacitor.',
    'docs/extra.md': '# Extra',
  })
  await documentation.onEntities([REF])
  await commit({ 'docs/run.md': '# Run it\n\nStart the flux capacitor twice.' }, 'Ben')
  await documentation.onPush({ repository: 'acme/orders', ref: 'refs/heads/main' })
  expect(await findSite(database.db, REF)).toMatchObject({
    title: 'Orders',
    home: 'index.md',
    nav: [{ path: 'index.md' }, { title: 'Run it', path: 'run.md' }],
  })
  expect(await findPage(database.db, REF, 'run.md')).toMatchObject({
    author: 'Ben',
    previous: { path: 'index.md' },
    next: { path: 'extra.md', title: 'Extra' },
  })
  expect(await findPage(database.db, REF, 'index.md')).toMatchObject({ author: 'Ana', previous: null })
})

it('is found by words as one types, with the place', async () => {
  expect(await documentation.search({ text: 'flux capac', limit: 5 })).toMatchObject([
    { entityRef: REF, path: 'run.md', excerpt: expect.stringContaining('«flux»') as string },
  ])
  expect(await documentation.search({ text: 'nothing like it', limit: 5 })).toEqual([])
  expect(await documentation.search({ text: "'); drop table", limit: 5 })).toEqual([])
})

it('keeps the last good pages when the repository can not be read', async () => {
  const listFiles = reader.listFiles.bind(reader)
  reader.listFiles = async () => {
    throw new Error('disk')
  }
  await commit({ 'docs/new.md': '# New' })
  await documentation.onPush({ repository: 'acme/orders', ref: 'refs/heads/main' })
  expect(await findPage(database.db, REF, 'run.md')).toBeDefined()
  reader.listFiles = listFiles
})

it('answers pages and pictures, and says what there is not', async () => {
  await commit({ 'docs/a.svg': '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>' })
  await documentation.onPush({ repository: 'acme/orders', ref: 'refs/heads/main' })
  const asset = documentation.routes.find((route) => route.operation === 'docs.asset')
  const get = async (path: string): Promise<Response> => {
    if (asset?.kind !== 'raw') throw new Error('no route')
    const url = new URL(`http://x/?path=${encodeURIComponent(path)}`)
    return await asset.handle({ params: { kind: 'component', namespace: 'default', name: 'orders' }, url } as unknown as Parameters<typeof asset.handle>[0])
  }
  const picture = await get('a.svg')
  expect(picture.headers.get('content-security-policy')).toContain('sandbox')
  expect(picture.headers.get('content-type')).toBe('image/svg+xml')
  for (const path of ['../catalog-info.yaml', 'none.png', ''])
    await expect(get(path)).rejects.toSatisfy((error) => isFault(error, 'platform.documentation.no_asset'))
})

it('goes with the entity', async () => {
  entity = undefined
  await documentation.onEntities([REF])
  expect(await findSite(database.db, REF)).toBeUndefined()
  expect(await documentation.search({ text: 'flux', limit: 5 })).toEqual([])
})
