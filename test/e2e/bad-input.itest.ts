import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createClient, type Operations } from '#contract'
import { eventually, organisationLoaded, releaseOf, runFairway, startPlatformProcess, type PlatformProcess } from '#harness'
import { pushFiles, pushTinyService, tinyScore, tinyService } from '../harness/tiny-service.ts'

type Entity = Operations['entities.get']['output']
type Run = Operations['runs.get']['output']

const TEMPLATE = 'template:default/node-service-postgres'
const TEMPLATE_FILE = 'node-service-postgres/template.yaml'

let dataDir: string
let platform: PlatformProcess
let administrator: PlatformProcess['administrator']
let admin: string
let template: string

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-bad-input-'))
  platform = await startPlatformProcess({ dataDir, flags: ['--no-walk'] })
  administrator = platform.administrator
  await organisationLoaded(administrator)
  admin = (await readFile(path.join(dataDir, 'admin.token'), 'utf8')).trim()
  template = await readFile(`golden-paths/${TEMPLATE_FILE}`, 'utf8')
  await pushTinyService(platform, admin, 'orders')
  await releaseOf(administrator, 'orders', 1)
})

afterAll(async () => {
  await platform?.[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

const cli = async (...args: string[]): ReturnType<typeof runFairway> => await runFairway(args, { FAIRWAY_DATA: dataDir })

async function entityOf(ref: string): Promise<Entity> {
  const [kind = '', namespace = '', name = ''] = ref.split(/[:/]/)
  return await administrator.call('entities.get', { params: { kind, namespace, name } })
}

/** The entity, once the catalog has seen a fault in its file. */
async function faulty(ref: string): Promise<Entity> {
  return await eventually(`a problem of ${ref}`, async () => await entityOf(ref).then((entity) => (entity.problems.length > 0 ? entity : undefined)), 20_000)
}

async function healthy(ref: string): Promise<Entity> {
  return await eventually(
    `the end of the problems of ${ref}`,
    async () => await entityOf(ref).then((entity) => (entity.problems.length === 0 ? entity : undefined)),
    20_000,
  )
}

/** The run of a commit, ended; with the verdict about its release when it was green. */
async function runOf(commit: string): Promise<Run> {
  return await eventually(
    `the run of ${commit}`,
    async () => {
      const { items } = await administrator.call('runs.list', { query: { repository: 'acme/orders', limit: 20 } })
      return items.find(
        (run) => run.commit === commit && run.state === 'completed' && (run.conclusion !== 'success' || run.release !== null || run.annotations.length > 0),
      )
    },
    60_000,
  )
}

/** What a request that is refused must leave as it was. */
async function everything(): Promise<unknown> {
  const [repositories, changes, releases, entities] = await Promise.all([
    administrator.call('repositories.list', { query: { limit: 200 } }),
    administrator.call('changes.list', { query: { limit: 200 } }),
    administrator.call('releases.list', { query: { limit: 200 } }),
    administrator.call('entities.list', { query: { limit: 200 } }),
  ])
  return {
    repositories: repositories.items.map((one) => `${one.owner}/${one.name}`),
    changes: changes.items.map((one) => one.id),
    releases: releases.items.map((one) => one.id),
    entities: entities.total,
  }
}

async function unchangedBy(work: () => Promise<unknown>): Promise<void> {
  const before = await everything()
  await work()
  expect(await everything()).toEqual(before)
}

describe('a wrong template', () => {
  afterEach(async () => {
    await pushFiles(platform, admin, 'fairway/golden-paths', { [TEMPLATE_FILE]: template }, 'Mend')
    await healthy(TEMPLATE)
  })

  it.each([
    { why: 'broken YAML', text: () => template.replace('spec:', 'spec: ['), field: '', message: /./, told: /template\.yaml:\d+/ },
    {
      why: 'an unknown action',
      text: () => template.replace('action: fetch:template', 'action: fetch:nothing'),
      field: 'spec.steps[0].action',
      message: /fetch:nothing.*fetch:template/s,
      told: /fetch:nothing.*fetch:template/s,
    },
    {
      why: 'a parameter of no type',
      text: () => template.replace('type: string', 'type: strng'),
      field: 'spec.parameters[0]',
      message: /strng/,
      told: /template\.yaml:\d+.*strng/,
    },
    {
      why: 'a step without an action',
      text: () => template.replace('      action: publish:fairway\n', ''),
      field: 'spec.steps[2].action',
      message: /./,
      told: /template\.yaml:\d+.*action/,
    },
  ])('$why: is named by file, line and field, and nothing can be created from it', async ({ text, field, message, told }) => {
    await pushFiles(platform, admin, 'fairway/golden-paths', { [TEMPLATE_FILE]: text() }, 'Break')
    const { entity, problems } = await faulty(TEMPLATE)
    expect(entity).toMatchObject({ spec: { type: 'service', owner: 'group:default/platform' } })
    expect(problems[0]).toMatchObject({ file: TEMPLATE_FILE, line: expect.any(Number), field, message: expect.stringMatching(message) })
    expect((await administrator.call('templates.list', {})).items.map((one) => one.ref)).toContain(TEMPLATE)
    await unchangedBy(async () => {
      const refused = administrator.call('creations.create', { body: { template: TEMPLATE, values: { name: 'half-made', owner: 'group:default/payments' } } })
      await expect(refused).rejects.toMatchObject({ status: 422 })
      const said = await cli('create', 'node-service-postgres', '--name', 'half-made', '--owner', 'group:default/payments')
      expect(said.code).toBe(1)
      expect(said.stderr).toMatch(told)
    })
  })
})

describe('wrong values for a creation', () => {
  it.each([
    { why: 'a name that is none', values: { name: 'Not A Name', owner: 'group:default/payments' }, field: 'values.name' },
    { why: 'a number for a name', values: { name: 7, owner: 'group:default/payments' }, field: 'values.name' },
    { why: 'no owner', values: { name: 'half-made' }, field: 'values.owner' },
    { why: 'an owner that there is not', values: { name: 'half-made', owner: 'group:default/absent' }, field: 'values.owner' },
    {
      why: 'a repository owner with a path',
      values: { name: 'half-made', owner: 'group:default/payments', repoUrl: '?owner=../fairway&repo=half-made' },
      field: 'values.repoUrl',
    },
  ])('$why: names the field, and nothing is made', async ({ values, field }) => {
    await unchangedBy(async () => {
      await expect(administrator.call('creations.create', { body: { template: TEMPLATE, values } })).rejects.toMatchObject({
        status: 422,
        errors: [{ field, message: expect.any(String) }],
      })
      const preview = await administrator.call('creations.preview', { body: { template: TEMPLATE, values } })
      expect(preview).toMatchObject({ files: [], problems: [{ field }] })
    })
  })

  it('a name that is taken is refused before anything begins', async () => {
    await unchangedBy(async () => {
      await expect(
        administrator.call('creations.create', { body: { template: TEMPLATE, values: { name: 'orders', owner: 'group:default/payments' } } }),
      ).rejects.toMatchObject({
        status: 409,
        message: expect.stringContaining('acme/orders'),
      })
    })
  })

  it('the CLI says which, with exit code 2, and so for what it does not understand itself', async () => {
    await unchangedBy(async () => {
      const wrong = await cli('create', 'node-service-postgres', '--name', 'Not A Name', '--owner', 'group:default/payments')
      expect(wrong.code).toBe(2)
      expect(wrong.stderr).toMatch(/name/)
      expect((await cli('create', 'node-service-postgres', '--set', 'no-equals-sign')).code).toBe(2)
      expect((await cli('create', 'absent-template', '--name', 'half-made')).stderr).toMatch(/absent-template/)
      const file = path.join(dataDir, 'values.yaml')
      await writeFile(file, 'name: [\n')
      const unreadable = await cli('create', 'node-service-postgres', '--values', file)
      expect(unreadable.code).toBe(2)
      expect(unreadable.stderr).toContain('values.yaml')
    })
  })
})

describe('a wrong file in a component', () => {
  it.each([
    { why: 'an unknown key', workflow: 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    stepz: []\n', line: 5, message: /stepz/ },
    {
      why: 'a job that needs one that is not there',
      workflow:
        'on: push\njobs:\n  first: { runs-on: ubuntu-latest, steps: [{ run: echo }] }\n  second:\n    runs-on: ubuntu-latest\n    needs: absent\n    steps: [{ run: echo }]\n',
      line: 6,
      message: /absent/,
    },
    {
      why: 'an open expression',
      workflow: 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.sha }\n',
      line: 6,
      message: /not closed/,
    },
    {
      why: 'an unknown action',
      workflow: 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: acme/absent@v1\n',
      line: 6,
      message: /acme\/absent/,
    },
    { why: 'broken YAML', workflow: 'on: push\njobs: {\n', line: expect.any(Number) as number, message: /./ },
  ])('workflow with $why: the run fails with file and line, and none of it runs', async ({ workflow, line, message }) => {
    const commit = await pushFiles(platform, admin, 'acme/orders', { '.github/workflows/ci.yml': workflow }, 'Break the workflow')
    const run = await runOf(commit)
    expect(run).toMatchObject({ conclusion: 'failure', release: null })
    const said = [...run.annotations, ...run.jobs.flatMap((job) => job.annotations)].filter((one) => one.level === 'error')
    expect(said[0]).toMatchObject({ file: '.github/workflows/ci.yml', line, message: expect.stringMatching(message) })
    expect(run.jobs.flatMap((job) => job.steps).filter((step) => step.conclusion === 'success' && step.name.startsWith('Run'))).toEqual([])
  })

  it.each([
    { why: 'an unknown field', score: () => tinyScore('orders').replace('command', 'comand'), line: 10, field: 'containers.main.comand' },
    { why: 'a wrong type', score: () => tinyScore('orders').replace("['node', 'server.js']", 'node server.js'), line: 10, field: 'containers.main.command' },
    {
      why: 'a placeholder to nowhere',
      score: () => tinyScore('orders', '    variables: { URL: "${resources.db.url}" }\n'),
      line: 12,
      field: 'containers.main.variables.URL',
    },
    { why: 'broken YAML', score: () => 'apiVersion: [\n', line: 2, field: '' },
  ])('score file with $why: the release is refused by file, line and field', async ({ score, line, field }) => {
    const before = await administrator.call('releases.list', { query: { component: 'orders', limit: 50 } })
    const commit = await pushFiles(platform, admin, 'acme/orders', { ...tinyService('orders'), 'score.yaml': score() }, 'Break the score file')
    const run = await runOf(commit)
    expect(run).toMatchObject({
      conclusion: 'success',
      release: null,
      annotations: [{ level: 'error' }, { level: 'error', file: 'score.yaml', line, message: expect.stringContaining(field) }],
    })
    expect(await administrator.call('releases.list', { query: { component: 'orders', limit: 50 } })).toEqual(before)
  })

  it('descriptor: the last good entity stays, with the problem on it', async () => {
    const descriptor = tinyService('orders')['catalog-info.yaml'] ?? ''
    for (const { text, field } of [
      { text: descriptor.replace(", owner: 'group:default/payments'", ''), field: 'spec.owner' },
      { text: descriptor.replace('spec: {', 'spec: ['), field: '' },
    ]) {
      await pushFiles(platform, admin, 'acme/orders', { 'catalog-info.yaml': text }, 'Break the descriptor')
      const { entity, problems } = await faulty('component:default/orders')
      expect(entity).toMatchObject({ spec: { owner: 'group:default/payments' } })
      expect(problems[0]).toMatchObject({ file: 'catalog-info.yaml', line: expect.any(Number), field })
      const shown = await cli('get', 'component', 'orders', '-o', 'json')
      expect(shown.stdout).toContain('catalog-info.yaml')
      await pushFiles(platform, admin, 'acme/orders', { 'catalog-info.yaml': descriptor }, 'Mend the descriptor')
      await healthy('component:default/orders')
    }
  })

  it('a descriptor that claims what is not its own gets nothing', async () => {
    await administrator.call('repositories.create', { body: { owner: 'acme', name: 'greedy', description: '', defaultBranch: 'main' } })
    const claims = `${tinyService('greedy')['catalog-info.yaml']}---
${tinyService('orders', { owner: 'user:default/eve' })['catalog-info.yaml']}---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: mallory }
spec: { memberOf: [platform] }
---
apiVersion: fairway.dev/v1
kind: Environment
metadata: { name: production }
spec: { order: 1, account: local, region: local, rollout: { strategy: all-at-once } }
`
    await pushFiles(platform, admin, 'acme/greedy', { 'catalog-info.yaml': claims })
    await eventually('what is its own', async () => await entityOf('component:default/greedy').catch(() => undefined), 20_000)
    expect(await entityOf('component:default/orders')).toMatchObject({ entity: { spec: { owner: 'group:default/payments' } } })
    await expect(entityOf('user:default/mallory')).rejects.toMatchObject({ status: 404 })
    expect((await administrator.call('environments.list', {})).items.find((one) => one.name === 'production')?.approval).toMatchObject({ required: 1 })
  })
})

describe('wrong files of the organisation', () => {
  const edits: Record<string, (text: string) => string> = {
    'policies/production.yaml': (text) =>
      `${text.slice(0, text.lastIndexOf('effect: deny'))}effect: maybe\n`.replace('release != null && release.provenance != null', 'release.provenance.('),
    'environments/production.yaml': (text) => `${text.replace('required: 1', 'required: one')}  aproval: {}\n`,
    'recipes/postgres.yaml': (text) => text.replace('driver: postgres', 'driver: postgress'),
    'cloud/local.yaml': (text) => text.replace(/provider: .*/, 'provider: moon'),
    'teams/payments.yaml': (text) => text.replace('  type: team\n', ''),
  }
  const standing = async (): Promise<unknown> => ({
    environments: await administrator.call('environments.list', {}),
    policies: await administrator.call('policies.list', {}),
    accounts: await administrator.call('accounts.list', {}),
    recipe: await administrator.call('recipes.explain', { query: { type: 'postgres', component: 'orders', environment: 'dev' } }),
    ana: (await entityOf('user:default/ana')).relations,
  })
  let good: Record<string, string>
  let before: unknown

  beforeAll(async () => {
    good = Object.fromEntries(await Promise.all(Object.keys(edits).map(async (file) => [file, await readFile(`organisation/${file}`, 'utf8')] as const)))
    before = await standing()
    const broken = Object.fromEntries(Object.entries(edits).map(([file, edit]) => [file, edit(good[file] ?? '')]))
    await pushFiles(platform, admin, 'fairway/organisation', broken, 'Break')
  })

  it.each([
    { ref: 'policy:default/production-needs-verified-provenance', file: 'policies/production.yaml', field: 'spec.validations[0].expression', line: 11 },
    { ref: 'policy:default/production-keeps-its-data', file: 'policies/production.yaml', field: 'spec.effect', line: 26 },
    { ref: 'environment:default/production', file: 'environments/production.yaml', field: 'spec.approval.required', line: 21 },
    { ref: 'environment:default/production', file: 'environments/production.yaml', field: 'spec.aproval', line: 24 },
    { ref: 'recipe:default/postgres', file: 'recipes/postgres.yaml', field: 'spec.driver', line: 10 },
    { ref: 'cloudaccount:default/local', file: 'cloud/local.yaml', field: 'spec.provider', line: 8 },
    { ref: 'group:default/payments', file: 'teams/payments.yaml', field: 'spec.type', line: 7 },
  ])('$ref: $field is named by file and line, and the last good one stays', async ({ ref, file, field, line }) => {
    const { problems } = await faulty(ref)
    const problem = problems.find((one) => one.field === field)
    expect(problem, JSON.stringify(problems)).toMatchObject({ file, line, message: expect.stringMatching(/\w+/) })
  })

  it('what stood before still stands, and does so when all is mended', async () => {
    expect(await standing()).toEqual(before)
    await pushFiles(platform, admin, 'fairway/organisation', good, 'Mend')
    for (const ref of ['policy:default/production-keeps-its-data', 'environment:default/production', 'recipe:default/postgres', 'group:default/payments'])
      await healthy(ref)
    expect(await standing()).toEqual(before)
  })
})

describe('a plan for what there is not', () => {
  it.each([
    { why: 'component', args: ['absent', '-e', 'dev'], input: { component: 'absent', environment: 'dev' }, status: 404, message: /"absent"/ },
    {
      why: 'environment',
      args: ['orders', '-e', 'moon'],
      input: { component: 'orders', environment: 'moon' },
      status: 404,
      message: /"moon".*dev, staging, production/,
    },
    {
      why: 'release',
      args: ['orders', '-e', 'dev', '-r', '99'],
      input: { component: 'orders', environment: 'dev', version: '99' },
      status: 409,
      message: /orders.*v99/,
    },
  ])('$why: is named, and nothing is written', async ({ args, input, status, message }) => {
    await unchangedBy(async () => {
      await expect(administrator.call('plans.create', { body: { kind: 'deploy', input } })).rejects.toMatchObject({
        status,
        message: expect.stringMatching(message),
      })
      await expect(administrator.call('deployments.create', { body: input })).rejects.toMatchObject({ status, message: expect.stringMatching(message) })
      const said = await cli('plan', ...args)
      expect(said.code).toBe(1)
      expect(said.stderr).toMatch(message)
      expect(said.stderr).not.toMatch(/at .*\.ts:/)
    })
  })

  it('fields of a plan are named by their path', async () => {
    await expect(administrator.call('plans.create', { body: { kind: 'deploy', input: { component: 7, environment: 'dev', more: 1 } } })).rejects.toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ field: 'input.component' })]),
    })
    await expect(administrator.call('plans.create', { body: { kind: 'deplay', input: {} } })).rejects.toMatchObject({
      message: expect.stringContaining('create, deploy'),
    })
  })
})

describe('a wrong credential', () => {
  it('is told without a trace, with exit code 4', async () => {
    const elsewhere = { FAIRWAY_DATA: path.join(dataDir, 'elsewhere'), FAIRWAY_URL: platform.url }
    const wrong = await runFairway(['get', 'components'], { ...elsewhere, FAIRWAY_TOKEN: 'fwy_wrong' })
    expect(wrong).toMatchObject({ code: 4, stdout: '' })
    const away = await runFairway(['get', 'components'], { ...elsewhere, FAIRWAY_URL: 'http://127.0.0.1:9', FAIRWAY_TOKEN: 'fwy_wrong' })
    expect(away.code).toBe(1)
    expect(away.stderr).toMatch(/127\.0\.0\.1:9.*does not answer/)
    await expect(createClient({ baseUrl: platform.url, token: 'x' }).call('me.get', {})).rejects.toMatchObject({ status: 401 })
  })
})
