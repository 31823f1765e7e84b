import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { faults } from '#kernel/common/fault'
import { silentLogger } from '#kernel/node/log'
import type { Caller } from './caller.ts'
import { httpFaults } from './http-faults.ts'
import { openApiOf } from './openapi.ts'
import { jsonRoute, rawRoute, type Route } from './route.ts'
import { createRouter, readBody } from './router.ts'

const shelfFaults = faults('test.shelf', { absent: { status: 404, title: 'Absent', retry: 'no', detail: (d: { id: string }) => `there is no "${d.id}"` } })
const caller: Caller = { principal: 'user:default/ana', kind: 'person', displayName: 'Ana', groups: [], scopes: ['*'], isAdministrator: false, via: 'token' }

const routes: Route[] = [
  jsonRoute({
    method: 'POST',
    path: '/api/v1/shelves/{id}/books',
    operation: 'books.create',
    summary: 'Put a book on a shelf',
    tag: 'shelf',
    permission: 'shelf:write',
    params: z.object({ id: z.string() }),
    query: z.object({ notify: z.stringbool().optional() }),
    body: z.strictObject({ title: z.string().min(1) }),
    response: z.object({ shelf: z.string(), title: z.string(), key: z.string() }),
    status: 201,
    errors: [shelfFaults.absent],
    resource: ({ params }) => ({ type: 'Shelf', id: params.id }),
    handle: ({ params, body, idempotencyKey }) => {
      if (params.id === 'none') throw shelfFaults.absent({ id: params.id })
      return { shelf: params.id, title: body.title, key: idempotencyKey ?? '' }
    },
  }),
  rawRoute({
    method: 'GET',
    path: '/files/{path+}',
    operation: 'files.get',
    summary: 'Read a file',
    tag: 'file',
    permission: 'file:read',
    challenge: 'Basic',
    handle: ({ params }) => new Response(params['path']),
  }),
  jsonRoute({
    method: 'GET',
    path: '/open',
    operation: 'open.get',
    summary: 'Anybody may',
    tag: 'file',
    permission: 'public',
    response: z.object({ ok: z.boolean() }),
    handle: () => ({ ok: true }),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/things/latest',
    operation: 'things.latest',
    summary: 'The latest',
    tag: 'x',
    permission: 'thing:read',
    response: z.object({ id: z.string() }),
    handle: () => ({ id: 'latest!' }),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/things/{id}',
    operation: 'things.get',
    summary: 'One',
    tag: 'x',
    permission: 'thing:read',
    params: z.object({ id: z.string() }),
    response: z.object({ id: z.string() }),
    handle: ({ params }) => ({ id: params.id }),
  }),
]

function routerFor(who: Caller | undefined, allows: (permission: string) => boolean = () => true) {
  return createRouter([...routes].reverse(), {
    authenticate: async () => who,
    authorize: async (_, permission, resource) => ({ isAllowed: allows(permission), reason: `no policy allows it on ${resource.id}` }),
    log: silentLogger,
  })
}

const post = (body: string, headers: Record<string, string> = {}): Request =>
  new Request('http://x/api/v1/shelves/a%2Fb/books', { method: 'POST', body, headers })

describe('router', () => {
  it('checks, authorises and answers', async () => {
    const response = await routerFor(caller)(post('{"title":"Sea"}', { 'idempotency-key': 'k1' }))
    expect(response.status).toBe(201)
    expect(await response.json()).toEqual({ shelf: 'a/b', title: 'Sea', key: 'k1' })
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  })

  it.each([
    { why: 'no credential', who: undefined, body: '{"title":"Sea"}', status: 401, code: 'kernel.http.unauthenticated' },
    { why: 'no permission', who: caller, body: '{"title":"Sea"}', status: 403, code: 'kernel.http.forbidden' },
    { why: 'not JSON', who: caller, body: '{', status: 400, code: 'kernel.http.not_json' },
    { why: 'a text with NUL', who: caller, body: '{"title":"a\\u0000b"}', status: 400, code: 'kernel.http.bad_request' },
    { why: 'half of a surrogate pair', who: caller, body: '{"title":"\\ud83d"}', status: 400, code: 'kernel.http.bad_request' },
    { why: 'a wrong and an unknown field', who: caller, body: '{"title":"","more":1}', status: 400, code: 'kernel.http.bad_request' },
  ])('answers $status problem+json: $why', async ({ who, body, status, code }) => {
    const response = await routerFor(who, (permission) => permission !== 'shelf:write' || body !== '{"title":"Sea"}')(post(body))
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code, status })
  })

  it('says what an error of a lower part means, and keeps every other one to itself', async () => {
    const failing = (error: Error): ((request: Request) => Promise<Response>) =>
      createRouter(routes, {
        authenticate: async () => {
          throw error
        },
        authorize: async () => ({ isAllowed: true, reason: '' }),
        translate: (thrown) => (thrown instanceof Error && thrown.message === 'away' ? httpFaults.too_large({ limitBytes: 1 }) : undefined),
        log: silentLogger,
      })
    expect((await failing(new Error('away'))(post('{}'))).status).toBe(413)
    const other = await failing(new Error('password'))(post('{}'))
    expect(other.status).toBe(500)
    expect(await other.text()).not.toContain('password')
  })

  it('refuses a change by cookie from a foreign page, and takes one from our own', async () => {
    const router = routerFor({ ...caller, via: 'cookie' })
    expect((await router(post('{"title":"Sea"}', { origin: 'http://evil', host: 'x' }))).status).toBe(403)
    expect((await router(post('{"title":"Sea"}', { host: 'x' }))).status).toBe(403)
    expect((await router(post('{"title":"Sea"}', { origin: 'null', host: 'x' }))).status).toBe(403)
    expect((await router(post('{"title":"Sea"}', { origin: 'http://x', host: 'x' }))).status).toBe(201)
  })

  it('gives the rest of a path, slashes included, and asks for Basic where told', async () => {
    expect(await (await routerFor(caller)(new Request('http://x/files/a/b/c.txt'))).text()).toBe('a/b/c.txt')
    expect((await routerFor(undefined)(new Request('http://x/files/a'))).headers.get('www-authenticate')).toContain('Basic')
  })

  it('prefers a fixed segment to a named one, whatever the order of the table', async () => {
    expect(await (await routerFor(caller)(new Request('http://x/api/v1/things/latest'))).json()).toEqual({ id: 'latest!' })
    expect(await (await routerFor(caller)(new Request('http://x/api/v1/things/t1'))).json()).toEqual({ id: 't1' })
  })

  it('lets anybody call what is public, and knows no other address', async () => {
    expect((await routerFor(undefined)(new Request('http://x/open'))).status).toBe(200)
    expect((await routerFor(undefined)(new Request('http://x/nowhere'))).status).toBe(404)
  })
})

it('describes every route in OpenAPI with its permission', () => {
  const document = openApiOf(routes, { title: 'T', version: '1' }) as { paths: Record<string, Record<string, { 'x-permission': string; operationId: string }>> }
  expect(document.paths['/api/v1/shelves/{id}/books']?.['post']).toMatchObject({ operationId: 'books.create', 'x-permission': 'shelf:write' })
  expect(Object.keys(document.paths)).toHaveLength(routes.length)
})

it('waits for a body that drips only so long', async () => {
  const dripping = new ReadableStream({ pull: () => new Promise(() => {}) })
  const request = new Request('http://x/', { method: 'POST', body: dripping, duplex: 'half' } as RequestInit)
  await expect(readBody(request, 100, 20)).rejects.toMatchObject({ code: 'kernel.http.too_slow' })
})
