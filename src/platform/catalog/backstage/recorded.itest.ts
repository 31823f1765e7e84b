import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createRouter, httpFaults, systemCaller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createCatalog } from '../catalog.ts'
import { MemoryCatalogSource } from '../catalog-source.ts'

/** What was recorded of a running Backstage: each exchange with its request, and its answer, cut where it was long. */
const RECORD = path.resolve('..', 'shared', 'reference', 'backstage-api.md')

interface Exchange {
  title: string
  method: string
  url: string
  authorization: string | undefined
  body: string | undefined
  status: number
  /** As recorded, e.g. `application/json; charset=utf-8, ETag`. */
  type: string
  response: unknown
}

const exchanges = existsSync(RECORD) ? readExchanges(readFileSync(RECORD, 'utf8')) : []
/** Those whose request is whole in the record, and not a cursor of the other catalog. */
const ENTITY_ROUTES = /^\/api\/catalog\/(?:entities|entity-facets)/
const usable = exchanges.filter(({ url, body }) => ENTITY_ROUTES.test(url) && !url.includes('…') && !(body ?? '').includes('…'))

let database: TestDatabase
let answer: (request: Request) => Promise<Response>

beforeAll(async () => {
  database = await createTestDatabase()
  const source = new MemoryCatalogSource()
  const catalog = createCatalog({
    db: database.db,
    journal: new MemoryJournal(),
    log: silentLogger,
    source,
    trusted: { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' },
    publicUrl: () => 'http://fairway.test',
  })
  source.write('fairway/organisation', 'all.yaml', SEEDED.map(([name, kind, type, tag]) => yamlOf(name, kind, type, tag)).join('---\n'))
  await catalog.repositories.rescan()
  answer = createRouter(catalog.routes, {
    log: silentLogger,
    authorize: async () => ({ isAllowed: true, reason: '' }),
    authenticate: async (request) => {
      const header = request.headers.get('authorization')
      if (header === null) return undefined
      if (header !== 'Bearer good') throw Object.assign(httpFaults.unauthenticated({}), { code: 'platform.identity.bad_token' })
      return systemCaller
    },
  })
})
afterAll(async () => await database[Symbol.asyncDispose]())

/** The entities that the record names. */
const SEEDED = [
  ['alerts-admin-000665', 'Component', 'service', 'java'],
  ['alerts-batch-000759', 'Component', 'service', 'go'],
  ['alerts-batch-000802', 'Component', 'website', 'go'],
  ['alerts-core-000203', 'Component', 'library', 'go'],
  ['media-worker-000000', 'Component', 'website', 'nodejs'],
  ['payments-batch-000487', 'Component', 'library', 'go'],
  ['payments-web-000006', 'Component', 'library', 'go'],
  ['video-worker-000226', 'Component', 'service', 'java'],
  ['alerts-image-api-00041', 'API', 'openapi', 'rest'],
] as const

function yamlOf(name: string, kind: string, type: string, tag: string): string {
  return `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  tags: [${tag}]\nspec:\n  type: ${type}\n  lifecycle: production\n  owner: team\n${kind === 'API' ? '  definition: x\n' : ''}`
}

describe.skipIf(usable.length === 0)('exchanges recorded of Backstage', () => {
  it.each(usable)('$title', async ({ method, url, authorization, body, status, type, response, title }) => {
    const found = await answer(
      new Request(`http://fairway.test${url}`, {
        method,
        headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body }),
      }),
    )
    expect(found.status).toBe(status)
    expect([found.headers.get('content-type') ?? '(no content-type)', ...(found.headers.has('etag') ? ['ETag'] : [])].join(', ')).toBe(type)
    const text = await found.text()
    const own = text === '' ? '' : (JSON.parse(text) as unknown)
    expect(comparable(own, { status, title, response })).toEqual(comparable(response, { status, title, response }))
  })

  it('are most of those about entities', () => expect(usable.length).toBeGreaterThan(15))
})

/** What must be the same as in the record: nothing of an answer that was cut there, or that counts another catalog's entities. */
function comparable(value: unknown, { status, title, response }: Pick<Exchange, 'status' | 'title' | 'response'>): unknown {
  if (response === undefined || title === 'getEntityFacets' || title === 'queryEntities, limit 0') return undefined
  return status >= 400 ? withoutReason(value) : shapeOf(value)
}

/** A cursor that can't be read is told of in other words. */
function withoutReason(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/"Malformed cursor[^}]*"/, '"Malformed cursor"')) as unknown
}

/** Names and lists as they are; counts, uids and cursors by what they are. */
function shapeOf(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => shapeOf(item))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member, name)]))
  return ['totalItems', 'count', 'uid', 'etag', 'nextCursor', 'prevCursor'].includes(key) ? typeof value : value
}

function readExchanges(text: string): Exchange[] {
  return text
    .split('\n#### ')
    .slice(1)
    .flatMap((section) => {
      const title = section.slice(0, section.indexOf('\n')).trim()
      const request = /^- \*\*(\w+) (\S+)\*\*/m.exec(section)
      const status = /^ {2}- → (\d+)/m.exec(section)?.[1]
      if (!request?.[1] || !request[2] || status === undefined) return []
      const type = /^ {2}- → \d+ (.*)$/m.exec(section)?.[1] ?? ''
      const headers = /^ {2}- request headers: (.*)$/m.exec(section)?.[1] ?? ''
      const body = /^ {2}- body: `(.*)`$/m.exec(section)?.[1]
      const response = /^ {2}- response: `(.*)`$/m.exec(section)?.[1]
      const authorization = headers.includes('authorization') ? (title.endsWith('wrong token') ? 'Bearer wrong' : 'Bearer good') : undefined
      return [{ title, method: request[1], url: request[2], authorization, body, status: Number(status), type, response: parsed(response) }]
    })
}

/** Undefined for an answer that was cut. */
function parsed(text: string | undefined): unknown {
  if (text === undefined || text === '""' || (text.includes('…(') && !text.includes('Cursor'))) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
