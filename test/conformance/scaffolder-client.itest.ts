import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organisationLoaded, startPlatformProcess, eventually, type PlatformProcess } from '#harness'
import { pushFiles } from '../harness/tiny-service.ts'

// The calls of `ScaffolderClient` (`@backstage/plugin-scaffolder-common`), as it makes them, against the started platform.

let platform: PlatformProcess
let token: string

interface Event {
  id: number
  type: string
  taskId: string
  isTaskRecoverable: boolean
  createdAt: string
  body: { message: string; stepId?: string; status?: string; output?: unknown }
}

beforeAll(async () => {
  platform = await startPlatformProcess({ flags: ['--no-walk'] })
  await organisationLoaded(platform.administrator)
  token = (await readFile(path.join(platform.dataDir, 'admin.token'), 'utf8')).trim()
  await pushFiles(platform, token, 'fairway/golden-paths', {
    'tide/template.yaml': TEMPLATE,
    'tide-slow/template.yaml': SLOW,
    'tide-slow/skeleton/a.txt': 'I am ${{ values.name }}',
  })
  await eventually('the templates', async () =>
    (await call('GET', '/v2/templates/default/template/tide-slow/parameter-schema')).status === 200 ? true : undefined,
  )
})
afterAll(async () => {
  await platform?.[Symbol.asyncDispose]()
})

const TEMPLATE = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: tide }
spec:
  type: service
  parameters:
    required: [name]
    properties: { name: { type: string }, size: { type: number, default: 3 } }
  steps:
    - { action: 'debug:log', input: { message: 'Hello \${{ parameters.name }}' } }
    - { id: never, action: 'debug:log', if: '\${{ parameters.absent }}', input: { message: x } }
  output:
    text: [{ title: Done, content: '\${{ parameters.name }}' }]
`
const SLOW = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: tide-slow, title: Slow, description: Waits }
spec:
  type: service
  presentation: { buttonLabels: { createButtonText: Go } }
  parameters: [{ title: One, description: First, properties: { a: { type: string } } }, { properties: {} }]
  steps:
    - { id: fetch, name: Fetch, action: 'fetch:template', input: { url: ./skeleton, values: { name: x } } }
    - { id: one, name: One, action: 'publish:github', input: { repoUrl: 'fairway?owner=acme&repo=tide-one', repoVisibility: public } }
    - { id: ask, name: Ask, action: 'approval:wait', input: { groups: [payments], required: 1, message: why } }
    - { id: two, name: Two, action: 'publish:github', input: { repoUrl: 'fairway?owner=acme&repo=tide-two', repoVisibility: public } }
`

async function call(
  method: string,
  route: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fetch(`${platform.url}/api/scaffolder${route}`, {
    method,
    headers: headers ?? { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? '' : (JSON.parse(text) as unknown) }
}

async function scaffold(templateRef: string, values: object): Promise<string> {
  const { status, body } = await call('POST', '/v2/tasks', { templateRef, values, secrets: {} })
  expect([status, body]).toEqual([201, { id: expect.any(String) as string }])
  return (body as { id: string }).id
}

/** Until the stream ends, or `isEnough`. */
async function streamLogs(
  taskId: string,
  after?: number,
  isEnough: (event: Event) => boolean = () => false,
): Promise<{ event: string | undefined; data: Event }[]> {
  const response = await fetch(`${platform.url}/api/scaffolder/v2/tasks/${taskId}/eventstream${after === undefined ? '' : `?after=${after}`}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
  })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const seen: { event: string | undefined; data: Event }[] = []
  if (!response.body) return seen
  for await (const { event, data } of response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) {
    seen.push({ event, data: JSON.parse(data) as Event })
    if (isEnough(seen.at(-1)?.data as Event)) break
  }
  return seen
}

describe('ScaffolderClient', () => {
  it('getTemplateParameterSchema', async () => {
    expect((await call('GET', '/v2/templates/default/template/tide-slow/parameter-schema')).body).toEqual({
      title: 'Slow',
      description: 'Waits',
      presentation: { buttonLabels: { createButtonText: 'Go' } },
      steps: [
        { title: 'One', description: 'First', schema: { title: 'One', description: 'First', properties: { a: { type: 'string' } } } },
        { title: 'Please enter the following information', schema: { properties: {} } },
      ],
    })
    const bare = (await call('GET', '/v2/templates/default/Template/tide/parameter-schema')).body as object
    expect(bare).toMatchObject({ title: 'tide', steps: [{ title: 'Please enter the following information' }] })
    expect(bare).not.toHaveProperty('description')
    expect(await call('GET', '/v2/templates/default/template/absent/parameter-schema')).toMatchObject({
      status: 404,
      body: {
        error: { name: 'NotFoundError' },
        request: { method: 'GET', url: '/v2/templates/default/template/absent/parameter-schema' },
        response: { statusCode: 404 },
      },
    })
  })

  it('listActions and listTemplatingExtensions', async () => {
    const actions = (await call('GET', '/v2/actions')).body as { id: string; schema: { input: object } }[]
    expect(actions.map(({ id }) => id)).toEqual(
      expect.arrayContaining(
        'catalog:fetch catalog:register catalog:write debug:log debug:wait fetch:plain fetch:plain:file fetch:template fetch:template:file fs:delete fs:readdir fs:rename'.split(
          ' ',
        ),
      ),
    )
    expect(actions.every(({ schema }) => typeof schema.input === 'object')).toBe(true)
    expect((await call('GET', '/v2/templating-extensions')).body).toMatchObject({
      filters: { parseRepoUrl: {}, pick: {}, projectSlug: {}, parseEntityRef: {} },
      globals: {},
    })
  })

  it('scaffold, getTask, streamLogs and its polling, listTasks', async () => {
    const id = await scaffold('template:default/tide', { name: 'orders' })
    const events = await streamLogs(id)
    expect(events.map(({ event, data }) => [event, data.type, data.body.message, data.body.stepId, data.body.status])).toEqual([
      ['log', 'log', 'Starting up task with 2 steps', undefined, undefined],
      ['log', 'log', 'Beginning step debug:log', 'step-1', 'processing'],
      ['log', 'log', '\u001B[32minfo\u001B[39m: Hello orders', 'step-1', undefined],
      ['log', 'log', 'Finished step debug:log', 'step-1', 'completed'],
      ['log', 'log', 'Skipping step never because its if condition was false', 'never', 'skipped'],
      ['completion', 'completion', 'Run completed with status: completed', undefined, undefined],
    ])
    const all = events.map(({ data }) => data)
    expect(all.at(-1)).toMatchObject({ taskId: id, isTaskRecoverable: false, body: { output: { text: [{ title: 'Done', content: 'orders' }] } } })
    const ids = all.map((event) => event.id)
    expect([ids, new Set(ids).size]).toEqual([ids.toSorted((a, b) => a - b), ids.length])
    expect((await call('GET', `/v2/tasks/${id}/events`)).body).toEqual(all)
    expect((await call('GET', `/v2/tasks/${id}/events?after=${ids[2]}`)).body).toEqual(all.slice(3))
    // Who has all already is told of the end once more, and is not left waiting.
    expect((await call('GET', `/v2/tasks/${id}/events?after=${ids.at(-1)}`)).body).toEqual(all.slice(-1))
    expect((await streamLogs(id, ids[3])).map(({ data }) => data)).toEqual(all.slice(4))
    expect((await streamLogs(id, ids.at(-1))).map(({ data }) => data)).toEqual(all.slice(-1))

    const task = (await call('GET', `/v2/tasks/${id}`)).body as { createdBy: string }
    expect(task).toMatchObject({
      id,
      status: 'completed',
      createdAt: expect.any(String) as string,
      lastHeartbeatAt: expect.any(String) as string,
      createdBy: expect.stringMatching(/^user:default\//) as string,
      spec: {
        apiVersion: 'scaffolder.backstage.io/v1beta3',
        parameters: { name: 'orders' },
        steps: [
          { id: 'step-1', name: 'debug:log', action: 'debug:log', input: { message: 'Hello ${{ parameters.name }}' } },
          { id: 'never', name: 'debug:log' },
        ],
        output: { text: [{ title: 'Done', content: '${{ parameters.name }}' }] },
        user: { ref: task.createdBy },
        templateInfo: { entityRef: 'template:default/tide', baseUrl: expect.any(String) as string, entity: { metadata: { name: 'tide' } } },
      },
    })
    const listed = await call('GET', `/v2/tasks?createdBy=${encodeURIComponent(task.createdBy)}&limit=1&status=completed`)
    expect(listed.body).toEqual({ tasks: [task], totalTasks: 1 })
    expect((await call('GET', '/v2/tasks?limit=0')).body).toEqual({ tasks: [], totalTasks: 1 })
    for (const query of ['order=created_at', 'limit=x', 'offset=x'])
      expect(await call('GET', `/v2/tasks?${query}`)).toMatchObject({ status: 400, body: { error: { name: 'InputError' } } })
  })

  it('refuses wrong values in the words of jsonschema', async () => {
    expect(await call('POST', '/v2/tasks', { templateRef: 'template:default/tide', values: {} })).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            path: [],
            property: 'instance',
            message: 'requires property "name"',
            name: 'required',
            argument: 'name',
            stack: 'instance requires property "name"',
          },
        ],
      },
    })
  })

  it('cancelTask, while somebody waits for the next events', async () => {
    const id = await scaffold('template:default/tide-slow', {})
    const before = await streamLogs(id, undefined, (event) => event.body.message.includes('Waiting until people agree'))
    const polled = call('GET', `/v2/tasks/${id}/events?after=${before.at(-1)?.data.id}`)
    const followed = streamLogs(id, before.at(-1)?.data.id)
    expect(await Promise.race([polled.then(() => 'answered'), new Promise((resolve) => setTimeout(() => resolve('held'), 400))])).toBe('held')
    expect(await call('POST', `/v2/tasks/${id}/cancel`)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    expect(((await polled).body as Event[]).length).toBeGreaterThan(0)
    expect((await followed).map(({ event }) => event)).toEqual(expect.arrayContaining(['cancelled', 'completion']))
    expect((await call('GET', `/v2/tasks/${id}`)).body).toMatchObject({ status: 'cancelled' })
    expect(await call('POST', `/v2/tasks/${id}/retry`, { secrets: {} })).toMatchObject({ status: 201, body: { id } })
    await call('POST', `/v2/tasks/${id}/cancel`)
  })

  it('dryRun', async () => {
    const template = {
      apiVersion: 'scaffolder.backstage.io/v1beta3',
      kind: 'Template',
      metadata: { name: 'dry' },
      spec: {
        type: 'service',
        parameters: { required: ['name'] },
        steps: [{ action: 'fetch:template', input: { url: './skeleton', values: { name: '${{ parameters.name }}' } } }],
        output: { text: [{ title: 'Done', content: '${{ parameters.name }}' }] },
      },
    }
    const directoryContents = [{ path: 'skeleton/a.txt', base64Content: Buffer.from('I am ${{ values.name }}').toString('base64') }]
    expect(await call('POST', '/v2/dry-run', { template, values: { name: 'dry' }, secrets: {}, directoryContents })).toMatchObject({
      status: 200,
      body: {
        log: [
          { body: { message: 'Starting up task with 2 steps' } },
          { body: { message: 'Beginning step fetch:template', stepId: 'step-1', status: 'processing' } },
          { body: { message: 'Finished step fetch:template', stepId: 'step-1', status: 'completed' } },
        ],
        directoryContents: [{ path: 'a.txt', executable: false, base64Content: Buffer.from('I am dry').toString('base64') }],
        steps: [{ id: 'step-1', name: 'fetch:template', action: 'fetch:template' }],
        output: { text: [{ title: 'Done', content: 'dry' }] },
      },
    })
    expect(await call('POST', '/v2/dry-run', { template, values: {}, secrets: {}, directoryContents })).toMatchObject({
      status: 400,
      body: { errors: [{ name: 'required' }] },
    })
    expect(await call('POST', '/v2/dry-run', { template: { kind: 'x' }, values: {}, directoryContents })).toMatchObject({
      status: 400,
      body: { error: { name: 'InputError' } },
    })
  })

  it('autocomplete, and errors', async () => {
    expect(await call('POST', '/v2/autocomplete/nowhere/repositories', { token: '', context: {} })).toMatchObject({
      status: 400,
      body: { error: { name: 'InputError', message: 'Unsupported provider: nowhere' } },
    })
    expect(await call('GET', '/v2/tasks/absent')).toMatchObject({
      status: 404,
      body: { error: { name: 'NotFoundError' }, request: { method: 'GET', url: '/v2/tasks/absent' } },
    })
    const refused = await call('GET', '/v2/actions', undefined, {})
    expect([refused.status, refused.headers.get('content-type'), refused.headers.has('etag')]).toEqual([401, 'application/json; charset=utf-8', true])
    expect(refused.body).toEqual({
      error: { name: 'AuthenticationError', message: 'Missing credentials' },
      request: { method: 'GET', url: '/v2/actions' },
      response: { statusCode: 401 },
    })
  })
})
