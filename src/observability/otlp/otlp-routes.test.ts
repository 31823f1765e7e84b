import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { Secret } from '#kernel/common/secret'
import { createRouter, type Caller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { MemoryTelemetryStore, telemetryFaults, type TelemetryStore } from '#observability/store'
import { createOtlpIngest } from './otlp-ingest.ts'
import { otlpRoutes } from './otlp-routes.ts'
import { createWorkloadTokens } from './workload-token.ts'

const fixture = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, 'fixtures', name))
const tokens = createWorkloadTokens(new Secret('key'))
const ana: Caller = { principal: 'user:default/ana', kind: 'person', displayName: 'Ana', groups: [], scopes: [], isAdministrator: false, via: 'token' }

function open(options: { allowsAnonymous?: boolean; store?: TelemetryStore } = {}): {
  post: (path: string, init: RequestInit) => Promise<Response>
  store: TelemetryStore
} {
  const store = options.store ?? new MemoryTelemetryStore()
  const routes = otlpRoutes({
    ingest: createOtlpIngest({ store, clock: new ManualClock() }),
    authenticateWorkload: (token) => tokens.identify(token),
    authorize: async (caller, permission) => ({ isAllowed: caller.scopes.includes(permission), reason: 'scope' }),
    allowsAnonymous: options.allowsAnonymous ?? true,
  })
  const handle = createRouter(routes, {
    authenticate: async (request) => (request.headers.has('authorization') ? { ...ana, scopes: [request.headers.get('authorization') ?? ''] } : undefined),
    authorize: async () => ({ isAllowed: false, reason: '' }),
    log: silentLogger,
  })
  return { store, post: (path, init) => handle(new Request(`http://x${path}`, { method: 'POST', ...init })) }
}

const JSON_TYPE = { 'content-type': 'application/json' }
const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const everything = { fromUs: 0, toUs: 1e16, words: [], limit: 10 }

/** `google.rpc.Status`: 1 code, 2 message. */
async function statusOf(response: Response): Promise<{ code: number; message: string }> {
  if (response.headers.get('content-type')?.startsWith('application/json') === true) return (await response.json()) as { code: number; message: string }
  const reader = new BinaryReader(new Uint8Array(await response.arrayBuffer()))
  reader.tag()
  const code = reader.int32()
  reader.tag()
  return { code, message: reader.string() }
}

describe('what is taken', () => {
  it.each([
    ['JSON', JSON_TYPE, fixture('logs.json')],
    ['protobuf', PROTOBUF, fixture('logs.pb')],
    ['gzipped JSON', { ...JSON_TYPE, 'content-encoding': 'gzip' }, gzipSync(fixture('logs.json'))],
    ['gzipped protobuf', { ...PROTOBUF, 'content-encoding': 'gzip' }, gzipSync(fixture('logs.pb'))],
    ['JSON with a charset', { 'content-type': 'application/json; charset=utf-8' }, fixture('logs.json')],
  ])('takes %s and answers in the same type', async (_, headers, body) => {
    const { post, store } = open()
    const response = await post('/v1/logs', { headers, body: new Uint8Array(body) })
    expect(response.status).toBe(200)
    expect(headers['content-type']).toContain(response.headers.get('content-type')?.split(';')[0])
    expect(await store.logs(everything)).toHaveLength(2)
  })

  it.each([
    ['traces', JSON_TYPE, '{}'],
    ['metrics', JSON_TYPE, '{"resourceMetrics":[]}'],
    ['logs', PROTOBUF, ''],
    ['traces', JSON_TYPE, '{"unknownField":{"x":1}}'],
  ])('takes an empty request of %s', async (signal, headers, body) => {
    expect((await open().post(`/v1/${signal}`, { headers, body })).status).toBe(200)
  })

  it('tells of what it left out, in JSON and in protobuf', async () => {
    const request = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'bad' }] }] }] }
    const response = await open().post('/v1/traces', { headers: JSON_TYPE, body: JSON.stringify(request) })
    expect([response.status, await response.json()]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: '1', errorMessage: 'a span has no valid traceId (32 hex digits)' } },
    ])
    const bad = Buffer.from([0x0a, 6, 0x12, 4, 0x12, 2, 0x0a, 0]) // a span with an empty traceId
    const binary = await open().post('/v1/traces', { headers: PROTOBUF, body: bad })
    const reader = new BinaryReader(new Uint8Array(await binary.arrayBuffer()))
    reader.tag()
    reader.uint32()
    reader.tag()
    expect(Number(reader.int64())).toBe(1)
  })
})

describe('what is refused', () => {
  it.each([
    ['broken JSON', JSON_TYPE, '{"resourceLogs":', 400, 3],
    ['a wrong shape', JSON_TYPE, '{"resourceLogs":7}', 400, 3],
    ['broken protobuf', PROTOBUF, Buffer.from([0x0a, 0xff, 0x01]), 400, 3],
    ['a wrong content type', { 'content-type': 'text/plain' }, '{}', 415, 3],
    ['an unknown encoding', { ...JSON_TYPE, 'content-encoding': 'zstd' }, '{}', 415, 3],
    ['broken gzip', { ...PROTOBUF, 'content-encoding': 'gzip' }, 'not gzip', 400, 3],
    ['21 MiB', JSON_TYPE, Buffer.alloc(21 * 1024 * 1024), 413, 8],
    ['a gzip bomb', { ...PROTOBUF, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(30 * 1024 * 1024)), 413, 8],
  ] as [string, Record<string, string>, NonNullable<RequestInit['body']>, number, number][])(
    'refuses %s with google.rpc.Status',
    async (_, headers, body, status, code) => {
      const response = await open().post('/v1/logs', { headers, body })
      expect(response.status).toBe(status)
      const isBinary = headers['content-type'] === PROTOBUF['content-type']
      expect(response.headers.get('content-type')).toMatch(isBinary ? 'application/x-protobuf' : 'application/json')
      const answer = await statusOf(response)
      expect(answer.code).toBe(code)
      expect(answer.message).not.toBe('')
    },
  )

  it('asks to come back later when there is too much', async () => {
    class FullStore extends MemoryTelemetryStore {
      override async append(): Promise<void> {
        throw telemetryFaults.overloaded({ pendingBytes: 1 }, { retryAfterSeconds: 5 })
      }
    }
    const response = await open({ store: new FullStore() }).post('/v1/logs', { headers: PROTOBUF, body: new Uint8Array(fixture('logs.pb')) })
    expect([response.status, response.headers.get('retry-after'), (await statusOf(response)).code]).toEqual([429, '5', 8])
  })
})

it('takes so many at once and asks the others to come back', async () => {
  const gate = Promise.withResolvers<void>()
  class SlowStore extends MemoryTelemetryStore {
    override async append(): Promise<void> {
      await gate.promise
    }
  }
  const { post } = open({ store: new SlowStore() })
  const send = (): Promise<Response> => post('/v1/logs', { headers: PROTOBUF, body: new Uint8Array(fixture('logs.pb')) })
  const first = Array.from({ length: 16 }, send)
  const refused = await send()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  gate.resolve()
  expect((await Promise.all(first)).map((response) => response.status)).toEqual(first.map(() => 200))
  expect((await send()).status).toBe(200)
})

describe('who may send', () => {
  const body = new Uint8Array(fixture('logs.json'))
  const identity = { component: 'billing', environment: 'production', release: 'rel_9', version: '2' }

  it('files what a workload sends under its own name, whatever it says', async () => {
    const { post, store } = open({ allowsAnonymous: false })
    const response = await post('/v1/logs', { headers: { ...JSON_TYPE, 'x-fairway-workload': tokens.issue(identity).reveal() }, body })
    expect(response.status).toBe(200)
    expect(await store.logs({ ...everything, component: 'billing' })).toHaveLength(2)
    expect(await store.logs({ ...everything, component: 'orders' })).toHaveLength(0)
  })

  it('refuses a token that is forged, changed or of another key, even where anybody may send', async () => {
    const good = tokens.issue(identity).reveal()
    const other = createWorkloadTokens(new Secret('another key')).issue(identity).reveal()
    const [payload = '', signature = ''] = good.slice(4).split('.')
    const changed = `fwt_${Buffer.from('["orders","production","rel_9","2"]').toString('base64url')}.${signature}`
    for (const token of ['', 'fwt_', 'x', other, changed, `fwt_${payload}`, `fwt_${payload}.${'A'.repeat(43)}`]) {
      const response = await open().post('/v1/logs', { headers: { ...JSON_TYPE, 'x-fairway-workload': token }, body })
      expect([token, response.status]).toEqual([token, 401])
    }
  })

  it('lets a person in with the scope, and nobody without', async () => {
    const { post } = open({ allowsAnonymous: false })
    expect((await post('/v1/logs', { headers: { ...JSON_TYPE, authorization: 'telemetry:write' }, body })).status).toBe(200)
    expect((await post('/v1/logs', { headers: { ...JSON_TYPE, authorization: 'telemetry:read' }, body })).status).toBe(403)
    expect((await post('/v1/logs', { headers: JSON_TYPE, body })).status).toBe(401)
  })
})
