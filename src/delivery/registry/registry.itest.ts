import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { createTestDatabase, type TestDatabase } from '#harness'
import { DiskBlobStore } from '#kernel/node/blob'
import { createRouter, serveHttp, type Caller, type RunningServer } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { createRegistry, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST, type Registry } from './index.ts'

let database: TestDatabase
let registry: Registry
let server: RunningServer
let root: string
const clock = new ManualClock(new Date())

type Body = NonNullable<RequestInit['body']>

const digest = (bytes: Uint8Array | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

beforeAll(async () => {
  database = await createTestDatabase()
  root = await mkdtemp(path.join(tmpdir(), 'registry-'))
  const made = createRegistry({ db: database.db, blobs: await DiskBlobStore.open(root), clock, log: silentLogger })
  registry = made.registry
  const authenticate = async (request: Request): Promise<Caller | undefined> => {
    const password = Buffer.from((request.headers.get('authorization') ?? '').replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':')[1]
    if (password !== 'writer' && password !== 'reader') return undefined
    return {
      principal: `user:default/${password}`,
      kind: 'person',
      displayName: '',
      groups: [],
      scopes: password === 'writer' ? ['artifact:read', 'artifact:write'] : ['artifact:read'],
      isAdministrator: false,
      via: 'token',
    }
  }
  const authorize = async (who: Caller, permission: string): Promise<{ isAllowed: boolean; reason: string }> => ({
    isAllowed: who.scopes.includes(permission),
    reason: 'for reading only',
  })
  server = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    setting: 'FAIRWAY_PORT',
    fetch: createRouter(made.routes, { authenticate, authorize, log: silentLogger }),
  })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await rm(root, { recursive: true, force: true })
})

/** A client that takes nothing on trust: statuses, digests and locations are checked by the tests. */
async function call(method: string, address: string, options: { body?: Body; headers?: Record<string, string>; as?: string } = {}): Promise<Response> {
  const authorization: Record<string, string> =
    options.as === '' ? {} : { authorization: `Basic ${Buffer.from(`x:${options.as ?? 'writer'}`).toString('base64')}` }
  return await fetch(new URL(address, `http://127.0.0.1:${server.port}`), {
    method,
    headers: { ...authorization, ...options.headers },
    ...(options.body === undefined ? {} : { body: options.body, duplex: 'half' }),
  } as RequestInit)
}

async function errorCode(response: Response): Promise<string | undefined> {
  const body = (await response.json()) as { errors: { code: string; message: string }[] }
  expect(body.errors[0]?.message).toBeTypeOf('string')
  return body.errors[0]?.code
}

async function pushBlob(name: string, content: Uint8Array | string): Promise<string> {
  const started = await call('POST', `/v2/${name}/blobs/uploads/`)
  expect(started.status).toBe(202)
  const location = started.headers.get('location') ?? ''
  const done = await call('PUT', `${location}?digest=${digest(content)}`, { body: content as Body })
  expect(done.status).toBe(201)
  expect(done.headers.get('docker-content-digest')).toBe(digest(content))
  return digest(content)
}

async function pushManifest(name: string, reference: string, manifest: object, type = OCI_MANIFEST): Promise<Response> {
  return await call('PUT', `/v2/${name}/manifests/${reference}`, { body: JSON.stringify(manifest), headers: { 'content-type': type } })
}

async function image(name: string, more: object = {}): Promise<{ text: string; manifest: object; digest: string }> {
  await pushBlob(name, '{}')
  const layer = randomBytes(64)
  await pushBlob(name, layer)
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: OCI_EMPTY,
    layers: [{ mediaType: 'application/octet-stream', digest: digest(layer), size: 64 }],
    ...more,
  }
  return { manifest, text: JSON.stringify(manifest), digest: digest(JSON.stringify(manifest)) }
}

describe('blobs', () => {
  it('go up in one request and come down the same', async () => {
    const content = randomBytes(3 * 1024 * 1024)
    const put = await call('POST', `/v2/acme/one/blobs/uploads/?digest=${digest(content)}`, { body: content })
    expect(put.status).toBe(201)
    const got = await call('GET', put.headers.get('location') ?? '')
    expect(got.headers.get('content-length')).toBe(String(content.length))
    expect(digest(new Uint8Array(await got.arrayBuffer()))).toBe(digest(content))
    const head = await call('HEAD', put.headers.get('location') ?? '')
    expect([head.status, head.headers.get('content-length'), head.headers.get('docker-content-digest')]).toEqual([200, String(content.length), digest(content)])
  })

  it('go up in chunks, in order only, and an upload tells how far it is', async () => {
    const parts = [randomBytes(1_000), randomBytes(2_000), randomBytes(500)] as const
    const whole = Buffer.concat(parts)
    const started = await call('POST', '/v2/acme/chunks/blobs/uploads/')
    const location = started.headers.get('location') ?? ''
    const chunk = async (body: Uint8Array, range: string): Promise<Response> =>
      await call('PATCH', location, { body: body as Body, headers: { 'content-range': range } })
    expect((await chunk(parts[0], '0-999')).status).toBe(202)
    const wrong = await chunk(parts[2], '5000-5499')
    expect(wrong.status).toBe(416)
    expect((await chunk(parts[1], '1000-1500')).status).toBe(416)
    const second = await chunk(parts[1], '1000-2999')
    expect([second.status, second.headers.get('range')]).toEqual([202, '0-2999'])
    const state = await call('GET', location)
    expect([state.status, state.headers.get('range')]).toEqual([204, '0-2999'])
    const done = await call('PUT', `${location}?digest=${digest(whole)}`, { body: parts[2], headers: { 'content-range': '3000-3499' } })
    expect(done.status).toBe(201)
    expect(digest(new Uint8Array(await (await call('GET', `/v2/acme/chunks/blobs/${digest(whole)}`)).arrayBuffer()))).toBe(digest(whole))
    expect(await errorCode(await call('GET', location))).toBe('BLOB_UPLOAD_UNKNOWN')
  })

  it('of two chunks at once for the same place one gets in', async () => {
    const location = (await call('POST', '/v2/acme/race/blobs/uploads/')).headers.get('location') ?? ''
    const answers = await Promise.all(
      [1, 2, 3].map((fill) => call('PATCH', location, { body: Buffer.alloc(100_000, fill), headers: { 'content-range': '0-99999' } })),
    )
    expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([202, 416, 416])
  })

  it('are refused when the digest is not theirs, and nothing is kept', async () => {
    const content = randomBytes(100)
    const wrong = digest('something else')
    const refused = await call('POST', `/v2/acme/wrong/blobs/uploads/?digest=${wrong}`, { body: content })
    expect(refused.status).toBe(400)
    expect(await errorCode(refused)).toBe('DIGEST_INVALID')
    expect((await call('HEAD', `/v2/acme/wrong/blobs/${wrong}`)).status).toBe(404)
    const malformed = await call('POST', '/v2/acme/wrong/blobs/uploads/?digest=sha256:../../etc', { body: content })
    expect(await errorCode(malformed)).toBe('DIGEST_INVALID')
  })

  it('come in ranges', async () => {
    const blob = await pushBlob('acme/range', '0123456789')
    const part = await call('GET', `/v2/acme/range/blobs/${blob}`, { headers: { range: 'bytes=2-4' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234'])
    const open = await call('GET', `/v2/acme/range/blobs/${blob}`, { headers: { range: 'bytes=7-' } })
    expect(await open.text()).toBe('789')
    expect((await call('GET', `/v2/acme/range/blobs/${blob}`, { headers: { range: 'bytes=10-' } })).status).toBe(416)
  })

  it('are of one repository until they are mounted', async () => {
    const blob = await pushBlob('acme/source', 'shared')
    expect((await call('HEAD', `/v2/acme/target/blobs/${blob}`)).status).toBe(404)
    expect((await call('POST', `/v2/acme/target/blobs/uploads/?mount=${blob}&from=acme/source`)).status).toBe(201)
    expect((await call('HEAD', `/v2/acme/target/blobs/${blob}`)).status).toBe(200)
    expect((await call('POST', `/v2/acme/target/blobs/uploads/?mount=${digest('never')}&from=acme/source`)).status).toBe(202)
    expect((await call('POST', `/v2/other/target/blobs/uploads/?mount=${blob}&from=acme/source`)).status).toBe(202)
  })

  it('an upload can be cancelled, and expires', async () => {
    const first = (await call('POST', '/v2/acme/gone/blobs/uploads/')).headers.get('location') ?? ''
    await call('PATCH', first, { body: 'half' })
    expect((await call('DELETE', first)).status).toBe(204)
    expect((await call('GET', first)).status).toBe(404)
    const second = (await call('POST', '/v2/acme/gone/blobs/uploads/')).headers.get('location') ?? ''
    await call('PATCH', second, { body: 'half' })
    clock.advance(25 * 3_600_000)
    await registry.expireUploads()
    expect((await call('GET', second)).status).toBe(404)
  })
})

describe('manifests', () => {
  it('come back byte for byte, by tag and by digest', async () => {
    const made = await image('acme/app')
    const put = await pushManifest('acme/app', 'v1', made.manifest)
    expect([put.status, put.headers.get('docker-content-digest')]).toEqual([201, made.digest])
    for (const reference of ['v1', made.digest]) {
      const got = await call('GET', `/v2/acme/app/manifests/${reference}`, { headers: { accept: OCI_MANIFEST } })
      expect([await got.text(), got.headers.get('content-type'), got.headers.get('docker-content-digest')]).toEqual([made.text, OCI_MANIFEST, made.digest])
      const head = await call('HEAD', `/v2/acme/app/manifests/${reference}`)
      expect([head.status, head.headers.get('content-length')]).toEqual([200, String(made.text.length)])
    }
  })

  it('move a tag, and stay under their digest', async () => {
    const [first, second] = [await image('acme/moves'), await image('acme/moves')]
    await pushManifest('acme/moves', 'latest', first.manifest)
    await pushManifest('acme/moves', 'latest', second.manifest)
    expect((await call('HEAD', '/v2/acme/moves/manifests/latest')).headers.get('docker-content-digest')).toBe(second.digest)
    expect((await call('HEAD', `/v2/acme/moves/manifests/${first.digest}`)).status).toBe(200)
  })

  it.each([
    ['no JSON', 'nope', OCI_MANIFEST, 400, 'MANIFEST_INVALID'],
    ['no config', JSON.stringify({ schemaVersion: 2, layers: [] }), OCI_MANIFEST, 400, 'MANIFEST_INVALID'],
    ['an unknown type', '{}', 'application/json', 400, 'MANIFEST_INVALID'],
    ['two types', JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, config: OCI_EMPTY, layers: [] }), OCI_MANIFEST, 400, 'MANIFEST_INVALID'],
    [
      'an absent blob',
      JSON.stringify({ schemaVersion: 2, config: { ...OCI_EMPTY, digest: digest('absent') }, layers: [] }),
      OCI_MANIFEST,
      404,
      'MANIFEST_BLOB_UNKNOWN',
    ],
    [
      'an absent manifest',
      JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: OCI_MANIFEST, digest: digest('absent'), size: 1 }] }),
      OCI_INDEX,
      404,
      'MANIFEST_BLOB_UNKNOWN',
    ],
    ['too much', ' '.repeat(4 * 1024 * 1024 + 1), OCI_MANIFEST, 413, 'SIZE_INVALID'],
  ])('are refused with %s', async (_what, body, type, status, code) => {
    const refused = await call('PUT', '/v2/acme/refused/manifests/v1', { body, headers: { 'content-type': type } })
    expect(refused.status).toBe(status)
    expect(await errorCode(refused)).toBe(code)
  })

  it('are refused under a digest that is not theirs', async () => {
    const made = await image('acme/refused')
    expect(await errorCode(await pushManifest('acme/refused', digest('other'), made.manifest))).toBe('DIGEST_INVALID')
    expect(await errorCode(await call('GET', `/v2/acme/refused/manifests/${made.digest}`))).toBe('MANIFEST_UNKNOWN')
  })
})

describe('referrers', () => {
  it('are listed by subject, filtered by type, and the push says so', async () => {
    const subject = await image('acme/refs')
    await pushManifest('acme/refs', 'v1', subject.manifest)
    const about = { mediaType: OCI_MANIFEST, digest: subject.digest, size: subject.text.length }
    const sbom = await image('acme/refs', { artifactType: 'application/vnd.cyclonedx+json', subject: about, annotations: { tool: 'x' } })
    const put = await pushManifest('acme/refs', sbom.digest, sbom.manifest)
    expect([put.status, put.headers.get('oci-subject')]).toEqual([201, subject.digest])
    const signature = await image('acme/refs', { artifactType: 'application/sig', subject: about })
    await pushManifest('acme/refs', signature.digest, signature.manifest)
    const all = await call('GET', `/v2/acme/refs/referrers/${subject.digest}`)
    expect(all.headers.get('content-type')).toBe(OCI_INDEX)
    const index = (await all.json()) as { schemaVersion: number; manifests: { digest: string }[] }
    expect(index.manifests.map((entry) => entry.digest).sort()).toEqual([sbom.digest, signature.digest].sort())
    const filtered = await call('GET', `/v2/acme/refs/referrers/${subject.digest}?artifactType=application/vnd.cyclonedx%2Bjson`)
    expect(filtered.headers.get('oci-filters-applied')).toBe('artifactType')
    expect(await filtered.json()).toMatchObject({
      manifests: [
        { digest: sbom.digest, size: sbom.text.length, mediaType: OCI_MANIFEST, artifactType: 'application/vnd.cyclonedx+json', annotations: { tool: 'x' } },
      ],
    })
  })

  it('may come before their subject, and an unknown subject has none', async () => {
    const unknown = await call('GET', `/v2/acme/early/referrers/${digest('not yet')}`)
    expect([unknown.status, await unknown.json()]).toEqual([200, { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }])
    const early = await image('acme/early', { artifactType: 'application/x', subject: { mediaType: OCI_MANIFEST, digest: digest('not yet'), size: 1 } })
    expect((await pushManifest('acme/early', early.digest, early.manifest)).status).toBe(201)
    const now = (await (await call('GET', `/v2/acme/early/referrers/${digest('not yet')}`)).json()) as { manifests: unknown[] }
    expect(now.manifests).toHaveLength(1)
  })
})

describe('lists', () => {
  it('of tags come sorted and in pages', async () => {
    const made = await image('acme/tags')
    for (const tag of ['b', 'a', 'C', 'd']) await pushManifest('acme/tags', tag, made.manifest)
    const first = await call('GET', '/v2/acme/tags/tags/list?n=3')
    expect(await first.json()).toEqual({ name: 'acme/tags', tags: ['C', 'a', 'b'] })
    const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await call('GET', next)
    expect([await second.json(), second.headers.get('link')]).toEqual([{ name: 'acme/tags', tags: ['d'] }, null])
    expect(await errorCode(await call('GET', '/v2/acme/nobody/tags/list'))).toBe('NAME_UNKNOWN')
  })

  it('of repositories name each once', async () => {
    const { repositories } = (await (await call('GET', '/v2/_catalog?n=1000')).json()) as { repositories: string[] }
    expect(repositories).toContain('acme/tags')
    expect(new Set(repositories).size).toBe(repositories.length)
    expect([...repositories].sort()).toEqual(repositories)
  })
})

describe('the door', () => {
  it('asks for Basic, and says it in the shape of the specification', async () => {
    const unknown = await call('GET', '/v2/', { as: '' })
    expect([unknown.status, unknown.headers.get('www-authenticate'), await errorCode(unknown)]).toEqual([401, 'Basic realm="fairway"', 'UNAUTHORIZED'])
    expect((await call('GET', '/v2/', { as: 'reader' })).status).toBe(200)
  })

  it('lets a reading token read only', async () => {
    const refused = await call('POST', '/v2/acme/x/blobs/uploads/', { as: 'reader' })
    expect([refused.status, await errorCode(refused)]).toEqual([403, 'DENIED'])
  })

  it('deletes nothing', async () => {
    const blob = await pushBlob('acme/stays', 'here')
    const refused = await call('DELETE', `/v2/acme/stays/blobs/${blob}`)
    expect([refused.status, await errorCode(refused)]).toEqual([405, 'UNSUPPORTED'])
    expect((await call('HEAD', `/v2/acme/stays/blobs/${blob}`)).status).toBe(200)
  })

  it.each(['/v2/..%2f..%2fetc/tags/list', '/v2/UPPER/tags/list', '/v2/a%00b/tags/list'])('refuses the name in %s', async (address) => {
    expect(await errorCode(await call('GET', address))).toBe('NAME_INVALID')
  })
})
