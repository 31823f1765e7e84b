import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createRouter, systemCaller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import type { ProvenanceVerdict } from '#delivery/provenance'
import { createReleases, type NewRelease, type ReleaseDeps } from './index.ts'

let database: TestDatabase
let deps: ReleaseDeps & { journal: MemoryJournal }
let releases: ReturnType<typeof createReleases>
let verified: { digest: string; isVerified: boolean }[] = []
let isAttested = true

beforeAll(async () => {
  database = await createTestDatabase()
  deps = {
    db: database.db,
    journal: new MemoryJournal(),
    clock: new ManualClock(),
    artifactOfRun: async (runId, component) =>
      runId === 'run_none'
        ? undefined
        : {
            repository: `acme/${component}`,
            commit: 'c'.repeat(40),
            commitMessage: 'First',
            digest: `sha256:${runId}`,
            kind: runId === 'run_package' ? ('package' as const) : ('app' as const),
            scoreText: runId === 'run_package' ? '' : SCORE,
          },
    verify: async (digest): Promise<ProvenanceVerdict> => {
      verified.push({ digest, isVerified: isAttested })
      return { isVerified: isAttested, reason: '', failedStep: isAttested ? null : 'attestation', builder: null, keyId: null, runId: null }
    },
  }
  releases = createReleases(deps)
})
afterAll(async () => await database[Symbol.asyncDispose]())

const SCORE = 'apiVersion: score.dev/v1b1\nmetadata:\n  name: orders\n'
let counter = 0
const draft = (component: string, change: Partial<NewRelease> = {}): NewRelease => ({
  component,
  repository: `acme/${component}`,
  commit: 'c'.repeat(40),
  commitMessage: 'Change',
  digest: `sha256:${counter++}`,
  runId: 'run_1',
  scoreText: SCORE,
  createdBy: 'user:default/ana',
  ...change,
})

describe('create', () => {
  it('numbers the versions of a component without gaps, also when many come at once and some fail', async () => {
    const failing = createReleases({ ...deps, journal: { append: async () => await Promise.reject(new Error('no journal')) } }).service
    await Promise.allSettled(Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? failing : releases.service).create(draft('gapless'))))
    const { items } = await releases.service.list({ component: 'gapless' })
    expect(items.map((release) => release.version)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
  })

  it('makes one release of the same component, digest and commit, however often it is asked', async () => {
    const input = draft('once')
    const made = await Promise.all(Array.from({ length: 5 }, () => releases.service.create(input)))
    expect(new Set(made.map((release) => release.id)).size).toBe(1)
    expect(deps.journal.events.filter((event) => event.type === 'delivery.release.created' && event.data['component'] === 'once')).toHaveLength(1)
    expect((await releases.service.create({ ...input, commit: 'd'.repeat(40) })).version).toBe(2)
    expect((await releases.service.create(draft('another'))).version).toBe(1)
  })

  it('keeps the score file as text and as data', async () => {
    const release = await releases.service.get((await releases.service.create(draft('score'))).id)
    expect(release.scoreText).toBe(SCORE)
    expect(release.score).toEqual({ apiVersion: 'score.dev/v1b1', metadata: { name: 'orders' } })
  })

  it('refuses a broken score file with its place, and takes no version', async () => {
    await expect(releases.service.create(draft('broken', { scoreText: 'a: 1\na: 2\n' }))).rejects.toMatchObject({
      code: 'delivery.release.bad_score',
      errors: [{ file: 'score.yaml', line: 2 }],
    })
    expect((await releases.service.create(draft('broken'))).version).toBe(1)
  })

  it('makes a release of a package without a score file, as nothing of it is run; an application needs one', async () => {
    const made = await releases.service.createOfRun({ component: 'text-kit', runId: 'run_package', createdBy: 'user:default/ana' })
    expect(await releases.service.get(made.id)).toMatchObject({ kind: 'package', scoreText: '', score: {} })
    expect((await releases.service.create(draft('kinds'))).kind).toBe('app')
    await expect(releases.service.create(draft('scoreless', { scoreText: '' }))).rejects.toMatchObject({ code: 'delivery.release.bad_score' })
  })

  it('refuses what those who will run it find wrong', async () => {
    const errors = [{ field: 'containers', message: 'is missing', file: 'score.yaml', line: 1 }]
    const strict = createReleases({ ...deps, checkScore: () => errors }).service
    await expect(strict.create(draft('strict'))).rejects.toMatchObject({ code: 'delivery.release.bad_score', errors })
    expect((await releases.service.list({ component: 'strict' })).items).toEqual([])
  })
})

describe('a release', () => {
  it.each([
    ["update release set digest = 'sha256:evil'"],
    ["update release set score = '{}'"],
    ['update release set version = version + 100'],
    ["update release set commit = 'x', quarantine_reason = 'r', quarantined_at = now(), quarantined_by = 'me'"],
    ['delete from release'],
    ['truncate release'],
  ])('can not be changed: %s', async (statement) => {
    const before = await releases.service.create(draft('immutable', { digest: 'sha256:immutable' }))
    await expect(sql.raw(statement).execute(database.db)).rejects.toMatchObject({ code: '23001' })
    expect(await releases.service.get(before.id)).toEqual(before)
  })

  it('goes into quarantine and out again, told once each, and is not the newest meanwhile', async () => {
    const [first, second] = [await releases.service.create(draft('bad')), await releases.service.create(draft('bad'))]
    const held = await releases.service.quarantine(second.id, 'the canary failed', 'system:fairway')
    expect(held.quarantine).toMatchObject({ reason: 'the canary failed', by: 'system:fairway' })
    expect((await releases.service.quarantine(second.id, 'again', 'user:default/ana')).quarantine?.reason).toBe('the canary failed')
    expect((await releases.service.getNewest('bad')).id).toBe(first.id)
    expect((await releases.service.liftQuarantine(second.id, 'user:default/ana')).quarantine).toBeNull()
    await releases.service.liftQuarantine(second.id, 'user:default/ana')
    expect((await releases.service.getNewest('bad')).id).toBe(second.id)
    expect((await releases.service.getNewest('bad', second.version)).id).toBe(first.id)
    const told = deps.journal.events.filter((event) => event.subject === `release/${second.id}`).map((event) => event.type)
    expect(told).toEqual(['delivery.release.created', 'delivery.release.quarantined', 'delivery.release.quarantine_lifted'])
  })

  it('keeps a good verdict on its provenance, and asks again after a bad one', async () => {
    const release = await releases.service.create(draft('judged'))
    verified = []
    isAttested = false
    expect((await releases.service.provenance(release.id)).isVerified).toBe(false)
    isAttested = true
    for (let round = 0; round < 3; round++) expect((await releases.service.provenance(release.id)).isVerified).toBe(true)
    expect(verified.map((call) => call.isVerified)).toEqual([false, true])
  })

  it('says what is not there', async () => {
    await expect(releases.service.get('rel_none')).rejects.toMatchObject({ code: 'delivery.release.not_found' })
    await expect(releases.service.getVersion('orders', 99)).rejects.toMatchObject({ code: 'delivery.release.not_found' })
    await expect(releases.service.getNewest('nobody')).rejects.toMatchObject({ code: 'delivery.release.none' })
    await expect(releases.service.quarantine('rel_none', 'x', 'me')).rejects.toMatchObject({ code: 'delivery.release.not_found' })
    await expect(releases.service.list({ cursor: 'nope' })).rejects.toMatchObject({ code: 'delivery.release.bad_cursor' })
  })
})

it('lists in pages, newest first, of one component or of all', async () => {
  for (let index = 0; index < 5; index++) await releases.service.create(draft('pages'))
  for (const component of ['pages', undefined]) {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await releases.service.list({ component, limit: 2, cursor })
      seen.push(...page.items.filter((release) => release.component === 'pages').map((release) => `v${release.version}`))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(['v5', 'v4', 'v3', 'v2', 'v1'])
  }
})

it('the routes create of a run, read and list', async () => {
  const router = createRouter(releases.routes, {
    authenticate: async () => systemCaller,
    authorize: async () => ({ isAllowed: true, reason: '' }),
    log: silentLogger,
  })
  const post = async (body: object): Promise<Response> => await router(new Request('http://x/api/v1/releases', { method: 'POST', body: JSON.stringify(body) }))
  const created = await post({ component: 'routes', runId: 'run_7' })
  const release = (await created.json()) as { id: string }
  expect([created.status, release]).toMatchObject([
    201,
    { component: 'routes', version: 1, digest: 'sha256:run_7', commitMessage: 'First', quarantine: null, createdBy: 'system:fairway' },
  ])
  expect(await (await post({ component: 'routes', runId: 'run_7' })).json()).toMatchObject({ id: release.id })
  expect((await post({ component: 'routes', runId: 'run_none' })).status).toBe(409)
  expect(await (await router(new Request(`http://x/api/v1/releases/${release.id}`))).json()).toEqual(release)
  expect(await (await router(new Request('http://x/api/v1/releases?component=routes'))).json()).toEqual({ items: [release], nextCursor: null })
})
