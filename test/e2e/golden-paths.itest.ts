import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '#contract'
import { changeEnd, eventually, organisationLoaded, personClient, releaseOf, startPlatformProcess, type PlatformProcess, type ReleaseAnswer } from '#harness'
import { pushFiles, pushTinyService, tinyScore, tinyService } from '../harness/tiny-service.ts'

/** Why a toolchain can't be used; undefined when it can. */
const absent = (...programs: string[]): string | false =>
  programs.some(
    (program) =>
      spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined || spawnSync(program, ['version'], { stdio: 'ignore' }).error === undefined,
  )
    ? false
    : `${programs.join(' or ')} is not on PATH; \`fairway doctor\` says so too`
const noPython = absent('python3')
const noGo = absent('go')
const noTerraform = absent('tofu', 'terraform')

let dataDir: string
let platform: PlatformProcess
let ana: { client: Client; token: string }
let admin: string
/** Everything is begun at once, so that pipelines overlap; each test waits for its own. */
const begun = new Map<string, Promise<ReleaseAnswer>>()

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-golden-'))
  platform = await startPlatformProcess({ dataDir, flags: ['--no-walk'] })
  await organisationLoaded(platform.administrator)
  ana = await personClient(platform, 'user:default/ana')
  admin = (await readFile(path.join(dataDir, 'admin.token'), 'utf8')).trim()
  // The slowest first.
  begin('go-service', 'links', {}, noGo)
  begin('node-service-postgres', 'orders')
  begin('worker-with-queue', 'mailer')
  begin('api-first-service', 'baskets')
  begin('python-service', 'prices', {}, noPython)
  begin('documentation-site', 'handbook')
  begin('library', 'durations', { scope: 'acme' })
  begin('static-site', 'brochure')
  begin('terraform-module', 'naming')
  begin('scheduled-job', 'watchdog', { addresses: [`${platform.url}/healthz`] })
})

afterAll(async () => {
  await Promise.allSettled(begun.values())
  await platform?.[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

/** Creates from the golden path, and waits for the release of the first commit. A run that fails is told with its log. */
function begin(template: string, name: string, more: Record<string, string | string[]> = {}, why: string | false = false): void {
  if (why !== false) return
  const making = async (): Promise<ReleaseAnswer> => {
    const values = { name, owner: 'group:default/payments', ...more }
    const change = await ana.client.call(
      'creations.create',
      { body: { template: `template:default/${template}`, values } },
      { idempotencyKey: `golden:${name}` },
    )
    const created = await changeEnd(ana.client, change.id)
    if (created.state !== 'done') throw new Error(`${name} was not created: ${created.result?.message}`)
    const failed = eventually(`a failed run of ${name}`, async () => {
      const { items } = await ana.client.call('runs.list', { query: { repository: `acme/${name}`, state: 'completed' } })
      const bad = items.find((run) => run.conclusion !== 'success')
      return bad ? await logOf(bad.id) : undefined
    }).then((log) => {
      throw new Error(`the pipeline of ${name} failed:\n${log.slice(-3_000)}`)
    })
    failed.catch(() => {})
    return await Promise.race([releaseOf(ana.client, name, 1), failed])
  }
  const made = making()
  made.catch(() => {}) // told by the test that waits for it
  begun.set(name, made)
}

async function logOf(id: string): Promise<string> {
  const run = await ana.client.call('runs.get', { params: { id } })
  const logs = await Promise.all(
    run.jobs.map(async (job) => await (await platform.administrator.raw(`/api/v1/runs/${id}/jobs/${job.id}/log?limit=5000`)).text()),
  )
  return [...run.jobs.flatMap((job) => job.annotations.map((annotation) => annotation.message)), ...logs].join('\n')
}

async function released(name: string): Promise<ReleaseAnswer> {
  return (await begun.get(name)) as ReleaseAnswer
}

/** Deploys the first release to dev. */
async function deployed(name: string): Promise<ReleaseAnswer> {
  const release = await released(name)
  const change = await changeEnd(ana.client, (await ana.client.call('deployments.create', { body: { component: name, environment: 'dev' } })).id)
  expect(change.result?.message, `${name} is deployed`).not.toMatch(/not ready|refused/)
  expect(change.state).toBe('done')
  return release
}

/** Asks a component in dev through the ingress. */
async function ask(
  name: string,
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  const { port } = new URL(platform.ingressUrl)
  const options = { host: '127.0.0.1', port, path: url, method: body ? 'POST' : 'GET', headers: { ...headers, host: `${name}.dev.localhost:${port}` } }
  return await new Promise((resolve, reject) => {
    const asking = request(options, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    asking.on('error', reject)
    asking.end(body && JSON.stringify(body))
  })
}
const json = (answer: { text: string }): Record<string, unknown> => JSON.parse(answer.text) as Record<string, unknown>

describe('services, from the golden path to an answer in dev', () => {
  it('static site', async () => {
    await deployed('brochure')
    const page = await ask('brochure', '/')
    expect([page.status, page.text]).toEqual([200, expect.stringMatching(/<title>brochure<\/title>[\s\S]*Version 1\.0\.0\+[0-9a-f]{7}/)])
    const css = /href="(\/app\.[0-9a-f]{8}\.css)"/.exec(page.text)?.[1] ?? ''
    expect(await ask('brochure', css)).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=31536000, immutable' } })
    expect((await ask('brochure', '/nothing')).status).toBe(404)
  })

  it('API-first service, and its API in the catalog', async () => {
    await deployed('baskets')
    const made = await ask('baskets', '/orders', { customer: 'ana', lines: [{ sku: 'tea', quantity: 2 }] })
    expect([made.status, json(made)['state']]).toEqual([201, 'open'])
    expect(json(await ask('baskets', '/orders', { customer: '' }))).toMatchObject({
      status: 400,
      errors: [{ field: 'body.lines' }, { field: 'body.customer' }],
    })
    const api = await platform.administrator.call('entities.get', { params: { kind: 'api', namespace: 'default', name: 'baskets' } })
    expect(JSON.stringify(api)).toContain('operationId: createOrder')
  })

  it('documentation site', async () => {
    await deployed('handbook')
    expect((await ask('handbook', '/')).text).toContain('<a href="guides/write-a-page/">')
    expect((await ask('handbook', '/guides/write-a-page/')).text).toContain('<h1 id="write-a-page">')
    expect(json({ text: `{"pages":${(await ask('handbook', '/search.json')).text}}` })['pages']).toHaveLength(3)
  })

  it('Node.js service with PostgreSQL', async () => {
    await deployed('orders')
    await ask('orders', '/')
    expect(json(await ask('orders', '/'))).toMatchObject({ service: 'orders', visits: 2 })
  })

  it.skipIf(noPython !== false)(`Python service${noPython === false ? '' : `: ${noPython}`}`, async () => {
    await deployed('prices')
    expect(json(await ask('prices', '/quotes', { items: [{ sku: 'tea', quantity: 12, unitCents: 450 }] }))).toMatchObject({ totalCents: 5_130 })
  })

  it.skipIf(noGo !== false)(`Go service${noGo === false ? '' : `: ${noGo}`}`, async () => {
    await deployed('links')
    expect(await ask('links', '/go/go')).toMatchObject({ status: 302, headers: { location: 'https://go.dev/doc/' } })
  })

  it('worker with a queue: a job is done, once for a key, and counted', async () => {
    await deployed('mailer')
    const job = { kind: 'digest', payload: { text: 'abc' }, key: 'abc' }
    const { id } = json(await ask('mailer', '/jobs', job)) as { id: string }
    expect(json(await ask('mailer', '/jobs', job))['id']).toBe(id)
    const done = await eventually('the job', async () => {
      const now = json(await ask('mailer', `/jobs/${id}`))
      return now['state'] === 'done' ? now : undefined
    })
    expect(done['result']).toMatchObject({ sha256: expect.stringMatching(/^ba7816bf/) as string })
    await eventually('the count', async () =>
      (await ask('mailer', '/metrics')).text.includes('jobs_total{kind="digest",outcome="done"} 1') ? true : undefined,
    )
  })
})

it('scheduled job: it follows its schedule, and runs at once when asked', async () => {
  await deployed('watchdog')
  const workload = async () => (await ana.client.call('workloads.list', { query: { component: 'watchdog', environment: 'dev' } })).items[0]
  const waiting = await workload()
  expect(waiting).toMatchObject({ state: 'ready', instances: [{ nextRunAt: expect.stringMatching(/:00:00\.000Z$/) as string }] })
  await ana.client.call('workloads.restart', { body: { component: 'watchdog', environment: 'dev' } })
  const run = await eventually('the end of a run', async () => {
    const found = (await workload())?.instances[0]?.lastRun
    return found?.endedAt === undefined ? undefined : found
  })
  expect(run.isGood).toBe(true)
  const logs = await (await ana.client.raw('/api/v1/workloads/logs?component=watchdog&environment=dev')).text()
  expect(logs).toContain(`${platform.url}/healthz is well`)
  expect(logs).toContain('1 of 1 addresses are well')
})

describe('packages: released, and not deployed', () => {
  it('library', async () => {
    const release = await released('durations')
    expect(release).toMatchObject({ kind: 'package', version: 1 })
    const artifact = await ana.client.call('artifacts.get', { params: { digest: release.digest } })
    expect(artifact).toMatchObject({ kind: 'package', provenance: { isVerified: true }, sbom: { components: 0 } })
    await expect(ana.client.call('deployments.create', { body: { component: 'durations', environment: 'dev' } })).rejects.toMatchObject({
      code: 'platform.deployment.nothing_to_run',
      message: expect.stringContaining('durations v1 is a package: there is nothing to run') as string,
    })
  })

  it('Terraform module', async () => {
    expect(await released('naming')).toMatchObject({ kind: 'package', version: 1 })
  })

  it.skipIf(noTerraform !== false)(`a recipe uses the released Terraform module${noTerraform === false ? '' : `: ${noTerraform}`}`, async () => {
    await released('naming')
    const recipe = await ana.client.call('repositories.file', { params: { owner: 'acme', name: 'naming' }, query: { path: 'recipe.yaml' } })
    await pushFiles(platform, admin, 'fairway/organisation', { 'recipes/naming.yaml': recipe.content }, 'Offer names')
    const files = {
      ...tinyService('named', { score: tinyScore('named', '    variables: { NAME: "${resources.name.value}" }\nresources: { name: { type: naming } }\n') }),
      'server.js': "require('node:http').createServer((request, response) => response.end(process.env.NAME)).listen(process.env.PORT, '127.0.0.1')\n",
    }
    await pushTinyService(platform, admin, 'named', files)
    begun.set('named', releaseOf(ana.client, 'named', 1))
    await eventually('the recipe', async () => {
      const { outcome } = await ana.client.call('recipes.explain', { query: { type: 'naming', component: 'named', environment: 'dev' } })
      return outcome === 'matched' ? true : undefined
    })
    await deployed('named')
    expect((await ask('named', '/')).text).toBe('named-dev-name')
  })
})
