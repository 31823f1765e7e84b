import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/harness/test-database.ts'
import { systemClock } from '#kernel/common/clock'
import type { Outcome, PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { LocalGitHost } from '#delivery/git-host'
import { createCatalog, GitHostSource, type Catalog } from '#platform/catalog'
import type { DraftPlan, Plan } from '#platform/change'
import { alone } from '../../../test/harness/lone-scaffolder.ts'
import { createScaffolder, type Scaffolder } from './scaffolder.ts'
import { seedOrganisation } from './seed-organisation.ts'

let database: TestDatabase
let folder: string
let host: LocalGitHost
let catalog: Catalog
let scaffolder: Scaffolder
const ana = { requestedBy: 'user:default/ana' }
const template = 'template:default/node-service-postgres'
const values = (name: string): JsonObject => ({ name, owner: 'group:default/payments' })

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(path.join(tmpdir(), 'scaffolder-'))
  const shared = { db: database.db, journal: new MemoryJournal(), log: silentLogger }
  host = await LocalGitHost.open({ ...shared, clock: systemClock, root: path.join(folder, 'git') })
  catalog = createCatalog({
    ...shared,
    source: new GitHostSource(host),
    trusted: { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' },
    publicUrl: () => 'http://fairway.test',
  })
  scaffolder = createScaffolder({ ...shared, host, catalog, ...alone, publicUrl: () => 'http://fairway.test' })
  await seedOrganisation({ checkout: process.cwd(), host, log: silentLogger })
  await catalog.repositories.rescan()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function planned(name: string): Promise<{ input: Parameters<Scaffolder['kind']['plan']>[0]; plan: DraftPlan }> {
  const input = (await scaffolder.kind.prepare?.({ template, values: values(name) }, ana)) ?? { template, values: values(name) }
  return { input, plan: await scaffolder.kind.plan(input, ana) }
}
async function apply(action: PlannedAction, change: string, phase = ''): Promise<Outcome> {
  const driver = scaffolder.drivers[action.driver as keyof Scaffolder['drivers']]
  return await driver.apply(action, { key: `${change}:${phase}${action.id}`, signal: new AbortController().signal, outputs: {}, progress: () => {} })
}
const undo = async (plan: DraftPlan, change: string): Promise<Outcome[]> => {
  const outcomes: Outcome[] = []
  for (const action of plan.rollback) outcomes.push(await apply(action, change, 'rollback:'))
  return outcomes
}

describe('the seeded organisation', () => {
  it('is in the catalog without a problem', async () => {
    const { rows } = await sql<{ path: string; problems: unknown }>`select path, problems from catalog_file where problems <> '[]'`.execute(database.db)
    expect(rows).toEqual([])
    expect((await catalog.directory.environments()).map((item) => item.ref)).toEqual([
      'environment:default/dev',
      'environment:default/production',
      'environment:default/staging',
    ])
    expect(await catalog.directory.groupsOf('user:default/ana')).toContain('group:default/payments')
  })

  it('lists the golden path with its schema', async () => {
    const found = (await scaffolder.library.list()).find((candidate) => candidate.ref === template)
    expect(found?.steps.map((step) => step.action)).toEqual(expect.arrayContaining(['fetch:template', 'publish:fairway', 'catalog:register']))
  })
})

describe('creating', () => {
  it('makes repository, first commit and entity, and records where they come from', async () => {
    const { input, plan } = await planned('orders')
    expect(plan.actions.map((action) => action.id)).toEqual(['repository:acme/orders', 'files:acme/orders', 'register:acme/orders'])
    expect(scaffolder.kind.describe(input)).toEqual({ title: 'Create orders from Node.js service with PostgreSQL', component: 'orders' })
    const outputs: Record<string, JsonObject> = {}
    for (const action of plan.actions) {
      const outcome = await apply(action, 'chg_a')
      if (outcome.outcome === 'done') outputs[action.id] = outcome.outputs
    }
    const commits = await host.log({ owner: 'acme', name: 'orders', ref: 'main' })
    expect(commits).toMatchObject([{ message: expect.stringMatching(/^Create orders from/) as string }])
    const stored = await catalog.query.findByRef('component:default/orders')
    expect(stored?.entity.metadata.annotations?.['fairway.dev/template']).toBe(`${template}@${input.templateCommit ?? ''}`)
    const change = {
      id: 'chg_a',
      kind: 'create',
      input,
      plan: { ...plan, verdicts: [] } as Plan,
      state: 'done' as const,
      requestedBy: 'user:default/ana',
      refusedBy: null,
      result: { message: '' },
      finishedAt: new Date(),
      outputs,
    }
    await database.db.transaction().execute(async (tx) => await scaffolder.kind.finished?.(tx, change))
    const { rows } = await sql<object>`select template_ref, repository, component_ref, created_by from creation`.execute(database.db)
    expect(rows).toEqual([{ template_ref: template, repository: 'acme/orders', component_ref: 'component:default/orders', created_by: 'user:default/ana' }])
  })

  it('has each effect once, however often it is applied', async () => {
    const { plan } = await planned('twice')
    const first: Outcome[] = []
    for (const action of plan.actions) first.push(await apply(action, 'chg_b'))
    const again: Outcome[] = []
    for (const action of plan.actions) again.push(await apply(action, 'chg_b'))
    expect(again).toEqual(first)
    expect(await host.log({ owner: 'acme', name: 'twice', ref: 'main' })).toHaveLength(1)
  })

  it('goes on after a crash between making the repository and noting it', async () => {
    const { plan } = await planned('crashed')
    const [repository] = plan.actions
    if (!repository) throw new Error('no action')
    await apply(repository, 'chg_c')
    await sql`update creation_effect set repository_id = null where change_id = 'chg_c'`.execute(database.db)
    expect(await apply(repository, 'chg_c')).toMatchObject({ outcome: 'done' })
  })

  it('refuses, before anything is made, what exists already', async () => {
    await expect(planned('orders')).rejects.toMatchObject({ code: 'platform.scaffolder.exists' })
  })

  it('is stale when somebody else made the repository meanwhile, and then takes nothing of theirs away', async () => {
    const { plan } = await planned('raced')
    await host.createRepository({ owner: 'acme', name: 'raced', createdBy: 'user:default/ben' })
    await expect(apply(plan.actions[0] as PlannedAction, 'chg_d')).rejects.toMatchObject({ code: 'kernel.driver.stale' })
    await undo(plan, 'chg_d')
    expect(await host.findRepository('acme', 'raced')).toBeDefined()
  })

  it('leaves nothing when it is undone, at whatever step it failed', async () => {
    for (const [index, name] of ['undone0', 'undone1', 'undone2', 'undone3'].entries()) {
      const { plan } = await planned(name)
      for (const action of plan.actions.slice(0, index)) await apply(action, `chg_${name}`)
      for (const outcome of [...(await undo(plan, `chg_${name}`)), ...(await undo(plan, `chg_${name}`))]) expect(outcome.outcome).toBe('done')
      expect(await host.findRepository('acme', name)).toBeUndefined()
      expect(await catalog.query.findByRef(`component:default/${name}`)).toBeUndefined()
    }
  })

  it('keeps a repository that somebody has committed to', async () => {
    const { plan } = await planned('touched')
    for (const action of plan.actions) await apply(action, 'chg_e')
    await host.commitFiles({
      owner: 'acme',
      name: 'touched',
      branch: 'main',
      message: 'Mine',
      author: { name: 'Ben', email: 'b@x' },
      pusher: 'user:default/ben',
      files: [{ path: 'x', content: Buffer.from('x') }],
    })
    expect((await undo(plan, 'chg_e'))[0]).toMatchObject({ message: expect.stringContaining('commits of others') as string })
    expect(await host.findRepository('acme', 'touched')).toBeDefined()
  })

  it('refuses to register what the catalog does not take', async () => {
    const { plan } = await planned('refused')
    for (const action of plan.actions.slice(0, 2)) await apply(action, 'chg_f')
    await host.commitFiles({
      owner: 'acme',
      name: 'refused',
      branch: 'main',
      message: 'Break it',
      author: { name: 'Ben', email: 'b@x' },
      pusher: 'user:default/ben',
      files: [{ path: 'catalog-info.yaml', content: Buffer.from('kind: [') }],
    })
    expect(await apply(plan.actions[2] as PlannedAction, 'chg_f')).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('catalog-info.yaml:1:') as string,
    })
  })

  it('copies no link out of a template', async () => {
    const checkout = path.join(folder, 'linked')
    await mkdir(path.join(checkout, 'x'), { recursive: true })
    await writeFile(path.join(checkout, 'canary'), 'canary')
    await symlink('/etc/passwd', path.join(checkout, 'x', 'link'))
    await symlink('../canary', path.join(checkout, 'x', 'near'))
    await host.createRepository({ owner: 'acme', name: 'linked', createdBy: 'user:default/eve' })
    const { execFile } = await import('node:child_process')
    const run = async (...args: string[]): Promise<void> =>
      await new Promise(
        (resolve, reject) =>
          void execFile('git', ['-c', 'user.name=e', '-c', 'user.email=e@x', '-C', checkout, ...args], (error) =>
            error ? reject(new Error(error.message)) : resolve(),
          ),
      )
    await run('init', '-q', '-b', 'main')
    await run('add', '-A')
    await run('commit', '-q', '-m', 'x')
    await run('push', '-q', host.gitDirOf({ owner: 'acme', name: 'linked' }), 'main')
    const { TemplateLibrary } = await import('./template-library.ts')
    const entity = { apiVersion: 'scaffolder.backstage.io/v1beta3', kind: 'Template', metadata: { name: 'l' }, spec: {} }
    await host.commitFiles({
      owner: 'acme',
      name: 'linked',
      branch: 'main',
      message: 't',
      author: { name: 'e', email: 'e@x' },
      pusher: 'user:default/eve',
      files: [
        {
          path: 'template.yaml',
          content: Buffer.from('apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: l}\nspec: {type: service, steps: []}\n'),
        },
      ],
    })
    const library = new TemplateLibrary({
      host,
      directory: catalog.directory,
      query: {
        findByRef: async () => ({
          ref: 'template:default/l',
          entity,
          problems: [],
          repository: 'acme/linked',
          path: 'template.yaml',
          branch: 'main',
          commit: '',
          source: 'git:acme/linked',
          isOrphan: false,
        }),
      },
    })
    const loaded = await library.load('l')
    await expect(loaded.readFolder('./x')).rejects.toMatchObject({
      code: 'platform.scaffolder.bad_path',
      message: expect.stringContaining('is a link') as string,
    })
  })
})

describe('seedOrganisation', () => {
  it('seeds once, updates what only we have touched, and never writes over an edit', async () => {
    const checkout = path.join(folder, 'checkout')
    const write = async (file: string, text: string): Promise<void> => {
      await mkdir(path.dirname(path.join(checkout, file)), { recursive: true })
      await writeFile(path.join(checkout, file), text)
    }
    await write('organisation/a.yaml', '1')
    await write('organisation/b.yaml', '1')
    await write('golden-paths/x/template.yaml', '1')
    const other = await LocalGitHost.open({
      db: database.db,
      journal: new MemoryJournal(),
      clock: systemClock,
      log: silentLogger,
      root: path.join(folder, 'git'),
    })
    for (const name of ['organisation', 'golden-paths']) await other.deleteRepository({ owner: 'fairway', name }, 'system:fairway')
    const seed = async (): Promise<unknown> => await seedOrganisation({ checkout, host: other, log: silentLogger })
    expect(await seed()).toEqual({ 'fairway/organisation': 'seeded', 'fairway/golden-paths': 'seeded' })
    expect(await seed()).toEqual({ 'fairway/organisation': 'unchanged', 'fairway/golden-paths': 'unchanged' })
    await rm(path.join(checkout, 'organisation/b.yaml'))
    await write('organisation/a.yaml', '2')
    expect(await seed()).toMatchObject({ 'fairway/organisation': 'updated' })
    expect((await other.listTree({ owner: 'fairway', name: 'organisation', ref: 'main', recursive: true })).map((entry) => entry.path)).toEqual(['a.yaml'])
    await other.commitFiles({
      owner: 'fairway',
      name: 'organisation',
      branch: 'main',
      message: 'Our own rules',
      author: { name: 'Olga', email: 'o@x' },
      pusher: 'user:default/olga',
      files: [{ path: 'a.yaml', content: Buffer.from('ours') }],
    })
    await write('organisation/a.yaml', '3')
    expect(await seed()).toMatchObject({ 'fairway/organisation': 'edited' })
    expect(Buffer.from(await other.readFile({ owner: 'fairway', name: 'organisation', ref: 'main', path: 'a.yaml' })).toString()).toBe('ours')
  })
})
