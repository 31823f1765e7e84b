import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { faults } from '#kernel/common/fault'
import type { ChangeKind, ChangeState, FinishedChange } from '#platform/change'
import { createEnvironments, type Environment } from '#platform/environment'
import { createDeployKind, findDeployment, type DeployableRelease, type DeployInput, type ReleaseSource } from './index.ts'

const testFaults = faults('test.release', {
  not_found: { status: 404, title: 'No such release', retry: 'no', detail: (d: { id: string }) => `there is no release ${d.id}` },
})
const score =
  'apiVersion: score.dev/v1b1\nmetadata: { name: orders }\nservice: { ports: { www: { port: 8080 } } }\ncontainers: { main: { image: ., command: [node, server.js] } }\n'

let database: TestDatabase
let releases: DeployableRelease[]
let kind: ChangeKind<DeployInput>

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())

let count = 0
let component = ''
beforeEach(() => {
  component = `orders-${++count}`
  releases = ['3', '2', '1'].map((version) => ({
    id: `rel_${version}`,
    component,
    version,
    digest: `sha256:${version}`,
    commit: `c${version}`,
    score,
    quarantine: null,
  }))
  const source: ReleaseSource = {
    get: async (id) => {
      const found = releases.find((release) => release.id === id)
      if (!found) throw testFaults.not_found({ id })
      return found
    },
    // One a page, so that every look-up has to turn pages.
    list: async ({ cursor }) => {
      const at = cursor === undefined ? 0 : Number(cursor)
      const all = releases.filter((release) => release.component === component)
      return { items: all.slice(at, at + 1), nextCursor: at + 1 < all.length ? String(at + 1) : null }
    },
    quarantine: async (_tx, id, reason) => {
      releases = releases.map((release) => (release.id === id ? { ...release, quarantine: { reason } } : release))
    },
  }
  const environment = (name: string, order: number): Environment => ({
    name,
    title: name,
    description: '',
    order,
    account: 'local',
    region: 'local-1',
    runtime: 'processes',
    rollout: { strategy: 'all-at-once', steps: [] },
    approval: null,
  })
  const { directory } = createEnvironments({ environments: async () => [environment('dev', 1), environment('production', 2)] })
  kind = createDeployKind({
    db: database.db,
    environments: directory,
    releases: source,
    resources: { plan: async () => ({ actions: [], outputs: {} }) },
    findComponent: async (name) => (name === component ? { name, title: name, owner: 'group:default/payments' } : undefined),
  })
})

const prepare = async (input: Omit<DeployInput, 'component'>): Promise<DeployInput> =>
  (await kind.prepare?.({ component, ...input }, { requestedBy: 'user:default/ana' })) as DeployInput

/** Plans and ends a deployment, as the engine would. */
async function deploy(input: Omit<DeployInput, 'component'>, over: Partial<FinishedChange> = {}): Promise<void> {
  const prepared = await prepare(input)
  const plan = { ...(await kind.plan(prepared, { requestedBy: 'user:default/ana' })), verdicts: [] }
  await database.db.transaction().execute(async (tx) => {
    await kind.finished?.(tx, {
      id: `chg_${Math.random()}`,
      kind: 'deploy',
      input: prepared,
      plan,
      state: 'done' as ChangeState,
      requestedBy: 'user:default/ana',
      result: { message: 'done' },
      finishedAt: new Date(),
      outputs: {},
      refusedBy: null,
      ...over,
    })
  })
}
const current = async (environment: string) => await findDeployment(database.db, component, environment)

describe('which release is meant', () => {
  it('the newest that is not in quarantine, unless told', async () => {
    expect(await prepare({ environment: 'dev' })).toMatchObject({ release: 'rel_3', version: '3' })
    releases = releases.map((release) => (release.version === '3' ? { ...release, quarantine: { reason: 'errors' } } : release))
    expect(await prepare({ environment: 'dev' })).toMatchObject({ release: 'rel_2' })
  })

  it('a version, with or without v', async () => {
    expect(await prepare({ environment: 'dev', version: '1' })).toMatchObject({ release: 'rel_1' })
    expect(await prepare({ environment: 'dev', version: 'v2' })).toMatchObject({ release: 'rel_2', version: '2' })
  })

  it('the one that runs in the environment before', async () => {
    await deploy({ environment: 'dev', version: '2' })
    expect(await prepare({ environment: 'production', from: 'dev' })).toMatchObject({ release: 'rel_2' })
  })

  it.each([
    { why: 'an unknown environment', input: { environment: 'moon' }, code: 'platform.environment.not_found' },
    { why: 'an unknown version', input: { environment: 'dev', version: '9' }, code: 'platform.deployment.no_release' },
    { why: 'an unknown release', input: { environment: 'dev', release: 'rel_x' }, code: 'test.release.not_found' },
    { why: 'a promotion from where nothing runs', input: { environment: 'production', from: 'dev' }, code: 'platform.deployment.nothing_to_promote' },
    { why: 'a rollback of what was never deployed', input: { environment: 'dev', rollback: true }, code: 'platform.deployment.nothing_to_roll_back' },
  ])('$why is refused before anything is written', async ({ input, code }) => {
    await expect(prepare(input)).rejects.toMatchObject({ code })
  })

  it('a component that there is not is named, whatever else is wrong', async () => {
    await expect(kind.prepare?.({ component: 'absent', environment: 'dev' }, { requestedBy: 'user:default/ana' })).rejects.toMatchObject({
      code: 'platform.deployment.no_component',
      message: expect.stringContaining('"absent"') as string,
    })
  })

  it('a release in quarantine is refused with its reason, and a foreign one with its owner', async () => {
    releases = [
      ...releases.map((release) => ({ ...release, quarantine: { reason: 'answers errors' } })),
      { ...releases[0], id: 'rel_other', component: 'billing' } as DeployableRelease,
    ]
    await expect(prepare({ environment: 'dev', release: 'rel_3' })).rejects.toMatchObject({
      code: 'platform.deployment.quarantined',
      message: `${component} v3 is in quarantine: answers errors; deploy another release, or push a correction`,
    })
    await expect(prepare({ environment: 'dev', release: 'rel_other' })).rejects.toMatchObject({ code: 'platform.deployment.foreign_release' })
  })

  it('a package is refused in words: there is nothing to run', async () => {
    releases = releases.map((release) => ({ ...release, score: '' }))
    await expect(prepare({ environment: 'dev' })).rejects.toMatchObject({
      code: 'platform.deployment.nothing_to_run',
      message: `${component} v3 is a package: there is nothing to run, so it is not deployed; others use the release`,
    })
  })

  it('a Score file with faults is refused with file, line and field', async () => {
    releases = releases.map((release) => ({ ...release, score: score.replace('command', 'comand') }))
    await expect(prepare({ environment: 'dev' })).rejects.toMatchObject({
      code: 'platform.deployment.bad_score',
      errors: [{ file: 'score.yaml', field: 'containers.main.comand' }],
    })
  })
})

describe('what is kept', () => {
  it('the release that runs and the one to go back to', async () => {
    await deploy({ environment: 'dev', version: '1' })
    await deploy({ environment: 'dev', version: '2' })
    expect(await current('dev')).toMatchObject({
      release: 'rel_2',
      version: '2',
      digest: 'sha256:2',
      commit: 'c2',
      previousRelease: 'rel_1',
      deployedBy: 'user:default/ana',
    })
    expect(await prepare({ environment: 'dev', rollback: true })).toMatchObject({ release: 'rel_1' })
  })

  it('after a rollback, the one that ran before the one gone back to', async () => {
    for (const version of ['1', '2', '3']) await deploy({ environment: 'dev', version })
    await deploy({ environment: 'dev', rollback: true })
    expect(await current('dev')).toMatchObject({ release: 'rel_2', previousRelease: 'rel_1' })
    await deploy({ environment: 'dev', rollback: true })
    expect(await current('dev')).toMatchObject({ release: 'rel_1', previousRelease: null })
  })

  it('nothing of a deployment that did not go well', async () => {
    await deploy({ environment: 'dev', version: '1' })
    for (const state of ['failed', 'denied', 'rejected', 'cancelled', 'expired', 'rolled_back'] as const)
      await deploy({ environment: 'dev', version: '2' }, { state })
    expect(await current('dev')).toMatchObject({ release: 'rel_1' })
  })

  it('a release that was refused while it ran goes into quarantine; one that a broken database stopped does not', async () => {
    const result = { message: '"Watch v2" was refused: 30 % errors' }
    await deploy({ environment: 'dev', version: '1' }, { state: 'rolled_back', result, refusedBy: null })
    expect(releases.find(({ id }) => id === 'rel_1')?.quarantine).toBeNull()
    await deploy({ environment: 'dev', version: '2' }, { state: 'rolled_back', result, refusedBy: { id: 'analysis:10', driver: 'analysis' } })
    expect(releases.find(({ id }) => id === 'rel_2')?.quarantine).toEqual({ reason: result.message })
  })

  it('deploying what runs already changes nothing', async () => {
    await deploy({ environment: 'dev', version: '1' })
    const plan = await kind.plan(await prepare({ environment: 'dev', version: '1' }), { requestedBy: 'user:default/ana' })
    expect(plan).toMatchObject({ unchanged: true, actions: [] })
  })
})
