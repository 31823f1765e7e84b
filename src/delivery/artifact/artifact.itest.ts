import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '#kernel/common/clock'
import type { Secret } from '#kernel/common/secret'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryBlobStore } from '#kernel/node/blob'
import { createRouter, systemCaller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { loadSigner, SIGSTORE_BUNDLE } from '#delivery/provenance'
import { createRegistry, type Registry } from '#delivery/registry'
import { createArtifacts, CYCLONEDX, SARIF, type ArtifactDeps, type ArtifactService, type PublishRequest } from './index.ts'

let database: TestDatabase
let root: string
let registry: Registry
let deps: ArtifactDeps & { journal: MemoryJournal }
let service: ArtifactService
let counter = 0

async function signer(): Promise<Awaited<ReturnType<typeof loadSigner>>> {
  let key: Secret | undefined
  return await loadSigner({ find: async () => key, create: async (made) => void (key = made) })
}

beforeAll(async () => {
  database = await createTestDatabase()
  root = await mkdtemp(path.join(tmpdir(), 'artifact-'))
  registry = createRegistry({ db: database.db, blobs: new MemoryBlobStore(), clock: systemClock, log: silentLogger }).registry
  deps = { db: database.db, journal: new MemoryJournal(), clock: systemClock, registry, signer: await signer(), dataDir: path.join(root, 'data') }
  service = createArtifacts(deps).service
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(root, { recursive: true, force: true })
})

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const sbom = bytes({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{}, {}, {}] })
const sarif = bytes({ version: '2.1.0', runs: [{ tool: { driver: { name: 'semgrep' } }, results: [{ level: 'error' }] }] })

async function build(content = 'hello'): Promise<PublishRequest> {
  counter += 1
  const folder = path.join(root, `build-${counter}`)
  await mkdir(path.join(folder, 'src'), { recursive: true })
  await writeFile(path.join(folder, 'src', 'server.js'), content)
  return {
    component: 'orders',
    repository: 'acme/orders',
    commit: 'c'.repeat(40),
    ref: 'refs/heads/main',
    workflow: '.github/workflows/ci.yml',
    runId: `run_${counter}`,
    folder,
  }
}

describe('publish', () => {
  it('says in its record whether it is to be run or to be used', async () => {
    const [app, kit] = [await service.publish(await build('app of a kind')), await service.publish({ ...(await build('package of a kind')), kind: 'package' })]
    expect([(await service.get(app.digest)).kind, (await service.get(kit.digest)).kind]).toEqual(['app', 'package'])
  })

  it('makes an artifact with SBOM, findings and provenance attached, and tells it once', async () => {
    const request = { ...(await build('attached')), sbom, sarif: [sarif] }
    const artifact = await service.publish(request)
    expect(artifact).toMatchObject({ sbom: { components: 3 }, findings: [{ tool: 'semgrep', count: 1, errors: 1 }], runId: request.runId })
    const referrers = await registry.listReferrers('acme/orders', artifact.digest)
    expect(new Set(referrers.map((referrer) => referrer.artifactType))).toEqual(new Set([CYCLONEDX, SARIF, SIGSTORE_BUNDLE]))
    expect(await service.verify(artifact.digest)).toMatchObject({ isVerified: true, runId: request.runId })
    expect((await registry.getManifest('acme/orders', `orders-${'c'.repeat(40)}`)).digest).toBe(artifact.digest)
    expect(deps.journal.events.filter((event) => event.subject === `artifact/${artifact.digest}`)).toHaveLength(1)
  })

  it('gives the same digest for the same folder, also in another run', async () => {
    const [first, second] = [await build('same'), await build('same')]
    expect((await service.publish(second)).digest).toBe((await service.publish(first)).digest)
  })

  it('does nothing twice for a run, also when two do it at once', async () => {
    const request = { ...(await build('once')), sbom }
    const made = await Promise.all([service.publish(request), service.publish(request)])
    await writeFile(path.join(request.folder, 'src', 'server.js'), 'changed after the build')
    expect(await service.publish(request)).toEqual(made[0])
    expect(made[1]).toEqual(made[0])
    expect(await registry.listReferrers('acme/orders', made[0].digest, SIGSTORE_BUNDLE)).toHaveLength(1)
  })

  it('goes on after a crash before the record, and attests once', async () => {
    const request = { ...(await build('crash')), sbom }
    const failing = createArtifacts({ ...deps, journal: { append: async () => await Promise.reject(new Error('crash')) } }).service
    await expect(failing.publish(request)).rejects.toThrow('crash')
    expect(await service.findOfRun(request.runId)).toBeUndefined()
    const artifact = await service.publish(request)
    expect(await registry.listReferrers('acme/orders', artifact.digest, SIGSTORE_BUNDLE)).toHaveLength(1)
  })

  it('leaves nothing behind for a bad report or an empty folder', async () => {
    const request = await build('bad report')
    await expect(service.publish({ ...request, sbom: bytes({}) })).rejects.toMatchObject({ code: 'delivery.artifact.bad_report' })
    await rm(request.folder, { recursive: true })
    await mkdir(request.folder)
    await expect(service.publish(request)).rejects.toMatchObject({ code: 'delivery.artifact.empty' })
    expect(await service.findOfRun(request.runId)).toBeUndefined()
    expect(await readdir(path.join(root, 'data', 'tmp'))).toEqual([])
  })
})

describe('verify', () => {
  it('names the step that fails', async () => {
    const artifact = await service.publish(await build('verify'))
    expect(await service.verify(artifact.digest, { repository: 'acme/orders', commit: 'c'.repeat(40) })).toMatchObject({ isVerified: true })
    expect(await service.verify(artifact.digest, { repository: 'evil/orders' })).toMatchObject({ isVerified: false, failedStep: 'repository' })
    expect(await service.verify(artifact.digest, { repository: 'acme/orders', commit: 'd'.repeat(40) })).toMatchObject({
      isVerified: false,
      failedStep: 'commit',
    })
    expect(await service.verify(`sha256:${'0'.repeat(64)}`)).toMatchObject({ isVerified: false, failedStep: 'attestation' })
    const otherKey = createArtifacts({ ...deps, signer: await signer() }).service
    expect(await otherKey.verify(artifact.digest)).toMatchObject({ isVerified: false, failedStep: 'signature' })
    const otherBuilder = createArtifacts({ ...deps, builderId: 'https://example.com/builder' }).service
    expect(await otherBuilder.verify(artifact.digest)).toMatchObject({ isVerified: false, failedStep: 'builder' })
  })

  it('stays good when another repository builds the same files later', async () => {
    const mine = await service.publish(await build('twins'))
    const twin = await service.publish({ ...(await build('twins')), repository: 'acme/twin' })
    expect(twin.digest).toBe(mine.digest)
    expect(await service.verify(mine.digest, { repository: 'acme/orders', commit: 'c'.repeat(40) })).toMatchObject({ isVerified: true, runId: mine.runId })
    expect(await service.verify(mine.digest, { repository: 'acme/twin' })).toMatchObject({ isVerified: true, runId: twin.runId })
  })

  it('does not take the word of an attestation for another artifact', async () => {
    const [good, bad] = [await service.publish(await build('good')), await service.publish(await build('bad'))]
    const attestation = (await registry.listReferrers('acme/orders', good.digest, SIGSTORE_BUNDLE))[0]
    const manifest = JSON.parse(Buffer.from((await registry.getManifest('acme/orders', attestation?.digest ?? '')).bytes).toString()) as { subject: object }
    const subject = { ...manifest.subject, digest: bad.digest }
    await registry.putManifest('acme/orders', 'moved', bytes({ ...manifest, subject }), 'application/vnd.oci.image.manifest.v1+json')
    const mine = await registry.listReferrers('acme/orders', bad.digest, SIGSTORE_BUNDLE)
    expect(mine).toHaveLength(2)
    await sql`delete from registry_manifest where digest = ${mine[0]?.digest ?? ''}`.execute(database.db)
    expect(await service.verify(bad.digest)).toMatchObject({ isVerified: false, failedStep: 'subject' })
  })
})

describe('unpack', () => {
  it('gives one folder to all who ask at once, whole', async () => {
    const artifact = await service.publish(await build('unpacked'))
    const folders = await Promise.all(Array.from({ length: 8 }, () => service.unpack(artifact.digest)))
    expect(new Set(folders).size).toBe(1)
    expect(await readFile(path.join(folders[0] ?? '', 'src', 'server.js'), 'utf8')).toBe('unpacked')
    const other = createArtifacts(deps).service
    expect(await other.unpack(artifact.digest)).toBe(folders[0])
    expect((await readdir(path.join(root, 'data', 'unpacked'))).filter((name) => name.startsWith('.'))).toEqual([])
    expect(await readdir(path.join(root, 'data', 'tmp'))).toEqual([])
  })

  it('of two processes at once, both get the same folder', async () => {
    const artifact = await service.publish(await build('two processes'))
    const folders = await Promise.all([service.unpack(artifact.digest), createArtifacts(deps).service.unpack(artifact.digest)])
    expect(folders[0]).toBe(folders[1])
    expect(await readFile(path.join(folders[0] ?? '', 'src', 'server.js'), 'utf8')).toBe('two processes')
  })

  it('says what is not there', async () => {
    await expect(service.unpack(`sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'delivery.artifact.not_found' })
    await expect(service.unpack('../../etc')).rejects.toMatchObject({ code: 'delivery.artifact.not_found' })
  })
})

it('GET /api/v1/artifacts/{digest} tells findings and provenance', async () => {
  const artifact = await service.publish({ ...(await build('route')), sarif: [sarif] })
  const router = createRouter(createArtifacts(deps).routes, {
    authenticate: async () => systemCaller,
    authorize: async () => ({ isAllowed: true, reason: '' }),
    log: silentLogger,
  })
  const response = await router(new Request(`http://x/api/v1/artifacts/${artifact.digest}`))
  expect(await response.json()).toMatchObject({
    digest: artifact.digest,
    component: 'orders',
    findings: [{ tool: 'semgrep', count: 1 }],
    sbom: null,
    provenance: { isVerified: true },
  })
  expect((await router(new Request('http://x/api/v1/artifacts/sha256:0'))).status).toBe(404)
})
