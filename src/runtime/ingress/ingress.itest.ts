import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import type { Endpoint, WorkloadRef } from '#runtime/runtime'
import { startIngress, type Ingress } from './ingress.ts'
import type { RequestSample } from './request-sample.ts'
import { RouteTable } from './route-table.ts'

let database: TestDatabase
let ingress: Ingress
let endpoints: Record<string, Endpoint[]>
let samples: RequestSample[]
let servers: Server[]
let inFlight: number

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())

beforeEach(async () => {
  endpoints = {}
  samples = []
  servers = []
  inFlight = 0
  ingress = await startIngress(
    {
      db: database.db,
      journal: new MemoryJournal(),
      log: silentLogger,
      endpoints: { readyEndpoints: (ref: WorkloadRef) => endpoints[ref.release] ?? [] },
      onRequest: (sample) => samples.push(sample),
    },
    { host: '127.0.0.1', port: 0, limits: { answerTimeoutMs: 300, bodyBytes: 100_000 } },
  )
})
afterEach(async () => {
  await ingress.routes.removeRoutes(ingress.routes.listRoutes().map((route) => route.host))
  await ingress[Symbol.asyncDispose]()
  for (const server of servers) server.closeAllConnections()
})

/** A replica of a release that answers by `answer`; echoes what it got unless told. */
async function replica(release: string, answer?: (incoming: IncomingMessage, body: string) => { status?: number; body?: string } | undefined): Promise<Server> {
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const made = answer
        ? answer(incoming, body)
        : { body: JSON.stringify({ release, headers: incoming.headers, method: incoming.method, url: incoming.url, body }) }
      if (!made) return
      response.statusCode = made.status ?? 200
      response.end(made.body ?? '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  publish(release, (server.address() as AddressInfo).port)
  return server
}

function publish(release: string, port: number): void {
  const enter = (): (() => void) => {
    inFlight++
    return () => inFlight--
  }
  endpoints[release] = [...(endpoints[release] ?? []), { instance: `ins_${port}`, host: '127.0.0.1', port, version: release.slice(4), enter }]
}

const route = (weights: Record<string, number>, host = 'orders.dev.localhost') =>
  ingress.routes.setRoute({
    host,
    component: 'orders',
    environment: 'dev',
    backends: Object.entries(weights).map(([release, weight]) => ({ release, weight })),
  })

interface Answer {
  status: number
  headers: IncomingMessage['headers']
  text: string
}

function ask(path = '/', options: { method?: string; headers?: Record<string, string>; body?: string; host?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { host: options.host ?? `orders.dev.localhost:${ingress.port}`, ...options.headers }
    const outgoing = request({ host: '127.0.0.1', port: ingress.port, path, method: options.method ?? 'GET', headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }))
    })
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })
}

describe('a published host', () => {
  it('leads to its release, which learns who asked and how', async () => {
    await replica('rel_1')
    await route({ rel_1: 100 })
    const answer = await ask('/orders?id=7', {
      method: 'POST',
      body: 'hello',
      headers: { 'x-own': 'yes', 'proxy-authorization': 'no', 'x-forwarded-host': 'forged' },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'fairway-release': 'rel_1', 'fairway-version': '1' })
    const seen = JSON.parse(answer.text) as { headers: Record<string, string>; body: string; method: string; url: string }
    expect(seen).toMatchObject({ method: 'POST', url: '/orders?id=7', body: 'hello' })
    expect(seen.headers).toMatchObject({
      host: `orders.dev.localhost:${ingress.port}`,
      'x-own': 'yes',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `orders.dev.localhost:${ingress.port}`,
    })
    expect(seen.headers).not.toHaveProperty('proxy-authorization')
  })

  it('begins a trace when there is none, goes on with one that is there, and replaces a broken one', async () => {
    await replica('rel_1')
    await route({ rel_1: 100 })
    const given = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const traceOf = async (headers: Record<string, string>): Promise<string> =>
      (JSON.parse((await ask('/', { headers })).text) as { headers: { traceparent: string } }).headers.traceparent
    expect(await traceOf({})).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(await traceOf({ traceparent: given })).toBe(given)
    expect(await traceOf({ traceparent: '00-broken' })).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    await vi.waitFor(() => expect(samples).toHaveLength(3))
    expect(samples[1]?.traceId).toBe('0af7651916cd43dd8448eb211c80319c')
  })

  it('divides requests by weight, and follows a change of the weights at once', async () => {
    await replica('rel_1')
    await replica('rel_2')
    const releases = async (count: number): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: count }, () => ask()))
      return answers.filter((answer) => answer.headers['fairway-release'] === 'rel_2').length
    }
    await route({ rel_1: 100, rel_2: 0 })
    expect(await releases(20)).toBe(0)
    await route({ rel_1: 50, rel_2: 50 })
    // 200 fair coins: outside of 60 to 140 once in 10^8 runs.
    const half = await releases(200)
    expect(half).toBeGreaterThan(60)
    expect(half).toBeLessThan(140)
    await route({ rel_1: 0, rel_2: 100 })
    expect(await releases(20)).toBe(20)
  })

  it('tells the observer once for each request, when it has ended', async () => {
    await replica('rel_1', () => ({ status: 503, body: 'no' }))
    await route({ rel_1: 100 })
    await ask('/a/b?secret=1')
    await vi.waitFor(() => expect(samples).toHaveLength(1))
    expect(samples[0]).toMatchObject({ component: 'orders', environment: 'dev', release: 'rel_1', version: '1', method: 'GET', path: '/a/b', status: 503 })
    expect(samples[0]?.bytesOut).toBeGreaterThan(2)
    expect(inFlight).toBe(0)
  })

  it('asks another replica of the same release when one refuses the connection, body and all', async () => {
    publish('rel_1', await closedPort())
    await replica('rel_1')
    await replica('rel_2')
    await route({ rel_1: 100, rel_2: 0 })
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => ask('/', { method: 'POST', body: `body ${index}` })))
    expect(answers.map((answer) => answer.headers['fairway-release'])).toEqual(Array.from({ length: 10 }, () => 'rel_1'))
    expect(answers.map((answer) => (JSON.parse(answer.text) as { body: string }).body)).toEqual(Array.from({ length: 10 }, (_, index) => `body ${index}`))
    expect(inFlight).toBe(0)
  })

  it('answers 503 when all replicas refuse, without asking another release', async () => {
    publish('rel_1', await closedPort())
    await replica('rel_2')
    await route({ rel_1: 100, rel_2: 0 })
    const answer = await ask()
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'runtime.ingress.no_backend' })
    expect(answer.headers['retry-after']).toBe('5')
  })

  it('does not ask twice when a replica took the request and broke', async () => {
    let count = 0
    for (let index = 0; index < 2; index++) {
      const server = createServer((incoming) => {
        count++
        incoming.socket.destroy()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      servers.push(server)
      publish('rel_1', (server.address() as AddressInfo).port)
    }
    await route({ rel_1: 100 })
    expect((await ask('/', { method: 'POST', body: 'pay' })).status).toBe(502)
    expect(count).toBe(1)
  })

  it('cuts an answer that its replica does not finish, so that nobody takes it for whole', async () => {
    const server = createServer((incoming, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setImmediate(() => incoming.socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    publish('rel_1', (server.address() as AddressInfo).port)
    await route({ rel_1: 100 })
    await expect(ask()).rejects.toThrow('aborted')
    await vi.waitFor(() => expect(inFlight).toBe(0))
  })

  it('answers 504 when a replica does not begin to answer', async () => {
    await replica('rel_1', () => undefined)
    await route({ rel_1: 100 })
    expect((await ask()).status).toBe(504)
    expect(inFlight).toBe(0)
  })

  it('refuses a body over the limit, announced or not', async () => {
    await replica('rel_1')
    await route({ rel_1: 100 })
    const body = 'x'.repeat(100_001)
    expect((await ask('/', { method: 'POST', body })).status).toBe(413)
    expect((await ask('/', { method: 'POST', body, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(413)
    expect((await ask('/', { method: 'POST', body: body.slice(1) })).status).toBe(200)
  })

  it('passes on what a replica streams, as it comes', async () => {
    const server = createServer((_, response) => {
      response.write('first\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    publish('rel_1', (server.address() as AddressInfo).port)
    await route({ rel_1: 100 })
    const first = await new Promise<string>((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port: ingress.port, headers: { host: 'orders.dev.localhost' } }, (response) => {
        response.once('data', (chunk: Buffer) => {
          resolve(chunk.toString())
          outgoing.destroy()
        })
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
    expect(first).toBe('first\n')
    await vi.waitFor(() => expect(inFlight).toBe(0))
  })

  it('passes an upgraded connection both ways', async () => {
    const server = createServer()
    server.on('upgrade', (incoming: IncomingMessage, socket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${incoming.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`)
      socket.on('data', (chunk: Buffer) => socket.write(`echo ${chunk.toString()}`))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    publish('rel_1', (server.address() as AddressInfo).port)
    await route({ rel_1: 100 })
    let seen = ''
    const socket = connect(ingress.port, '127.0.0.1')
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString()))
    socket.write('GET /socket HTTP/1.1\r\nHost: orders.dev.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await vi.waitFor(() => expect(seen).toContain('101 Switching Protocols'))
    expect(seen).toContain('Upgrade: websocket')
    socket.write('hello')
    await vi.waitFor(() => expect(seen).toContain('echo hello'))
    expect(inFlight).toBe(1)
    socket.destroy()
    await vi.waitFor(() => expect(samples).toMatchObject([{ status: 101, path: '/socket' }]))
    await vi.waitFor(() => expect(inFlight).toBe(0))
  })
})

describe('an unknown host', () => {
  it('is told nothing about others', async () => {
    await replica('rel_1')
    await route({ rel_1: 100 })
    const answer = await ask('/', { host: 'nobody.localhost' })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'runtime.ingress.unknown_host' })
    expect(answer.text).not.toContain('orders')
    expect(samples).toEqual([])
  })

  it('is a small page for a browser, with nothing of the request taken as markup', async () => {
    const answer = await ask('/', { host: '<script>.localhost', headers: { accept: 'text/html' } })
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.text).not.toContain('<script>')
  })
})

describe('routes', () => {
  it('are there again after a restart', async () => {
    await route({ rel_1: 90, rel_2: 10 })
    const again = await RouteTable.load(database.db, new MemoryJournal())
    expect(again.listRoutes({ component: 'orders' })).toEqual(ingress.routes.listRoutes())
    expect(again.getRoute('orders.dev.localhost')?.backends).toEqual([
      { release: 'rel_1', weight: 90 },
      { release: 'rel_2', weight: 10 },
    ])
  })

  it('of several hosts change all or none', async () => {
    await route({ rel_1: 100 }, 'taken.localhost')
    const backends = [{ release: 'rel_9', weight: 100 }]
    const changes = ['new.localhost', 'taken.localhost'].map((host) => ({ host, component: 'other', environment: 'dev', backends }))
    await expect(ingress.routes.setRoutes(changes)).rejects.toMatchObject({
      code: 'runtime.ingress.host_taken',
      message: 'host "taken.localhost" leads to orders in dev already; remove that route first',
    })
    expect(ingress.routes.getRoute('new.localhost')).toBeUndefined()
    expect((await RouteTable.load(database.db, new MemoryJournal())).getRoute('new.localhost')).toBeUndefined()
  })

  it('without a backend keep the host and lead nowhere', async () => {
    await route({})
    expect((await ask()).status).toBe(503)
    const other = { host: 'orders.dev.localhost', component: 'other', environment: 'dev', backends: [] }
    await expect(ingress.routes.setRoute(other)).rejects.toMatchObject({ code: 'runtime.ingress.host_taken' })
  })

  it('end with their removal', async () => {
    await replica('rel_1')
    await route({ rel_1: 100 })
    await ingress.routes.removeRoute('orders.dev.localhost')
    await ingress.routes.removeRoute('orders.dev.localhost')
    expect((await ask()).status).toBe(404)
  })

  it('say that the port is taken', async () => {
    const deps = { db: database.db, journal: new MemoryJournal(), log: silentLogger, endpoints: { readyEndpoints: () => [] }, onRequest: () => {} }
    await expect(startIngress(deps, { host: '127.0.0.1', port: ingress.port })).rejects.toMatchObject({ code: 'kernel.http.port_taken' })
  })
})

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
