import sodium from 'libsodium-wrappers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/test-database.ts'
import { systemClock } from '#kernel/common/clock'
import type { ApplyContext, PlannedAction } from '#kernel/common/driver'
import { faults } from '#kernel/common/fault'
import { Secret } from '#kernel/common/secret'
import { MemoryJournal } from '#kernel/node/journal'
import { gitHostFaults, MemoryGitHost, type GitHost } from '#delivery/git-host'
import { driverContract, type DriverExemptions, type DriverHarness } from '../../../kernel/common/driver/driver-contract.ts'
import { secretRequests } from '../actions/github-secrets.ts'
import { digestOf } from '../creation-render.ts'
import { TaskSecrets } from '../task-secrets.ts'
import { createCreationDrivers, type CreationDrivers } from './create-drivers.ts'
import type { HostCall, Outside } from './outside.ts'

const outsideFaults = faults('test.outside', { away: { status: 422, title: 'Away', retry: 'no', detail: () => 'the host is away' } })
const files = [{ path: 'docs/a.md', content: Buffer.from('hello'), isExecutable: false }]
const host = new MemoryGitHost()
const journal = new MemoryJournal()
const calls: HostCall[] = []
/** Sealed for a context, and opened for no other. */
const sealing = {
  seal: (value: Uint8Array, context: string) => Buffer.from(JSON.stringify({ context, value: Buffer.from(value).toString('base64') })),
  open: (sealed: Uint8Array, context: string) => {
    const box = JSON.parse(Buffer.from(sealed).toString()) as { context: string; value: string }
    if (box.context !== context) throw outsideFaults.away({})
    return Buffer.from(box.value, 'base64')
  },
}
let database: TestDatabase
let secrets: TaskSecrets
let counter = 0

beforeAll(async () => {
  database = await createTestDatabase()
  secrets = new TaskSecrets({ db: database.db, sealing })
})
afterAll(async () => await database[Symbol.asyncDispose]())

function driversOn(outside: Partial<Outside> = {}): CreationDrivers {
  return createCreationDrivers({
    db: database.db,
    journal,
    clock: systemClock,
    repositories: { ingestRepository: () => Promise.reject(new Error('not asked')) },
    query: { findByRef: async () => await Promise.resolve(undefined) },
    outside: {
      findHost: async () => await Promise.resolve(host),
      callHost: async (_host, call) => await Promise.resolve((calls.push(call), { id: 7, html_url: 'http://x/7' })),
      ...outside,
    },
    secrets,
    renderFiles: async () => await Promise.resolve(files),
    render: () => Promise.reject(new Error('not asked')),
  })
}
const fails = (): Promise<never> => Promise.reject(gitHostFaults.failed({ repository: 'acme/x', what: 'the disk is full' }))
const brokenHost = { findRepository: fails, ensureBranch: fails, resolveRef: fails, log: fails, commitFiles: fails } as unknown as GitHost

const without: DriverExemptions = {
  none: 'what is done is noted by task and effect, and nothing outside is looked at when planning',
  stale: 'an effect of another task is another effect',
  remove: 'a commit, a pull request, a request and a message stay',
}

async function newRepository(): Promise<string> {
  const name = `t${++counter}`
  await host.createRepository({ owner: 'acme', name, createdBy: 'user:default/ana' })
  const author = { name: 'Ana', email: 'ana@x' }
  await host.commitFiles({
    owner: 'acme',
    name,
    branch: 'main',
    message: 'Start',
    author,
    pusher: 'user:default/ana',
    files: [{ path: 'README.md', content: Buffer.from('x') }],
  })
  return name
}

for (const kind of ['commit', 'pull-request'] as const)
  driverContract(kind, {
    make: async (): Promise<DriverHarness> => {
      const name = await newRepository()
      const desired = {
        owner: 'acme',
        name,
        branch: 'docs',
        message: 'Add docs',
        title: 'Docs',
        body: '',
        labels: [],
        digest: digestOf(files),
        removed: ['README.md'],
        actor: 'user:default/ana',
        effect: 'docs',
      }
      return {
        driver: driversOn()[kind],
        request: () => ({ id: `${kind}:docs`, target: `${kind}/acme/${name}@docs`, desired }),
        // The commit is there, its note is not.
        crashHalfway: async (_action, key) => {
          await host.ensureBranch({ owner: 'acme', name, branch: 'docs', from: 'main', actor: 'user:default/ana' })
          const message = `Add docs\n\nFairway-Effect: ${key}\n`
          await host.commitFiles({
            owner: 'acme',
            name,
            branch: 'docs',
            message,
            author: { name: 'a', email: 'a@x' },
            pusher: 'user:default/ana',
            files: files.map(({ path, content }) => ({ path, content })),
          })
        },
        secrets: async () => await Promise.resolve([]),
        broken: async () => await Promise.resolve(driversOn({ findHost: async () => await Promise.resolve(brokenHost) })[kind]),
      }
    },
    without,
  })

driverContract('host-call', {
  make: async (): Promise<DriverHarness> => {
    const secretsId = await secrets.keep('user:default/ana', { TOKEN: 'hunter2-and-more' })
    const requests = [
      { method: 'POST', path: '/repos/acme/x/hooks', body: { secret: { $secret: [{ name: 'TOKEN' }] } }, outputs: { hookId: 'id' } },
      { method: 'GET', path: '/hooks/{hookId}' },
    ]
    return {
      driver: driversOn()['host-call'],
      request: () => ({
        id: 'host-call:hook',
        target: `github/acme/h${++counter}`,
        desired: { host: 'github.com', requests, secretsId: secretsId ?? '', actor: 'user:default/ana', effect: `hook${counter}` },
      }),
      secrets: async () => await Promise.resolve([new Secret('hunter2-and-more')]),
      broken: async () => await Promise.resolve(driversOn({ callHost: () => Promise.reject(outsideFaults.away({})) })['host-call']),
    }
  },
  without,
})

describe('effects of tasks', () => {
  const action = (driver: string, input: PlannedAction['input']): PlannedAction => ({
    id: driver,
    driver,
    verb: 'run',
    target: driver,
    title: driver,
    concern: 'code',
    changes: [],
    dependsOn: [],
    input,
  })
  const context = (key: string): ApplyContext => ({ key, signal: new AbortController().signal, outputs: {}, progress: () => {} })

  it('put secrets where their names stand, fill in what was answered before, and open them for their owner alone', async () => {
    const secretsId = await secrets.keep('user:default/ana', { TOKEN: 'hunter2-and-more' })
    const input = {
      host: 'github.com',
      secretsId: secretsId ?? '',
      effect: 'a',
      task: 'task-a',
      requests: [
        { method: 'POST', path: '/a', body: { token: { $secret: ['Bearer ', { name: 'TOKEN' }] } }, outputs: { hookId: 'id' } },
        { method: 'PUT', path: '/a/{hookId}/x' },
      ],
    }
    const outcome = await driversOn()['host-call'].apply(action('host-call', { ...input, actor: 'user:default/ana' }), context('chg_1:a'))
    expect(outcome).toMatchObject({ outcome: 'done', outputs: { hookId: 7 } })
    expect(calls.slice(-2)).toEqual([
      { method: 'POST', path: '/a', body: { token: 'Bearer hunter2-and-more' } },
      { method: 'PUT', path: '/a/7/x' },
    ])
    const stolen = driversOn()['host-call'].apply(action('host-call', { ...input, task: 'task-z', actor: 'user:default/eve' }), context('chg_9:a'))
    await expect(stolen).rejects.toMatchObject({ code: 'test.outside.away' })
  })

  it('are done once in all attempts of a task: another change of it does them no more', async () => {
    const input = { title: 'Done', info: '', recipients: [], actor: 'user:default/ana', effect: 'tell', task: 'task-b' }
    const before = journal.events.length
    await driversOn().notify.apply(action('notify', input), context('chg_1:notify'))
    await driversOn().notify.apply(action('notify', input), context('chg_2:notify'))
    expect(journal.events.length - before).toBe(1)
    await driversOn().notify.apply(action('notify', { ...input, task: 'task-c' }), context('chg_3:notify'))
    expect(journal.events.length - before).toBe(2)
  })

  it('wait no longer than until they are cancelled', async () => {
    const abort = new AbortController()
    const waiting = driversOn().wait.apply(action('wait', { durationMs: 60_000, effect: 'w', task: 'task-d' }), {
      ...context('chg_1:wait'),
      signal: abort.signal,
    })
    abort.abort()
    await expect(waiting).rejects.toThrow(/abort/i)
  })

  it('say what is not set up here', async () => {
    const input = { host: '', owner: 'acme', name: 'x', workflow: 'ci.yml', ref: 'main', inputs: {}, actor: 'user:default/ana', effect: 'd', task: 'task-e' }
    await expect(driversOn().dispatch.apply(action('dispatch', input), context('chg_1:d'))).rejects.toMatchObject({ code: 'platform.scaffolder.unsupported' })
  })
})

describe('a request that can not be repeated', () => {
  const awayFaults = faults('test.away', { gone: { status: 502, title: 'Gone', retry: 'backoff', detail: () => 'the line was cut' } })
  const action = (effect: string, requests: object[]): PlannedAction => ({
    id: `host-call:${effect}`,
    driver: 'host-call',
    verb: 'run',
    target: 'github/acme/x',
    title: 'Open an issue',
    concern: 'code',
    changes: [],
    dependsOn: [],
    input: { effect, task: 'task-once', actor: 'user:default/ana', host: 'github.com', owner: 'acme', name: 'x', requests: requests as never },
  })
  const at = (change: string): ApplyContext => ({ key: `${change}:x`, signal: new AbortController().signal, outputs: {}, progress: () => {} })
  const requests = [
    { method: 'GET', path: '/a', outputs: { id: 'id' } },
    { method: 'POST', path: '/issues/{id}', body: { parent: { $output: 'id' } } },
    { method: 'PUT', path: '/b' },
  ]

  it('is not sent again by itself when it was cut off, and is when a person tries again', async () => {
    const sent: string[] = []
    let isCut = true
    const { 'host-call': driver } = driversOn({
      callHost: async (_host, call) => {
        sent.push(`${call.method} ${call.path} ${JSON.stringify(call.body ?? null)}`)
        if (call.method === 'POST' && isCut) throw awayFaults.gone({})
        return await Promise.resolve({ id: 7 })
      },
    })
    const expected = { outcome: 'refused', reason: 'may-be-done', message: expect.stringContaining('Look at acme/x on github.com') as string }
    expect(await driver.apply(action('cut', requests), at('chg_1'))).toMatchObject(expected)
    expect(await driver.apply(action('cut', requests), at('chg_1'))).toMatchObject(expected)
    expect(sent).toEqual(['GET /a null', 'POST /issues/7 {"parent":7}'])
    isCut = false
    expect(await driver.apply(action('cut', requests), at('chg_2'))).toMatchObject({ outcome: 'done' })
    expect(sent.slice(2)).toEqual(['POST /issues/7 {"parent":7}', 'PUT /b null'])
  })

  it('goes on behind what was done when a later one is refused', async () => {
    const sent: string[] = []
    let isRefused = true
    const { 'host-call': driver } = driversOn({
      callHost: async (_host, call) => {
        sent.push(call.path)
        if (call.method === 'PUT' && isRefused) throw outsideFaults.away({})
        return await Promise.resolve({ id: 7 })
      },
    })
    await expect(driver.apply(action('later', requests), at('chg_1'))).rejects.toMatchObject({ code: 'test.outside.away' })
    isRefused = false
    await driver.apply(action('later', requests), at('chg_1'))
    expect(sent).toEqual(['/a', '/issues/7', '/b', '/b'])
  })

  it('is left out when what it makes is there, and keeps a token that the host makes out of everything', async () => {
    const sent: (object | undefined)[] = []
    const { 'host-call': driver } = driversOn({
      callHost: async (_host, call) => await Promise.resolve((sent.push(call), call.path === '/token' ? { token: 'glpat-1', username: 'bot' } : { id: 1 })),
    })
    const steps = [
      { method: 'GET', path: '/groups/a', outputs: { group0: 'id', exists: '?id' }, doneStatuses: [404] },
      { method: 'POST', path: '/groups', unless: 'group0' },
      { method: 'POST', path: '/token', outputs: { user: 'username' }, secretOutputs: { 'made:x': 'token' } },
    ]
    const outcome = await driver.apply(action('token', steps), at('chg_1'))
    expect(outcome).toMatchObject({ outcome: 'done', outputs: { group0: 1, exists: true, user: 'bot' } })
    expect(JSON.stringify(outcome)).not.toContain('glpat')
    expect(sent).toHaveLength(2)
    const use = [{ method: 'PUT', path: '/variable', body: { value: { $secret: [{ name: 'made:x' }] } } }]
    await driver.apply(action('use', use), at('chg_1'))
    expect(sent.at(-1)).toMatchObject({ body: { value: 'glpat-1' } })
    await secrets.eraseOutputs('task-once')
    await expect(driver.apply(action('use-2', use), at('chg_1'))).rejects.toMatchObject({ code: 'platform.scaffolder.secrets_gone' })
  })

  it('seals what GitHub wants sealed, for its key', async () => {
    await sodium.ready
    const pair = sodium.crypto_box_keypair()
    const sent: unknown[] = []
    const { 'host-call': driver } = driversOn({
      callHost: async (_host, call) => await Promise.resolve((sent.push(call.body), { key: Buffer.from(pair.publicKey).toString('base64'), key_id: '12' })),
    })
    const id = await secrets.keep('user:default/ana', { TOKEN: 'hush' })
    const [first, second] = secretRequests('/repos/acme/x/actions', { DEPLOY: { $secret: [{ name: 'TOKEN' }] } })
    const sealing = action('seal', [first ?? {}, second ?? {}])
    await driver.apply({ ...sealing, input: { ...sealing.input, secretsId: id ?? '' } }, at('chg_1'))
    const { encrypted_value: box, key_id: keyId } = sent[1] as { encrypted_value: string; key_id: string }
    expect(keyId).toBe('12')
    expect(Buffer.from(sodium.crypto_box_seal_open(Buffer.from(box, 'base64'), pair.publicKey, pair.privateKey)).toString()).toBe('hush')
  })
})
