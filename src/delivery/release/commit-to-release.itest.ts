import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '#kernel/common/clock'
import type { Secret } from '#kernel/common/secret'
import { createTestDatabase, type TestDatabase } from '#harness'
import { DiskBlobStore } from '#kernel/node/blob'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createArtifacts } from '#delivery/artifact'
import { createGitHost } from '#delivery/git-host'
import { loadSigner } from '#delivery/provenance'
import { createRegistry } from '#delivery/registry'
import { artifactOfRunFrom, createReleases } from './index.ts'

let database: TestDatabase
let root: string
beforeAll(async () => {
  database = await createTestDatabase()
  root = await mkdtemp(path.join(tmpdir(), 'commit-to-release-'))
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(root, { recursive: true, force: true })
})

it('a commit becomes an artifact, a release, and files that can run, each proved by the one before', async () => {
  const common = { db: database.db, journal: new MemoryJournal(), clock: systemClock, log: silentLogger }
  const { host } = await createGitHost({ ...common, root: path.join(root, 'git'), authorize: async () => ({ isAllowed: true, reason: '' }) })
  const { registry } = createRegistry({ ...common, blobs: await DiskBlobStore.open(path.join(root, 'blobs')) })
  let key: Secret | undefined
  const signer = await loadSigner({ find: async () => key, create: async (made) => void (key = made) })
  const { service: artifacts } = createArtifacts({ ...common, registry, signer, dataDir: root })
  const { service: releases } = createReleases({
    ...common,
    artifactOfRun: artifactOfRunFrom({ artifacts, gitHost: host }),
    verify: async (digest, expect) => await artifacts.verify(digest, expect),
  })

  await host.createRepository({ owner: 'acme', name: 'orders', createdBy: 'user:default/ana' })
  const files = { 'src/server.js': 'console.log(1)\n', 'score.yaml': 'apiVersion: score.dev/v1b1\nmetadata:\n  name: orders\n' }
  const { sha } = await host.commitFiles({
    owner: 'acme',
    name: 'orders',
    branch: 'main',
    message: 'First',
    author: { name: 'Ana', email: 'ana@example.com' },
    files: Object.entries(files).map(([file, content]) => ({ path: file, content: Buffer.from(content) })),
    pusher: 'user:default/ana',
  })
  const folder = path.join(root, 'workspace')
  await host.checkout({ owner: 'acme', name: 'orders', ref: sha, folder })
  const published = await artifacts.publish({
    component: 'orders',
    repository: 'acme/orders',
    commit: sha,
    ref: 'refs/heads/main',
    workflow: '.github/workflows/ci.yml',
    runId: 'run_1',
    folder,
  })
  const release = await releases.createOfRun({ component: 'orders', runId: 'run_1', createdBy: 'user:default/ana' })
  expect(release).toMatchObject({
    component: 'orders',
    version: 1,
    commit: sha,
    commitMessage: 'First',
    digest: published.digest,
    score: { metadata: { name: 'orders' } },
  })
  expect(await releases.provenance(release.id)).toMatchObject({ isVerified: true, failedStep: null })
  expect(await readFile(path.join(await artifacts.unpack(release.digest), 'src/server.js'), 'utf8')).toBe(files['src/server.js'])
})
