import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ManualClock } from '#kernel/common/clock'
import { egressFaults } from '#kernel/node/egress'
import { ForgeClient, messageOf } from './forge-client.ts'

interface Sent {
  url: string
  method: string
  headers: Record<string, string>
}

let sent: Sent[]
let answers: (() => Response)[]
let clock: ManualClock
let client: ForgeClient
const json =
  (body: unknown, init: { status?: number; headers?: Record<string, string> } = {}): (() => Response) =>
  () =>
    Response.json(body, init)
const anything = z.unknown()

beforeEach(() => {
  sent = []
  answers = []
  clock = new ManualClock()
  client = new ForgeClient({
    egress: {
      fetch: async (url, init = {}) => {
        sent.push({ url: String(url), method: init.method ?? 'GET', headers: Object.fromEntries(new Headers(init.headers)) })
        const answer = answers.shift()
        if (!answer) throw new Error('no answer is left')
        return answer()
      },
    },
    clock,
    host: 'forge.example',
    apiUrl: 'https://forge.example/api',
    credential: 'git-hosts/forge.example/token',
    authorize: async () => ({ authorization: 'Bearer t' }),
  })
})

describe('limits', () => {
  it('a short one is waited for, also by a write: it has done nothing', async () => {
    answers = [json({}, { status: 429, headers: { 'retry-after': '3' } }), json({ ok: true })]
    const before = clock.now().getTime()
    expect(await client.get({ method: 'POST', path: '/x', body: {} }, anything)).toEqual({ ok: true })
    expect(clock.now().getTime() - before).toBe(3_000)
  })

  it('a long one is told at once, and nobody else is sent into it', async () => {
    answers = [
      json(
        { message: 'API rate limit exceeded' },
        { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(clock.now().getTime() / 1000 + 1_800) } },
      ),
    ]
    await expect(client.call({ path: '/x' })).rejects.toMatchObject({ code: 'delivery.foreign_host.rate_limited', retryAfterSeconds: 1_800 })
    await expect(client.call({ path: '/y' })).rejects.toMatchObject({ code: 'delivery.foreign_host.rate_limited' })
    expect(sent).toHaveLength(1)
    clock.advance(1_800_000)
    answers = [json({ ok: true })]
    expect(await client.get({ path: '/y' }, anything)).toEqual({ ok: true })
  })
})

describe('failures', () => {
  it('a read is tried again, a write is not: it may have been done', async () => {
    answers = [json({}, { status: 502 }), json({}, { status: 500 }), json({ ok: true })]
    expect(await client.get({ path: '/x' }, anything)).toEqual({ ok: true })
    answers = [json({}, { status: 502 })]
    await expect(client.call({ method: 'POST', path: '/x', body: {} })).rejects.toMatchObject({ code: 'delivery.foreign_host.unavailable', retry: 'backoff' })
  })

  it('an address that is refused is said so, and not tried again', async () => {
    answers = [
      () => {
        throw egressFaults.address_refused({ host: 'forge.example:443', addressClass: 'metadata' })
      },
    ]
    await expect(client.call({ path: '/x' })).rejects.toMatchObject({ code: 'kernel.egress.address_refused' })
  })

  it.each([
    [401, { message: 'Bad credentials' }, 'delivery.foreign_host.unauthorised'],
    [403, { message: 'Resource not accessible' }, 'delivery.foreign_host.forbidden'],
    [422, { message: 'Validation Failed', errors: [{ message: 'title is too long' }] }, 'delivery.foreign_host.refused'],
    [200, { id: 'x' }, 'delivery.foreign_host.unexpected'],
  ])('%i %j', async (status, body, code) => {
    answers = [json(body, { status })]
    await expect(client.get({ path: '/x' }, z.object({ id: z.number() }))).rejects.toMatchObject({ code })
  })

  it('what is not there is undefined', async () => {
    answers = [json({ message: 'Not Found' }, { status: 404 })]
    expect(await client.find({ path: '/x' }, anything)).toBeUndefined()
  })
})

describe('the token', () => {
  it('goes to no other host: by a redirect, or by a next page', async () => {
    answers = [() => new Response(null, { status: 301, headers: { location: 'https://evil.example/' } })]
    await expect(client.call({ path: '/x' })).rejects.toMatchObject({ code: 'delivery.foreign_host.unexpected' })
    answers = [json([1], { headers: { link: '<https://evil.example/x?page=2>; rel="next"' } })]
    await expect(client.all({ path: '/x' }, z.number())).rejects.toMatchObject({ code: 'delivery.foreign_host.unexpected' })
    expect(sent.map(({ url }) => new URL(url).host)).toEqual(['forge.example', 'forge.example'])
  })

  it('goes along when a repository has another name now', async () => {
    answers = [() => new Response(null, { status: 301, headers: { location: '/api/repositories/7' } }), json({ ok: true })]
    expect(await client.get({ path: '/repos/a/b' }, anything)).toEqual({ ok: true })
    expect(sent[1]).toMatchObject({ url: 'https://forge.example/api/repositories/7', headers: { authorization: 'Bearer t' } })
  })

  it('is not shown where a forge shows its sign-in page', async () => {
    answers = [() => new Response('<html>', { status: 203, headers: { 'content-type': 'text/html' } })]
    await expect(client.call({ path: '/x' })).rejects.toMatchObject({ code: 'delivery.foreign_host.unauthorised' })
  })
})

it('an answer that still holds is not sent again', async () => {
  answers = [json([1], { headers: { etag: '"a"', link: '<https://forge.example/api/x?page=2>; rel="next"' } }), json([2])]
  expect(await client.all({ path: '/x' }, z.number())).toEqual([1, 2])
  answers = [() => new Response(null, { status: 304 }), json([3])]
  expect(await client.all({ path: '/x' }, z.number())).toEqual([1, 3])
  expect(sent[2]?.headers['if-none-match']).toBe('"a"')
})

it.each([
  [{ message: 'Validation Failed', errors: [{ message: 'name already exists' }] }, 'Validation Failed: name already exists'],
  [{ message: { name: ['has already been taken'] } }, '{"name":["has already been taken"]}'],
  [{ message: ['Another open merge request'] }, 'Another open merge request'],
  [{ error: 'insufficient_scope' }, 'insufficient_scope'],
  [{ errors: null, message: 'line one\nline two' }, 'line one line two'],
  ['<html>Sign in</html>', 'no reason given'],
  [null, 'no reason given'],
])('what a forge says: %j', (body, expected) => expect(messageOf(body)).toBe(expected))
