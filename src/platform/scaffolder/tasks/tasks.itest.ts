import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createParser } from 'eventsource-parser'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../test/harness/test-database.ts'
import { systemClock } from '#kernel/common/clock'
import type { Driver } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import { createRouter, systemCaller, type Caller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { LocalGitHost } from '#delivery/git-host'
import { createCatalog, GitHostSource, type Catalog } from '#platform/catalog'
import { createChanges, startChangeEngine, type ChangeEngine } from '#platform/change'
import { createEvents } from '#platform/event'
import { Keyring } from '#platform/secret'
import { createScaffolder } from '../scaffolder.ts'
import type { TaskEvent } from './task-events.ts'
import { TEMPLATES } from './tasks-fixture.ts'

let database: TestDatabase
let folder: string
let host: LocalGitHost
let catalog: Catalog
let handler: (request: Request) => Promise<Response>
const stack = new AsyncDisposableStack()
/** Repositories whose first commit fails, as long as they are in here. */
const doomed = new Set<string>()
/** What reached the API of a foreign host. */
const calls: { path: string; body: unknown }[] = []
const logged: unknown[] = []

const person = (name: string): Caller => ({
  ...systemCaller,
  principal: `user:default/${name}`,
  kind: 'person',
  isAdministrator: name === 'olga',
  displayName: name,
  groups: ['group:default/payments'],
})

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(path.join(tmpdir(), 'tasks-'))
  const watchCredential = (): Disposable => ({ [Symbol.dispose]: () => {} })
  const log = {
    ...silentLogger,
    error: (text: string, fields?: object) => void logged.push(text, fields),
    warn: (text: string, fields?: object) => void logged.push(text, fields),
  }
  const events = createEvents({ db: database.db, databaseUrl: database.url, clock: systemClock, log: silentLogger, watchCredential })
  const shared = { db: database.db, journal: events.journal, log, clock: systemClock }
  host = await LocalGitHost.open({ ...shared, root: path.join(folder, 'git') })
  const publicUrl = (): string => 'http://fairway.test'
  catalog = createCatalog({
    ...shared,
    source: new GitHostSource(host),
    trusted: { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' },
    publicUrl,
  })
  const outside = {
    callHost: async (_host: string, request: { path: string; body?: unknown }) =>
      await Promise.resolve((calls.push({ path: request.path, body: request.body }), { id: 7 })),
    findHost: async (name: string) => await Promise.resolve(name === 'github.com' ? host : undefined),
  }
  const scaffolder = createScaffolder({
    ...shared,
    host,
    catalog,
    publicUrl,
    outside,
    hosts: async () => await Promise.resolve({ list: () => [{ host: 'github.com', type: 'github' as const, webUrl: 'https://github.com' }] }),
    sealing: await Keyring.open(path.join(folder, 'master.key')),
    follow: (options) => events.feed.follow(options),
  })
  const { files } = scaffolder.drivers
  const failing: Driver = {
    name: 'files',
    plan: async (request) => await files.plan(request),
    observe: async (target) => await files.observe(target),
    remove: async (target, context) => await files.remove(target, context),
    apply: async (action, context) =>
      doomed.has(action.input['name'] as string) ? { outcome: 'refused', reason: 'test', message: 'the disk is full' } : await files.apply(action, context),
  }
  const engineDeps = {
    ...shared,
    kinds: { create: scaffolder.kind as never },
    drivers: { ...scaffolder.drivers, files: failing },
    policies: { evaluate: async () => [] },
  }
  let engine: ChangeEngine | undefined
  const changes = createChanges({ ...engineDeps, interrupt: (id) => engine?.interrupt(id) })
  await host.createRepository({ owner: 'fairway', name: 'golden-paths', createdBy: 'system:fairway' })
  await host.commitFiles({
    owner: 'fairway',
    name: 'golden-paths',
    branch: 'main',
    message: 'Templates',
    author: { name: 'a', email: 'a@x' },
    pusher: 'system:fairway',
    files: Object.entries(TEMPLATES).map(([file, text]) => ({ path: file, content: Buffer.from(text) })),
  })
  await catalog.repositories.ingestRepository('fairway/golden-paths', 'main')
  stack.use(await events.feed.start())
  engine = stack.use(await startChangeEngine({ ...engineDeps, databaseUrl: database.url }))
  handler = createRouter([...scaffolder.routes(changes.service), ...changes.routes], {
    log,
    authenticate: async (request) => await Promise.resolve(person(request.headers.get('x-user') ?? 'ana')),
    authorize: async () => await Promise.resolve({ isAllowed: true, reason: '' }),
  })
})
afterAll(async () => {
  await stack.disposeAsync()
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

interface Answer {
  status: number
  body: Record<string, unknown> & { id: string }
}
async function call(method: string, route: string, body?: unknown, user = 'ana'): Promise<Answer> {
  const init = { method, headers: { 'x-user': user }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const response = await handler(new Request(`http://fairway.test${route}`, init))
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}
const start = async (templateRef: string, values: JsonObject, more: object = {}): Promise<string> =>
  (await call('POST', '/api/scaffolder/v2/tasks', { templateRef: `template:default/${templateRef}`, values, ...more })).body.id

/** Follows a task as Backstage's client does; ends with the stream. */
async function followed(id: string, after?: number): Promise<TaskEvent[]> {
  const response = await handler(new Request(`http://fairway.test/api/scaffolder/v2/tasks/${id}/eventstream${after === undefined ? '' : `?after=${after}`}`))
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const events: TaskEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data }) => {
      const parsed = JSON.parse(data) as TaskEvent
      expect(event).toBe(parsed.type)
      events.push(parsed)
    },
  })
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) parser.feed(new TextDecoder().decode(chunk))
  return events
}
const messages = (events: readonly TaskEvent[]): string[] => events.map((event) => event.body.message.replaceAll('\u001B', ''))
const task = async (id: string): Promise<Answer['body']> => (await call('GET', `/api/scaffolder/v2/tasks/${id}`)).body
async function untilWaiting(id: string): Promise<Record<string, unknown>> {
  const changeId = String((await call('GET', `/api/v1/creations/${id}`)).body['changeId'])
  return await vi.waitFor(
    async () => {
      const { body } = await call('GET', `/api/v1/changes/${changeId}`)
      expect(body['state']).toBe('waiting')
      return body
    },
    { timeout: 20_000, interval: 20 },
  )
}

describe('the exchanges that were recorded of Backstage', () => {
  it('run a template: 201 with an id, the task as it is stored, events with a counter, the stream that ends', async () => {
    const made = await call('POST', '/api/scaffolder/v2/tasks', { templateRef: 'template:default/plain', values: { name: 'orders' } })
    expect(made).toEqual({ status: 201, body: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string } })
    const { id } = made.body
    const events = await followed(id)
    expect(messages(events)).toEqual([
      'Starting up task with 5 steps',
      'Beginning step Fetch',
      'Finished step Fetch',
      'Beginning step Rename',
      'Finished step Rename',
      'Beginning step Log',
      '[32minfo[39m: Hello orders',
      'Finished step Log',
      'Skipping step only-http because its if condition was false',
      'Beginning step Log again',
      '[32minfo[39m: done by user:default/ana',
      'Finished step Log again',
      'Run completed with status: completed',
    ])
    expect(events.map((event) => event.body.status)).toEqual([
      undefined,
      'processing',
      'completed',
      'processing',
      'completed',
      'processing',
      undefined,
      'completed',
      'skipped',
      'processing',
      undefined,
      'completed',
      undefined,
    ])
    expect(events.at(-1)).toMatchObject({
      type: 'completion',
      taskId: id,
      isTaskRecoverable: false,
      body: { output: { text: [{ title: 'Done', content: 'orders' }] } },
    })
    expect(events.every((event, index) => index === 0 || event.id > (events[index - 1]?.id ?? 0))).toBe(true)
    expect(await followed(id, events.at(-2)?.id)).toEqual(events.slice(-1))
    expect((await call('GET', `/api/scaffolder/v2/tasks/${id}/events?after=${events[0]?.id}`)).body).toEqual(events.slice(1))

    expect(await task(id)).toMatchObject({
      id,
      status: 'completed',
      createdBy: 'user:default/ana',
      createdAt: expect.any(String) as string,
      lastHeartbeatAt: expect.any(String) as string,
      spec: {
        apiVersion: 'scaffolder.backstage.io/v1beta3',
        // As sent: the server fills no defaults in.
        parameters: { name: 'orders' },
        steps: [{ id: 'fetch', input: { url: './skeleton', values: { name: '${{ parameters.name }}' } } }, {}, {}, {}, {}],
        output: { text: [{ title: 'Done', content: '${{ parameters.name }}' }] },
        user: { ref: 'user:default/ana' },
        templateInfo: { entityRef: 'template:default/plain', entity: { metadata: { name: 'plain' } } },
      },
    })
  })

  it('refuse values in the words of jsonschema, an absent template and an absent task', async () => {
    const { status, body } = await call('POST', '/api/scaffolder/v2/tasks', { templateRef: 'template:default/plain', values: { size: 'x' } })
    expect(status).toBe(400)
    expect(body['errors']).toEqual([
      {
        path: [],
        property: 'instance',
        message: 'requires property "name"',
        schema: expect.objectContaining({ required: ['name'] }) as object,
        instance: { size: 'x' },
        name: 'required',
        argument: 'name',
        stack: 'instance requires property "name"',
      },
      {
        path: ['size'],
        property: 'instance.size',
        message: 'is not of a type(s) number',
        schema: { type: 'number', default: 3 },
        instance: 'x',
        name: 'type',
        argument: ['number'],
        stack: 'instance.size is not of a type(s) number',
      },
    ])
    expect(await call('POST', '/api/scaffolder/v2/tasks', { templateRef: 'template:default/absent', values: {} })).toMatchObject({
      status: 404,
      body: { error: { name: 'NotFoundError' }, request: { method: 'POST', url: '/v2/tasks' }, response: { statusCode: 404 } },
    })
    expect(await call('GET', '/api/scaffolder/v2/tasks/absent')).toMatchObject({ status: 404, body: { error: { name: 'NotFoundError' } } })
    expect(await call('GET', '/api/scaffolder/v2/tasks/absent/eventstream')).toMatchObject({ status: 404 })
    expect(await call('POST', '/api/scaffolder/v2/tasks', { values: 1 })).toMatchObject({ status: 400, body: { error: { name: 'InputError' } } })
  })

  it('list tasks by creator and status, a page at a time, in the order asked for', async () => {
    const mine = [await start('plain', { name: 'a' }), await start('plain', { name: 'b' })]
    await call('POST', '/api/scaffolder/v2/tasks', { templateRef: 'template:default/plain', values: { name: 'c' } }, 'zoe')
    const zoes = await call('GET', '/api/scaffolder/v2/tasks?createdBy=user%3Adefault%2Fzoe&status=completed')
    expect(zoes.body).toMatchObject({ totalTasks: 1, tasks: [{ createdBy: 'user:default/zoe', status: 'completed' }] })
    const anas = (await call('GET', '/api/scaffolder/v2/tasks?createdBy=user%3Adefault%2Fana&limit=2&offset=0')).body['tasks'] as { id: string }[]
    expect(anas.map(({ id }) => id)).toEqual([...mine].reverse())
    const oldest = (await call('GET', '/api/scaffolder/v2/tasks?order=asc%3Acreated_at&limit=1')).body['tasks'] as { id: string }[]
    expect(mine).not.toContain(oldest[0]?.id)
    expect((await call('GET', '/api/scaffolder/v2/tasks?status=failed&createdBy=user%3Adefault%2Fzoe')).body).toEqual({ tasks: [], totalTasks: 0 })
  })

  it('run a template dry, with files that nobody has stored', async () => {
    const template = {
      apiVersion: 'scaffolder.backstage.io/v1beta3',
      kind: 'Template',
      metadata: { name: 'mine' },
      spec: {
        owner: 'a',
        type: 'service',
        parameters: { required: ['name'], properties: { name: { type: 'string' } } },
        steps: [
          { id: 'f', name: 'Fetch', action: 'fetch:template', input: { url: './skeleton', values: { name: '${{ parameters.name }}' } } },
          { id: 'p', name: 'Publish', action: 'publish:github', input: { repoUrl: 'github.com?owner=acme&repo=dry' } },
        ],
        output: { links: [{ title: 'Repository', url: '${{ steps.p.output.remoteUrl }}' }] },
      },
    }
    const directoryContents = [{ path: 'skeleton/a.txt', base64Content: Buffer.from('I am ${{ values.name }}').toString('base64') }]
    const dry = await call('POST', '/api/scaffolder/v2/dry-run', { template, values: { name: 'dry' }, secrets: {}, directoryContents })
    expect(dry).toMatchObject({
      status: 200,
      body: {
        directoryContents: [{ path: 'a.txt', executable: false, base64Content: Buffer.from('I am dry').toString('base64') }],
        steps: template.spec.steps,
        output: { links: [{ title: 'Repository' }] },
      },
    })
    expect((dry.body['log'] as { body: { message: string } }[]).map(({ body }) => body.message)).toEqual([
      'Starting up task with 3 steps',
      'Beginning step Fetch',
      'Finished step Fetch',
      'Beginning step Publish',
      'Finished step Publish',
    ])
    expect(await host.findRepository('acme', 'dry')).toBeUndefined()
    expect(await call('POST', '/api/scaffolder/v2/dry-run', { template, values: {}, directoryContents: [] })).toMatchObject({
      status: 400,
      body: { errors: [{ name: 'required' }] },
    })
  })

  it('tell the form, the actions, completions and extensions', async () => {
    expect((await call('GET', '/api/scaffolder/v2/templates/default/template/plain/parameter-schema')).body).toMatchObject({
      title: 'Plain',
      description: 'Nothing outside',
      steps: [{ title: 'Basics', schema: { title: 'Basics', required: ['name'], properties: { name: { type: 'string' } } } }],
    })
    const actions = (await call('GET', '/api/scaffolder/v2/actions')).body as unknown as {
      id: string
      schema: { input: { type: string; properties: object } }
      examples: unknown[]
    }[]
    expect(actions.map((action) => action.id)).toEqual(
      expect.arrayContaining(['approval:wait', 'catalog:register', 'debug:log', 'fetch:template', 'fs:rename', 'publish:github']),
    )
    expect(actions.find((action) => action.id === 'fetch:template')?.schema.input).toMatchObject({ type: 'object', properties: { url: {}, values: {} } })
    expect((await call('POST', '/api/scaffolder/v2/autocomplete/fairway/repositories', { token: '', context: { owner: 'fairway' } })).body).toEqual({
      results: [{ id: 'fairway/golden-paths', title: 'golden-paths' }],
    })
    expect(await call('POST', '/api/scaffolder/v2/autocomplete/nowhere/repositories', {})).toMatchObject({
      status: 400,
      body: { error: { message: 'Unsupported provider: nowhere' } },
    })
    expect((await call('GET', '/api/scaffolder/v2/templating-extensions')).body).toMatchObject({
      filters: { parseRepoUrl: {}, projectSlug: {} },
      globals: { functions: {}, values: {} },
    })
  })
})

describe('a run with effects', () => {
  it('is followed as it goes, and leaves its lineage: every file as it was rendered', async () => {
    const id = await start('service', { name: 'followed' })
    const events = await followed(id)
    expect(messages(events)).toEqual([
      'Starting up task with 2 steps',
      'Beginning step Fetch',
      'Finished step Fetch',
      'Beginning step Publish',
      '[32minfo[39m: the repository acme/followed is there',
      expect.stringMatching(/acme\/followed is at [0-9a-f]{7}/) as string,
      'Finished step Publish',
      'Run completed with status: completed',
    ])
    expect(events.at(-1)?.body.output).toEqual({ links: [{ title: 'Repository', url: 'http://fairway.test/git/acme/followed.git' }] })
    const { rows } = await sql<{ path: string; sha256: string; mode: string; version: string }>`
      select path, sha256, mode, template_version as version from creation join creation_file using (change_id) where creation.repository = 'acme/followed'`.execute(
      database.db,
    )
    expect(rows).toEqual([{ path: 'a.txt', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, mode: '100644', version: '1.2.0' }])
  })

  it('goes on where a step needs what an effect said', async () => {
    const id = await start('late', { name: 'late' })
    const events = await followed(id)
    expect(events.at(-1)?.body.message).toBe('Run completed with status: completed')
    const sha = await host.resolveRef({ owner: 'acme', name: 'late', ref: 'main' })
    expect(messages(events)).toContain(`[32minfo[39m: first commit ${sha}`)
    expect(Buffer.from(await host.readFile({ owner: 'acme', name: 'late-docs', ref: 'main', path: 'from.txt' })).toString()).toBe(`made after ${sha}`)
  })

  it('that fails keeps what was made and says it; a retry goes on from there in the same task; others can not', async () => {
    doomed.add('halfway')
    const id = await start('service', { name: 'halfway' })
    const failed = await followed(id)
    expect(await task(id)).toMatchObject({ status: 'failed' })
    expect(messages(failed).slice(-4)).toEqual([
      '[31merror[39m: the disk is full',
      expect.stringContaining('was refused: the disk is full') as string,
      expect.stringContaining('Made so far, and kept: the repository acme/halfway is there') as string,
      'Run completed with status: failed',
    ])
    const repository = await host.findRepository('acme', 'halfway')
    expect(repository).toBeDefined()
    doomed.delete('halfway')
    expect(await call('POST', `/api/scaffolder/v2/tasks/${id}/retry`, {}, 'ben')).toMatchObject({ status: 403 })
    expect(await call('POST', `/api/scaffolder/v2/tasks/${id}/retry`, {})).toEqual({ status: 201, body: { id } })
    const events = await followed(id)
    expect(events.slice(0, failed.length)).toEqual(failed)
    expect(events[failed.length]?.type).toBe('recovered')
    expect(events.at(-1)?.body.message).toBe('Run completed with status: completed')
    expect((await host.findRepository('acme', 'halfway'))?.id).toBe(repository?.id)
    expect(await host.log({ owner: 'acme', name: 'halfway', ref: 'main' })).toHaveLength(1)
    expect(await call('POST', `/api/scaffolder/v2/tasks/${id}/retry`, {})).toMatchObject({ status: 409, body: { error: { name: 'ConflictError' } } })
  })

  it('an administrator tries again what somebody else started, and takes back; templates still see who started it', async () => {
    doomed.add('helped')
    const id = await start('service', { name: 'helped' })
    await followed(id)
    doomed.delete('helped')
    expect(await call('POST', `/api/scaffolder/v2/tasks/${id}/retry`, {}, 'olga')).toEqual({ status: 201, body: { id } })
    expect((await followed(id)).at(-1)?.body.message).toBe('Run completed with status: completed')
    const [last] = (await call('GET', '/api/v1/changes?kind=create&limit=1')).body['items'] as { requestedBy: string; input: JsonObject }[]
    expect(last).toMatchObject({ requestedBy: 'user:default/olga' })
    doomed.add('undone')
    const other = await start('service', { name: 'undone' })
    await followed(other)
    doomed.delete('undone')
    expect((await call('POST', `/api/v1/creations/${other}/undo`, undefined, 'olga')).status).toBe(202)
    await followed(other)
    expect(await host.findRepository('acme', 'undone')).toBeUndefined()
    // Nobody says so by themselves.
    const forged = { kind: 'create', input: { template: 'service', values: { name: 'helped' }, taskId: id, onBehalfOf: 'user:default/ana' } }
    expect(await call('POST', '/api/v1/changes', forged, 'ben')).toMatchObject({ status: 403, body: { code: 'platform.scaffolder.not_yours' } })
  })

  it('two retries at once are one', async () => {
    doomed.add('twice')
    const id = await start('service', { name: 'twice' })
    await followed(id)
    doomed.delete('twice')
    const answers = await Promise.all([1, 2, 3].map(async () => (await call('POST', `/api/scaffolder/v2/tasks/${id}/retry`, {})).status))
    expect(answers.sort((a, b) => a - b)).toEqual([201, 409, 409])
    expect((await followed(id)).filter((event) => event.type === 'recovered')).toHaveLength(1)
  })

  it('that failed can be taken back, as far as it is ours', async () => {
    doomed.add('back')
    const id = await start('service', { name: 'back' })
    await followed(id)
    doomed.delete('back')
    expect((await call('POST', `/api/v1/creations/${id}/undo`)).status).toBe(202)
    expect(messages(await followed(id))).toEqual(expect.arrayContaining(['Taking back what was made', '[32minfo[39m: deleted acme/back']))
    expect(await host.findRepository('acme', 'back')).toBeUndefined()
  })

  it('that is asked by our own API leaves nothing half made', async () => {
    doomed.add('whole')
    const { body } = await call('POST', '/api/v1/creations', { template: 'service', values: { name: 'whole' } })
    const events = await followed(body.id)
    expect(messages(events)).toContain('[32minfo[39m: deleted acme/whole')
    expect(await host.findRepository('acme', 'whole')).toBeUndefined()
    doomed.delete('whole')
    await call('POST', `/api/v1/creations/${body.id}/retry`, {})
    expect((await followed(body.id)).at(-1)?.body.message).toBe('Run completed with status: completed')
  })

  it('stops before the next effect when it is cancelled', async () => {
    const id = await start('waiting', { name: 'stopped' })
    await vi.waitFor(async () => expect(await host.findRepository('acme', 'stopped-1')).toBeDefined(), { timeout: 20_000, interval: 20 })
    expect(await call('POST', `/api/scaffolder/v2/tasks/${id}/cancel`)).toEqual({ status: 200, body: { status: 'cancelled' } })
    const events = await followed(id)
    expect(await task(id)).toMatchObject({ status: 'cancelled' })
    expect(events.map((event) => event.type)).toEqual(expect.arrayContaining(['cancelled', 'completion']))
    expect(messages(events).join('\n')).toContain('Made so far, and kept: the repository acme/stopped-1 is there')
    expect(await host.findRepository('acme', 'stopped-2')).toBeUndefined()
  })
})

describe('an approval in the middle', () => {
  it('holds the run before what comes after it, is in the list of approvals, and is not for who asked', async () => {
    const id = await start('agreed', { name: 'agreed' })
    const waiting = await untilWaiting(id)
    expect(waiting['plan']).toMatchObject({
      approval: { required: 1, groups: ['group:default/payments'], reason: 'A second repository', separationOfDuties: true },
    })
    expect(await host.findRepository('acme', 'agreed-1')).toBeDefined()
    expect(await host.findRepository('acme', 'agreed-2')).toBeUndefined()
    const listed = (await call('GET', '/api/v1/approvals', undefined, 'ben')).body['items'] as { id: string }[]
    expect(listed.map((change) => change.id)).toContain(waiting['id'])
    const decision = { planHash: waiting['planHash'] }
    expect(await call('POST', `/api/v1/changes/${String(waiting['id'])}/approve`, decision)).toMatchObject({ status: 403 })
    expect(await call('POST', `/api/v1/changes/${String(waiting['id'])}/approve`, decision, 'ben')).toMatchObject({ status: 200 })
    expect((await followed(id)).at(-1)?.body.message).toBe('Run completed with status: completed')
    expect(await host.findRepository('acme', 'agreed-2')).toBeDefined()
  })

  it('that was given counts for a retry too', async () => {
    doomed.add('again-2')
    const id = await start('agreed', { name: 'again' })
    const waiting = await untilWaiting(id)
    await call('POST', `/api/v1/changes/${String(waiting['id'])}/approve`, { planHash: waiting['planHash'] }, 'ben')
    await followed(id)
    doomed.delete('again-2')
    await call('POST', `/api/scaffolder/v2/tasks/${id}/retry`, {})
    expect((await followed(id)).at(-1)?.body.message).toBe('Run completed with status: completed')
  })
})

describe('secrets', () => {
  it('reach the host that they are for, and nothing that anybody reads; they are erased at the end', async () => {
    const secret = 'hunter2-and-much-more-of-it'
    const id = await start('secretive', { name: 'hush' }, { secrets: { TOKEN: secret } })
    const events = await followed(id)
    expect(events.at(-1)?.body.message).toBe('Run completed with status: completed')
    expect(JSON.stringify(calls.at(-1))).toContain(secret)
    const { body } = await call('GET', `/api/v1/creations/${id}`)
    const places = {
      events,
      task: await task(id),
      creation: body,
      change: (await call('GET', `/api/v1/changes/${String(body['changeId'])}`)).body,
      logged,
      ...Object.fromEntries(
        await Promise.all(
          [
            'change',
            'change_step',
            'event',
            'creation_task',
            'creation_done',
            'creation_secret',
            'creation',
            'dbos.operation_outputs',
            'dbos.workflow_status',
          ].map(async (table) => [table, (await sql`select * from ${sql.table(table)}`.execute(database.db)).rows] as const),
        ),
      ),
    }
    for (const [place, content] of Object.entries(places)) {
      expect(JSON.stringify(content), place).not.toContain('hunter2')
      expect(JSON.stringify(content), place).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12))
    }
    expect((await sql`select 1 from creation_secret`.execute(database.db)).rows).toEqual([])
  })

  it('that a template prints are not printed, and can not be made a file of', async () => {
    const id = await start('printing', { name: 'printing' }, { secrets: { TOKEN: 'hunter3-and-more' } })
    const events = await followed(id)
    expect(JSON.stringify(events)).not.toContain('hunter3')
    // Its plan fails in the second step: the first is told as it ran.
    expect(messages(events)).toEqual([
      'Starting up task with 2 steps',
      'Beginning step Log',
      expect.stringContaining(': the token is ***') as string,
      'Finished step Log',
      'Beginning step Fetch',
      expect.stringContaining('holds a secret') as string,
      expect.stringContaining('holds a secret') as string,
      'Run completed with status: failed',
    ])
    expect(events[4]?.body).toMatchObject({ stepId: 'fetch', status: 'processing' })
    expect(events[5]?.body).toMatchObject({ stepId: 'fetch', status: 'failed' })
    expect((await sql`select 1 from creation_secret`.execute(database.db)).rows).toEqual([])
  })
})
