import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeEnd, eventually, organisationLoaded, personClient, releaseOf, startPlatformProcess, type ChangeAnswer, type PlatformProcess } from '#harness'
import { createClient, type Client } from '#contract'
import { pushFiles, pushTinyService, tinyScore, tinyService } from '../harness/tiny-service.ts'
import { complaintsAbout, failuresIn, type Answer } from './refusal.ts'
import { readRouteTable, sampleRequest, wrongBodies, type TableRoute } from './route-table.ts'

let dataDir: string
let platform: PlatformProcess
let routes: TableRoute[]
let closed: TableRoute[]
let tokens: { admin: string; ana: string; ben: string; eve: string; narrow: string; agent: string }
let waiting: ChangeAnswer
let release: string
let run: string
let creation: string
let view: string
/** Values that no answer may have. */
const planted: Record<string, string> = {}

const ANA_SCORE = tinyScore(
  'orders',
  `    variables:
      DATABASE_URL: \${resources.db.url}
      KEY: \${resources.key.value}
resources:
  db: { type: postgres }
  key: { type: secret }
`,
)
const HOSTILE = [
  '\0',
  "'; drop table change; --",
  '../../../etc/passwd',
  '\u{1F600}',
  '%',
  '*',
  '-1',
  'x'.repeat(3_000),
  '{"a":',
  '\n\r',
  '$(id)',
  '--upload-pack=id',
  'a:b/c',
]
/** A third team, which owns nothing of what is tried. */
const SHIPPING = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: shipping }
spec: { type: team, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: eve }
spec: { memberOf: [shipping] }
`

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-routes-'))
  platform = await startPlatformProcess({ dataDir, flags: ['--no-walk'] })
  const { administrator } = platform
  await organisationLoaded(administrator)
  const admin = (await readFile(path.join(dataDir, 'admin.token'), 'utf8')).trim()
  await pushFiles(platform, admin, 'fairway/organisation', { 'teams/shipping.yaml': SHIPPING })
  await pushTinyService(platform, admin, 'orders', tinyService('orders', { score: ANA_SCORE }))
  await eventually(
    'eve',
    async () => await administrator.call('entities.get', { params: { kind: 'user', namespace: 'default', name: 'eve' } }).catch(() => undefined),
  )
  const tokenOf = async (subject: string, scopes: string[]): Promise<string> =>
    (await administrator.call('tokens.create', { body: { name: 'conformance', subject, scopes, ttlSeconds: 3_600 } })).token
  const [ana, ben, eve] = await Promise.all(['ana', 'ben', 'eve'].map(async (name) => (await personClient(platform, `user:default/${name}`)).token))
  tokens = {
    admin,
    ana: ana ?? '',
    ben: ben ?? '',
    eve: eve ?? '',
    narrow: await tokenOf('user:default/ana', ['nothing:nothing']),
    agent: await tokenOf('agent:default/bot', ['change:*', 'deployment:*', 'catalog:read', '*:read']),
  }
  release = (await releaseOf(administrator, 'orders', 1)).id
  // By the component: also the run of a repository's very first push knows what it builds.
  run = (await administrator.call('runs.list', { query: { component: 'orders', limit: 1 } })).items[0]?.id ?? ''
  if (run === '') throw new Error('the first run of orders does not know its component')
  const dev = await as('ana').call('deployments.create', { body: { component: 'orders', environment: 'dev' } })
  const deployed = await changeEnd(administrator, dev.id)
  if (deployed.state !== 'done') throw new Error(`orders was not deployed: ${deployed.result?.message}`)
  const production = await as('ana').call('deployments.create', { body: { component: 'orders', environment: 'production' } })
  waiting = await changeEnd(administrator, production.id, new Set(['waiting']))
  if (waiting.state !== 'waiting') throw new Error(`production does not wait: ${waiting.result?.message}`)
  const made = await as('ana').call('creations.create', {
    body: { template: 'template:default/static-site', values: { name: 'conformance', owner: 'group:default/payments' } },
  })
  creation = (await platform.administrator.call('creations.list', {})).items.find((item) => item.changeId === made.id)?.id ?? ''
  view = (await as('ana').call('views.create', { body: { name: 'Mine', page: 'catalog', search: '', columns: [], isShared: false } })).id
  await plant()
  routes = await readRouteTable(platform.url)
  closed = routes.filter((route) => route.permission !== 'public')
}, 120_000)

afterAll(async () => {
  await platform?.[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

function as(who: keyof typeof tokens): Client {
  return createClient({ baseUrl: platform.url, token: tokens[who] })
}

/** Secrets that the platform surely holds: its own, those of the workload that runs, and a Terraform state. */
async function plant(): Promise<void> {
  for (const file of ['admin.token', 'master.key', 'postgres.password']) planted[file] = (await readFile(path.join(dataDir, file), 'utf8')).trim()
  for (const [who, token] of Object.entries(tokens)) planted[`token of ${who}`] = token
  const workloads = await platform.administrator.call('workloads.list', { query: { component: 'orders', environment: 'dev' } })
  const pid = workloads.items[0]?.instances[0]?.pid ?? 0
  const environment = Object.fromEntries(
    (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  planted['KEY'] = environment['KEY'] ?? ''
  planted['password of the database'] = decodeURIComponent(new URL(environment['DATABASE_URL'] ?? '').password)
  planted['telemetry token'] = (environment['OTEL_EXPORTER_OTLP_HEADERS'] ?? '').split('=').slice(1).join('=')
  planted['state'] = 'planted-in-a-state'
  await platform.administrator.raw('/api/v1/state/conformance', { method: 'POST', body: JSON.stringify({ version: 4, serial: 1, secret: planted['state'] }) })
  for (const [what, value] of Object.entries(planted)) if (value.length < 8) throw new Error(`${what} was not found, so nothing would be proved`)
}

/** Sends, reads at most a second (some answers are streams), and keeps what came. */
async function send(method: string, address: string, options: { token?: string; body?: unknown; raw?: string | undefined } = {}): Promise<Answer> {
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
  const ending = new AbortController()
  const response = await fetch(`${platform.url}${address}`, {
    method,
    redirect: 'manual',
    signal: ending.signal,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  })
  const timer = setTimeout(() => ending.abort(), 1_000)
  let text = ''
  try {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString()
  } catch {
    // A stream that goes on.
  } finally {
    clearTimeout(timer)
  }
  return { status: response.status, type: response.headers.get('content-type') ?? '', text, headers: response.headers }
}

/** The complaints about all of `wanted`, one after the other. */
async function complaintsOf(wanted: readonly TableRoute[], check: (route: TableRoute) => Promise<string[]>): Promise<string[]> {
  const complaints: string[] = []
  for (const route of wanted) complaints.push(...(await check(route)))
  return complaints
}

describe('every route', () => {
  it('is in the table, and each permission has a name', () => {
    expect(routes.length).toBeGreaterThan(80)
    for (const route of closed) expect(route.permission).toMatch(/^[a-z-]+:[a-z-]+$/)
    // What anybody may call is this and no more; me, session and the OTLP routes look at the credential themselves, webhooks at the signature.
    expect(
      routes
        .filter((route) => route.permission === 'public')
        .map((route) => route.operation)
        .sort(),
    ).toEqual(
      [
        'me.get',
        'otlp.logs',
        'otlp.metrics',
        'otlp.traces',
        // The state and the nonce of a sign-in are theirs.
        'oidc.callback',
        'oidc.get',
        'oidc.login',
        'session.create',
        'session.delete',
        'system.health',
        'system.metrics',
        'system.openApi',
        'system.readiness',
        'webhooks.git',
      ].sort(),
    )
  })

  it('answers 401 without a credential, before it looks at the request', async () => {
    const guarded = [...closed, ...routes.filter((route) => /^(me|otlp)\./.test(route.operation))]
    const complaints = await complaintsOf(guarded, async (route) => {
      const { address } = sampleRequest(route)
      const raw = ['GET', 'DELETE'].includes(route.method) ? undefined : '{"broken'
      return [
        ...complaintsAbout(route, await send(route.method, address, { raw }), [401]),
        ...complaintsAbout(route, await send(route.method, address, { token: 'fwy_not-a-token-of-ours-at-all' }), [401]),
      ]
    })
    expect(complaints).toEqual([])
    for (const route of closed.filter(({ path }) => /^\/(git|v2)\//.test(path)))
      expect((await send(route.method, sampleRequest(route).address)).headers.get('www-authenticate')).toMatch(/^Basic realm=/)
  })

  it('answers 403 to a token whose scopes lack the permission, and names it', async () => {
    const real: Record<string, string> = {
      'changes.approve': waiting.id,
      'changes.reject': waiting.id,
      'changes.cancel': waiting.id,
      'runs.cancel': run,
      'runs.rerun': run,
      ...Object.fromEntries(
        ['creations.cancel', 'creations.retry', 'creations.undo', 'scaffolder.cancelTask', 'scaffolder.retryTask'].map((operation) => [operation, creation]),
      ),
      ...Object.fromEntries(['views.delete', 'views.update'].map((operation) => [operation, view])),
    }
    const complaints = await complaintsOf(closed, async (route) => {
      const id = real[route.operation]
      const { address, body } = sampleRequest(route, id === undefined ? {} : { path: { id } })
      const answer = await send(route.method, address, { token: tokens.narrow, body })
      const isNamed = answer.type !== 'application/problem+json' || answer.text.includes(route.permission)
      // Whose template it is stands in its body, which is no body here.
      const statuses = route.operation === 'scaffolder.createTask' ? [400, 403] : [403]
      return [...complaintsAbout(route, answer, statuses), ...(isNamed ? [] : [`${route.operation} does not name ${route.permission}`])]
    })
    expect(complaints).toEqual([])
  })

  it('answers 400 with the field to a broken body, a wrong type and a field too many', async () => {
    const complaints = await complaintsOf(
      routes.filter((route) => route.body !== undefined),
      async (route) => {
        const { address } = sampleRequest(route)
        const found: string[] = []
        for (const raw of ['{"broken', '[]', '"text"', 'null', '7'])
          found.push(...complaintsAbout(route, await send(route.method, address, { token: tokens.admin, raw }), [400]))
        for (const { field, body } of wrongBodies(route)) {
          const answer = await send(route.method, address, { token: tokens.admin, body })
          const named = (JSON.parse(answer.text) as { errors?: { field: string }[] }).errors?.[0]?.field.split(/[.[]/)[0]
          found.push(...complaintsAbout(route, answer, [400]), ...(named === field ? [] : [`${route.operation} names "${named}" instead of "${field}"`]))
        }
        return found
      },
    )
    expect(complaints).toEqual([])
  })

  it('answers 404 with a code for what does not exist', async () => {
    // These make what is absent, end what has ended already, or have a form of their own for it.
    const others = new Set([
      'state.read',
      'state.write',
      'state.lock',
      'state.unlock',
      'state.remove',
      'registry.startUpload',
      'registry.write',
      'tokens.revoke',
      'exports.get',
      'scaffolder.autocomplete',
    ])
    const wanted = closed.filter((route) => route.pathNames.length > 0 && !others.has(route.operation) && !route.operation.startsWith('backstage.'))
    const complaints = await complaintsOf(wanted, async (route) => {
      const { address, body } = sampleRequest(route)
      return complaintsAbout(route, await send(route.method, address, { token: tokens.admin, body }), [404])
    })
    expect(complaints).toEqual([])
  })

  it('never fails inside, whatever stands in paths and queries', async () => {
    const complaints = await complaintsOf(
      routes.filter((route) => route.operation !== 'session.delete'),
      async (route) => {
        const found: string[] = []
        for (const value of HOSTILE) {
          const tries = [
            ...route.pathNames.map((name) => ({ path: { [name]: value } })),
            ...route.query.filter(({ name }) => name !== 'follow').map(({ name }) => ({ query: { [name]: value } })),
          ]
          for (const replace of tries) {
            const { address, body } = sampleRequest(route, replace)
            found.push(
              ...failuresIn(`${route.operation} ${JSON.stringify(replace).slice(0, 60)}`, await send(route.method, address, { token: tokens.admin, body })),
            )
          }
        }
        return found
      },
    )
    for (const address of ['/%E0%A4%A', '/api/v1/%00', '/api/v1/changes/%E0%A4%A', '/git/%00/x', '/v2/%2e%2e/%2e%2e', '//', '/api//v1/me'])
      complaints.push(...failuresIn(address, await send('GET', address, { token: tokens.admin })))
    expect(complaints).toEqual([])
  })

  it('never fails inside over a text that no database stores', async () => {
    const complaints = await complaintsOf(
      routes.filter((route) => route.body !== undefined && route.operation !== 'session.create'),
      async (route) => {
        const { address, body } = sampleRequest(route)
        const found: string[] = []
        for (const text of [String.raw`a\u0000b`, String.raw`\ud83d`]) {
          const raw = JSON.stringify(body).replaceAll('"absent"', `"${text}"`)
          found.push(...failuresIn(`${route.operation} ${text}`, await send(route.method, address, { token: tokens.admin, raw })))
        }
        return found
      },
    )
    expect(complaints).toEqual([])
  })
})

describe('what a team owns', () => {
  const attempts: [string, (client: Client) => Promise<unknown>][] = [
    ['deploy it', async (client) => await client.call('deployments.create', { body: { component: 'orders', environment: 'dev' } })],
    [
      'deploy it as a change',
      async (client) => await client.call('changes.create', { body: { kind: 'deploy', input: { component: 'orders', environment: 'dev' } } }),
    ],
    ['promote it', async (client) => await client.call('promotions.create', { body: { component: 'orders', from: 'dev', to: 'staging' } })],
    ['roll it back', async (client) => await client.call('rollbacks.create', { body: { component: 'orders', environment: 'dev', reason: 'to try' } })],
    ['release it', async (client) => await client.call('releases.create', { body: { component: 'orders', runId: run } })],
    ['restart it', async (client) => await client.call('workloads.restart', { body: { component: 'orders', environment: 'dev' } })],
    ['run its workflows', async (client) => await client.call('runs.create', { body: { repository: 'acme/orders', workflow: 'ci.yml', inputs: {} } })],
    ['run a workflow again', async (client) => await client.call('runs.rerun', { params: { id: run }, query: {} })],
    ['cancel a run', async (client) => await client.call('runs.cancel', { params: { id: run } })],
    ['cancel its change', async (client) => await client.call('changes.cancel', { params: { id: waiting.id }, body: {} })],
    ['approve its change', async (client) => await client.call('changes.approve', { params: { id: waiting.id }, body: { planHash: waiting.planHash ?? '' } })],
    [
      'reject its change',
      async (client) => await client.call('changes.reject', { params: { id: waiting.id }, body: { planHash: waiting.planHash ?? '', reason: 'to try' } }),
    ],
    ['push an image of it', async (client) => await client.raw('/v2/acme/orders/blobs/uploads/', { method: 'POST' })],
    [
      'create in its name',
      async (client) =>
        await client.call('creations.create', {
          body: { template: 'template:default/node-service-postgres', values: { name: 'theirs', owner: 'group:default/payments' } },
        }),
    ],
    ['read its Terraform state', async (client) => await client.raw('/api/v1/state/conformance')],
    ['make a login link', async (client) => await client.call('loginLinks.create', { body: { user: 'user:default/ana' } })],
    [
      'make a token of its people',
      async (client) => await client.call('tokens.create', { body: { name: 'x', subject: 'user:default/ana', scopes: ['*'], ttlSeconds: 60 } }),
    ],
  ]

  it.each(attempts)('nobody of another team may %s', async (_, attempt) => {
    await expect(attempt(as('eve'))).rejects.toMatchObject({ status: 403 })
  })

  it('nobody of another team pushes to its repository, and only the platform team to the organisation', async () => {
    await expect(pushFiles(platform, tokens.eve, 'acme/orders', { 'server.js': '' })).rejects.toThrow(/403|not|may/)
    await expect(pushFiles(platform, tokens.ana, 'fairway/organisation', { 'teams/mine.yaml': SHIPPING })).rejects.toThrow(/403|not|may/)
    expect(await pushFiles(platform, tokens.ana, 'acme/orders', { 'NOTES.md': 'ours\n' })).toMatch(/^[0-9a-f]{40}$/)
  })

  it('its own people may do what the others may not', async () => {
    await expect(as('ana').call('workloads.restart', { body: { component: 'orders', environment: 'dev' } })).resolves.toMatchObject({
      restarted: [{ component: 'orders' }],
    })
    // A refusal by the state of things, not by permission.
    await expect(as('ana').call('runs.cancel', { params: { id: run } })).rejects.toMatchObject({ code: 'delivery.pipeline.not_active' })
    await expect(as('ana').call('runs.create', { body: { repository: 'acme/orders', workflow: 'ci.yml', inputs: {} } })).rejects.toMatchObject({ status: 422 })
  })

  it('what it asked for, neither the requester nor an agent approves', async () => {
    const decide = async (who: keyof typeof tokens): Promise<unknown> =>
      await as(who).call('changes.approve', { params: { id: waiting.id }, body: { planHash: waiting.planHash ?? '' } })
    await expect(decide('ana')).rejects.toMatchObject({ status: 403, message: expect.stringContaining('nobody approves what they requested') })
    await expect(decide('agent')).rejects.toMatchObject({ status: 403, message: expect.stringContaining('only people approve') })
    expect(await as('ana').call('changes.get', { params: { id: waiting.id } })).toMatchObject({ state: 'waiting', approvals: [] })
  })

  it('a stale plan hash approves nothing, the right one of the right person does', async () => {
    await expect(as('ben').call('changes.approve', { params: { id: waiting.id }, body: { planHash: '0'.repeat(64) } })).rejects.toMatchObject({
      code: 'platform.change.plan_changed',
    })
    expect(await as('ben').call('changes.approve', { params: { id: waiting.id }, body: { planHash: waiting.planHash ?? '' } })).toMatchObject({
      approvals: [{ by: 'user:default/ben' }],
    })
    expect(await changeEnd(platform.administrator, waiting.id)).toMatchObject({ state: 'done' })
  })
})

/** The names of planted secrets that a text has. */
function leaksIn(where: string, text: string): string[] {
  return Object.entries(planted).flatMap(([what, value]) => (text.includes(value) ? [`${where} has ${what}`] : []))
}

describe('secrets', () => {
  it('are in no answer, whoever asks', { timeout: 90_000 }, async () => {
    const real: Record<string, Record<string, string>> = {
      'changes.get': { id: waiting.id },
      'releases.get': { id: release },
      'runs.get': { id: run },
      'runs.log': { id: run, job: (await platform.administrator.call('runs.get', { params: { id: run } })).jobs[0]?.id ?? '' },
      'repositories.get': { owner: 'acme', name: 'orders' },
      'repositories.commits': { owner: 'acme', name: 'orders' },
      'repositories.tree': { owner: 'acme', name: 'orders' },
      'artifacts.get': { digest: (await platform.administrator.call('releases.get', { params: { id: release } })).digest },
      'entities.get': { kind: 'component', namespace: 'default', name: 'orders' },
      'backstage.getEntityByName': { kind: 'component', namespace: 'default', name: 'orders' },
    }
    const reads = routes.filter((route) => route.method === 'GET' && route.operation !== 'state.read')
    const leaks: string[] = []
    for (const who of ['admin', 'ana', 'eve', 'agent'] as const) {
      for (const route of reads) {
        const wanted: Record<string, string> = { component: 'orders', environment: 'dev' }
        const query = Object.fromEntries(route.query.flatMap(({ name }) => (wanted[name] === undefined ? [] : [[name, wanted[name]]])))
        const { address } = sampleRequest(route, { path: real[route.operation] ?? {}, query })
        const { text } = await send('GET', address, { token: tokens[who] })
        leaks.push(...leaksIn(`${who} ${address}`, text))
      }
    }
    const plan = await send('POST', '/api/v1/plans', { token: tokens.ana, body: { kind: 'deploy', input: { component: 'orders', environment: 'staging' } } })
    expect(plan.status).toBe(200)
    expect([...leaks, ...leaksIn('the plan', plan.text)]).toEqual([])
  })

  it('are not in the log of the platform either', async () => {
    const log = await readFile(path.join(dataDir, 'fairway.log'), 'utf8')
    expect(leaksIn('the log', log)).toEqual([])
  })
})

describe('a registry client, by the distribution specification alone', () => {
  it('pushes and pulls with curl, signed in by Basic with a token as the password', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'fairway-oci-'))
    const curl = async (...args: string[]): Promise<string> => {
      const { stdout } = await promisify(execFile)('curl', ['-sS', '--fail-with-body', '-u', `ana:${tokens.ana}`, ...args], { cwd: folder })
      return stdout
    }
    const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`
    const push = async (text: string): Promise<{ digest: string; size: number }> => {
      const head = await curl('-X', 'POST', '-D', '-', '-o', '/dev/null', `${platform.url}/v2/acme/orders/blobs/uploads/`)
      const location = new URL(/^location: (.*)$/im.exec(head)?.[1]?.trim() ?? '', platform.url)
      location.searchParams.set('digest', digestOf(text))
      await writeFile(path.join(folder, 'blob'), text)
      await curl('-X', 'PUT', '-H', 'content-type: application/octet-stream', '--data-binary', '@blob', location.href)
      return { digest: digestOf(text), size: text.length }
    }
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', ...(await push('{}')) },
      layers: [{ mediaType: 'text/plain', ...(await push('hello from curl')) }],
    })
    await writeFile(path.join(folder, 'manifest'), manifest)
    await curl('-X', 'PUT', '-H', `content-type: ${mediaType}`, '--data-binary', '@manifest', `${platform.url}/v2/acme/orders/manifests/by-curl`)
    expect(await curl('-H', `accept: ${mediaType}`, `${platform.url}/v2/acme/orders/manifests/by-curl`)).toBe(manifest)
    expect(await curl('-L', `${platform.url}/v2/acme/orders/blobs/${digestOf('hello from curl')}`)).toBe('hello from curl')
    expect(JSON.parse(await curl(`${platform.url}/v2/acme/orders/tags/list`))).toMatchObject({ name: 'acme/orders', tags: expect.arrayContaining(['by-curl']) })
    await rm(folder, { recursive: true, force: true })
  })
})
