import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createEgress, type Egress, type EgressOptions } from './egress.ts'

const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing[Symbol.asyncDispose]()
})

async function listen(handle: RequestListener): Promise<{ port: number; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = []
  const server: Server = createServer((request, response) => {
    requests.push(request)
    handle(request, response)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  opened.push({
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
  return { port: (server.address() as AddressInfo).port, requests }
}

function egress(options: EgressOptions = {}): Egress {
  const made = createEgress(options)
  opened.push(made)
  return made
}

/** A resolver for names under `.test`; each lookup of `flip.test` gives the next of its answers. */
function fakeResolver(names: Record<string, string[]>): NonNullable<EgressOptions['resolve']> {
  return async (hostname) => (names[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

describe('addresses that nobody allowed', () => {
  it.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://orders.localhost/',
    'http://LOCALHOST./',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fd00:ec2::254]/',
    'http://168.63.129.16/',
    'http://10.0.0.1/',
    'http://192.168.0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'https://169.254.169.254/',
  ])('refuses %s', async (url) => {
    await expect(egress().fetch(url)).rejects.toMatchObject({ code: 'kernel.egress.address_refused' })
  })

  it.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://x/',
    'data:text/plain,hi',
    'javascript:1',
    'http://user:secret@example.com/',
    'http://169.254.169.254@example.com/',
    '/relative',
    '',
  ])('calls nothing for the URL "%s"', async (url) => {
    const failure = await egress({ resolve: fakeResolver({}) })
      .fetch(url)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'kernel.egress.bad_url' })
    expect(String(failure)).not.toContain('secret')
  })

  it('refuses a public name that leads inside', async () => {
    const resolve = fakeResolver({ 'rebind.test': ['10.1.2.3'], 'meta.test': ['169.254.169.254'], 'mapped.test': ['::ffff:127.0.0.1'] })
    for (const host of ['rebind.test', 'meta.test', 'mapped.test'])
      await expect(egress({ resolve }).fetch(`http://${host}/`)).rejects.toMatchObject({ code: 'kernel.egress.address_refused' })
  })

  it('keeps metadata and link-local addresses shut where private ones are allowed', async () => {
    const open = egress({ allowPrivate: true, allowLoopback: true })
    for (const url of ['http://169.254.169.254/', 'http://169.254.1.1/', 'http://168.63.129.16/', 'http://[fe80::1]/'])
      await expect(open.fetch(url)).rejects.toMatchObject({ code: 'kernel.egress.address_refused' })
  })

  it('refuses a redirect from an allowed host to the inside, and never connects there', async () => {
    const inside = await listen((_, response) => response.end('secret'))
    const outside = await listen((_, response) => response.writeHead(302, { location: `http://127.0.0.1:${inside.port}/` }).end())
    const client = egress({ resolve: fakeResolver({ 'public.test': ['127.0.0.1'] }), allow: [`public.test:${outside.port}`] })
    await expect(client.fetch(`http://public.test:${outside.port}/`)).rejects.toMatchObject({ code: 'kernel.egress.address_refused' })
    expect(inside.requests).toHaveLength(0)
  })

  it('connects to the address that it judged, whatever the name answers next', async () => {
    const server = await listen((_, response) => response.end('judged'))
    const answers = ['127.0.0.1', '169.254.169.254']
    let lookups = 0
    const client = egress({ allowLoopback: true, resolve: async () => [{ address: answers[lookups++] ?? '', family: 4 }] })
    expect(await (await client.fetch(`http://flip.test:${server.port}/`)).text()).toBe('judged')
    expect(lookups).toBe(1)
  })

  it('uses only the admitted ones of several addresses', async () => {
    const server = await listen((_, response) => response.end('ok'))
    const client = egress({ allowLoopback: true, resolve: fakeResolver({ 'mixed.test': ['10.0.0.1', '127.0.0.1'] }) })
    expect(await (await client.fetch(`http://mixed.test:${server.port}/`)).text()).toBe('ok')
  })

  it('allows exactly the host and port of the list', async () => {
    const server = await listen((_, response) => response.end('ok'))
    const client = egress({ allow: [`127.0.0.1:${server.port}`] })
    expect((await client.fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(200)
    await expect(client.fetch(`http://127.0.0.1:${server.port + 1}/`)).rejects.toMatchObject({ code: 'kernel.egress.address_refused' })
    await expect(client.fetch(`http://localhost:${server.port}/`)).rejects.toMatchObject({ code: 'kernel.egress.address_refused' })
  })
})

describe('redirects', () => {
  it('drops every credential on the way to another origin, and keeps it on the same', async () => {
    const other = await listen((_, response) => response.end('ok'))
    const first = await listen((request, response) =>
      request.url === '/start'
        ? response.writeHead(307, { location: '/same' }).end()
        : response.writeHead(307, { location: `http://127.0.0.1:${other.port}/` }).end(),
    )
    const headers = { authorization: 'Bearer s3cret', cookie: 'a=b', 'private-token': 'x', 'x-api-key': 'y', accept: 'text/plain' }
    await egress({ allowLoopback: true }).fetch(`http://127.0.0.1:${first.port}/start`, { headers })
    expect(first.requests[1]?.headers['authorization']).toBe('Bearer s3cret')
    const seen = other.requests[0]?.headers ?? {}
    expect(seen['accept']).toBe('text/plain')
    for (const name of ['authorization', 'cookie', 'private-token', 'x-api-key']) expect(seen[name]).toBeUndefined()
  })

  it('follows five and not six', async () => {
    const server = await listen((request, response) => {
      const left = Number(request.url?.slice(1))
      if (left === 0) response.end('there')
      else response.writeHead(302, { location: `/${left - 1}` }).end()
    })
    const client = egress({ allowLoopback: true })
    expect(await (await client.fetch(`http://127.0.0.1:${server.port}/5`)).text()).toBe('there')
    await expect(client.fetch(`http://127.0.0.1:${server.port}/6`)).rejects.toMatchObject({ code: 'kernel.egress.too_many_redirects' })
  })

  it('refuses a redirect to another scheme', async () => {
    const server = await listen((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end())
    await expect(egress({ allowLoopback: true }).fetch(`http://127.0.0.1:${server.port}/`)).rejects.toMatchObject({ code: 'kernel.egress.bad_url' })
  })

  it('gives the 3xx back when asked to', async () => {
    const server = await listen((_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end())
    const response = await egress({ allowLoopback: true }).fetch(`http://127.0.0.1:${server.port}/`, { redirect: 'manual' })
    expect(response.status).toBe(302)
  })
})

describe('limits', () => {
  it('cuts an answer that is too large, also one that grows by decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000))
    const server = await listen((request, response) =>
      request.url === '/bomb' ? response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb) : response.end(Buffer.alloc(100_001)),
    )
    const client = egress({ allowLoopback: true })
    for (const path of ['/plain', '/bomb']) {
      const response = await client.fetch(`http://127.0.0.1:${server.port}${path}`, { maxBytes: 100_000 })
      await expect(response.arrayBuffer()).rejects.toMatchObject({ code: 'kernel.egress.too_large' })
    }
  })

  it('gives up on a side that never answers, and on one that never ends', async () => {
    const server = await listen((request, response) => {
      if (request.url === '/slow-body') response.write('one ')
    })
    const client = egress({ allowLoopback: true })
    await expect(client.fetch(`http://127.0.0.1:${server.port}/`, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'kernel.egress.timeout' })
    const response = await client.fetch(`http://127.0.0.1:${server.port}/slow-body`, { timeoutMs: 100 })
    await expect(response.text()).rejects.toMatchObject({ code: 'kernel.egress.timeout' })
  })

  it('stops when the caller does', async () => {
    const server = await listen(() => {})
    const abort = new AbortController()
    const call = egress({ allowLoopback: true }).fetch(`http://127.0.0.1:${server.port}/`, { signal: abort.signal })
    abort.abort(new Error('caller went away'))
    await expect(call).rejects.toThrow('caller went away')
  })

  it('names what it can not reach', async () => {
    const server = await listen(() => {})
    await opened.pop()?.[Symbol.asyncDispose]()
    const failure = egress({ allowLoopback: true }).fetch(`http://127.0.0.1:${server.port}/`)
    await expect(failure).rejects.toMatchObject({ code: 'kernel.egress.unreachable', message: `"127.0.0.1:${server.port}" can not be reached: ECONNREFUSED` })
  })
})

it('sends a body and gives back status, headers and body', async () => {
  const server = await listen((request, response) => {
    response.writeHead(201, { 'x-method': request.method ?? '' })
    request.pipe(response)
  })
  const response = await egress({ allowLoopback: true }).fetch(`http://127.0.0.1:${server.port}/x`, {
    method: 'post',
    body: 'hello',
    headers: { 'content-type': 'text/plain' },
  })
  expect([response.status, response.headers.get('x-method'), response.url, await response.text()]).toEqual([
    201,
    'POST',
    `http://127.0.0.1:${server.port}/x`,
    'hello',
  ])
})
