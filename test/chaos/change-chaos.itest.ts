import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeEnd, createService, organisationLoaded, personClient, pushEdit, releaseOf, startPlatformProcess, type ReleaseAnswer } from '#harness'

const COMPONENT = 'orders'
let dataDir: string
let releases: [ReleaseAnswer, ReleaseAnswer]

// One service with two releases, both live once; then every chaos point deploys the other one.
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-chaos-'))
  await using platform = await startPlatformProcess({ dataDir, flags: ['--no-walk'] })
  await organisationLoaded(platform.administrator)
  const ana = await personClient(platform, 'user:default/ana')
  const ben = await personClient(platform, 'user:default/ben')
  const first = await createService(ana.client, COMPONENT)
  await pushEdit(platform, ana.token, COMPONENT, 'README.md', (text) => `${text}\nA second version.\n`)
  for (const environment of ['dev', 'production']) {
    const asked = await ana.client.call('deployments.create', { body: { component: COMPONENT, environment, release: first.id } })
    const change = await changeEnd(ana.client, asked.id, new Set(['waiting']))
    if (change.state === 'waiting') await ben.client.call('changes.approve', { params: { id: asked.id }, body: { planHash: change.planHash ?? '' } })
    const { state } = await changeEnd(ana.client, asked.id)
    if (state !== 'done') throw new Error(`the first version did not get to ${environment}: ${state}`)
  }
  releases = [first, await releaseOf(ana.client, COMPONENT, 2)]
})

afterAll(async () => await rm(dataDir, { recursive: true, force: true }))

it.each([
  { point: 'planned', environment: 'dev' },
  { point: 'checked', environment: 'dev' },
  { point: 'before-apply:workload', environment: 'dev' },
  { point: 'after-apply:workload', environment: 'dev' },
  { point: 'after-apply:traffic:100', environment: 'dev' },
  { point: 'during-verify', environment: 'dev' },
  { point: 'before-finish', environment: 'dev' },
  { point: 'approved', environment: 'production' },
  { point: 'before-apply:analysis:10', environment: 'production' },
  { point: 'after-apply:analysis:50', environment: 'production' },
])(
  'a platform killed at $point in $environment completes the change after its restart, each effect once',
  { timeout: 240_000 },
  async ({ point, environment }) => {
    let changeId: string
    let wanted: ReleaseAnswer
    {
      await using dying = await startPlatformProcess({ dataDir, flags: ['--no-walk'], environment: { FAIRWAY_CHAOS: point } })
      const ana = await personClient(dying, 'user:default/ana')
      const ben = await personClient(dying, 'user:default/ben')
      const matrix = await ana.client.call('environments.matrix', {})
      const current = matrix.rows.find((row) => row.component === COMPONENT)?.cells[environment]?.release
      wanted = current === releases[0].id ? releases[1] : releases[0]
      changeId = (await ana.client.call('deployments.create', { body: { component: COMPONENT, environment, release: wanted.id } })).id
      if (environment === 'production') {
        const change = await changeEnd(ana.client, changeId, new Set(['waiting']))
        await ben.client.call('changes.approve', { params: { id: changeId }, body: { planHash: change.planHash ?? '' } }).catch(() => {}) // the platform may die before it answers
      }
      expect(await dying.ended).toBe('SIGKILL')
    }
    await using platform = await startPlatformProcess({ dataDir, flags: ['--no-walk'] })
    const change = await changeEnd(platform.administrator, changeId)
    expect(change).toMatchObject({ state: 'done' })
    expect(change.steps.filter((step) => step.phase === 'apply').every((step) => step.state === 'done' || step.state === 'skipped')).toBe(true)
    const running = await platform.administrator.call('workloads.list', { query: { component: COMPONENT, environment } })
    expect(
      running.items.filter((item) => item.state !== 'stopped' && item.state !== 'absent').map((item) => [item.ref.release, item.instances.length]),
    ).toEqual([[wanted.id, 1]])
    const routes = await platform.administrator.call('routes.list', {})
    expect(
      routes.items
        .filter((route) => route.component === COMPONENT && route.environment === environment)
        .every((route) => route.backends.length === 1 && route.backends[0]?.release === wanted.id),
    ).toBe(true)
    expect(await platform.administrator.call('audit.verify', {})).toMatchObject({ isIntact: true })
  },
)
