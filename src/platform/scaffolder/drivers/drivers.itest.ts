import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/test-database.ts'
import { systemClock } from '#kernel/common/clock'
import type { JsonObject } from '#kernel/common/json'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { gitHostFaults, LocalGitHost } from '#delivery/git-host'
import { createCatalog, GitHostSource, type Catalog } from '#platform/catalog'
import { driverContract, type DriverHarness } from '../../../kernel/common/driver/driver-contract.ts'
import { recordIntent } from './effect-store.ts'
import { FilesDriver } from './files-driver.ts'
import { RegisterDriver } from './register-driver.ts'
import { RepositoryDriver } from './repository-driver.ts'

let database: TestDatabase
let folder: string
let host: LocalGitHost
let catalog: Catalog
let counter = 0

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(path.join(tmpdir(), 'drivers-'))
  const shared = { db: database.db, journal: new MemoryJournal(), log: silentLogger }
  host = await LocalGitHost.open({ ...shared, clock: systemClock, root: folder })
  catalog = createCatalog({
    ...shared,
    source: new GitHostSource(host),
    trusted: { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' },
    publicUrl: () => 'http://x',
  })
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const author = { name: 'Ana', email: 'ana@x' }
const fails = (): Promise<never> => Promise.reject(gitHostFaults.failed({ repository: 'acme/x', what: 'the disk is full' }))
const renderFiles = async (input: JsonObject): Promise<{ path: string; content: Uint8Array; isExecutable: boolean }[]> => [
  { path: 'a.txt', content: Buffer.from(JSON.stringify(input['text'])), isExecutable: false },
]

driverContract('repository', {
  make: async (): Promise<DriverHarness> => ({
    driver: new RepositoryDriver({ hostOf: () => host, db: database.db }),
    request: () => ({ id: 'repository', target: `repository/acme/r${++counter}`, desired: { createdBy: 'user:default/ana' } }),
    crashHalfway: async (action, key) => {
      const [, owner = '', name = ''] = action.target.split('/')
      await recordIntent(database.db, key.split(':')[0] ?? '', `${owner}/${name}`)
      await host.createRepository({ owner, name, createdBy: 'user:default/ana' })
    },
    secrets: async () => [],
    broken: async () =>
      new RepositoryDriver({
        db: database.db,
        hostOf: () => ({ createRepository: fails, findRepository: fails, deleteRepository: fails, resolveRef: fails, log: fails }),
      }),
  }),
})

driverContract('files', {
  make: async (): Promise<DriverHarness> => {
    const name = `f${++counter}`
    const names = [name, `${name}b`]
    for (const each of names) await host.createRepository({ owner: 'acme', name: each, createdBy: 'user:default/ana' })
    return {
      driver: new FilesDriver({ hostOf: () => host, renderFiles }),
      request: () => ({
        id: 'files',
        target: `files/acme/${names.shift() ?? name}@main`,
        desired: { text: 'hello', message: 'Start', author, pusher: 'user:default/ana' },
      }),
      secrets: async () => [],
      broken: async () => new FilesDriver({ renderFiles, hostOf: () => ({ commitFiles: fails, resolveRef: fails, log: fails, findRepository: fails }) }),
    }
  },
  without: { remove: 'commits stay as long as their repository does' },
})

driverContract('register', {
  make: async (): Promise<DriverHarness> => {
    const name = `c${++counter}`
    await host.createRepository({ owner: 'acme', name, createdBy: 'user:default/ana' })
    const text = `apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: ${name}}\nspec: {owner: payments}\n`
    await host.commitFiles({
      owner: 'acme',
      name,
      branch: 'main',
      message: 'Start',
      author,
      pusher: 'user:default/ana',
      files: [{ path: 'catalog-info.yaml', content: Buffer.from(text) }],
    })
    return {
      driver: new RegisterDriver(catalog),
      request: () => ({ id: 'register', target: `entity/system:default/${name}`, desired: { repository: `acme/${name}`, branch: 'main' } }),
      secrets: async () => [],
      broken: async () => new RegisterDriver({ query: catalog.query, repositories: { ingestRepository: fails } }),
    }
  },
  without: { stale: 'reading a repository once more is always right: the push may have been first', remove: 'an entity stays as long as its file does' },
})
