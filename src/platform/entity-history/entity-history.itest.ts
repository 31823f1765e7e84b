import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createRouter, systemCaller, type Caller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createCatalog, MemoryCatalogSource, type Catalog } from '#platform/catalog'
import { createEntityHistory, type EntityHistory } from './entity-history.ts'

const component = (name: string, owner = 'payments', extra = ''): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n  tags: [java]\nspec:\n  type: service\n  lifecycle: production\n  owner: ${owner}\n${extra}`
const group = (name: string): string => `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: ${name}}\nspec: {type: team, children: []}\n`

let database: TestDatabase
let catalog: Catalog
let history: EntityHistory
let fetchRoute: (request: Request) => Promise<Response>
let failing = false
let endCredential: (() => void) | undefined
const times: Record<string, string> = {}
const texts = new Map<string, string>()
const ORDERS = '/api/v1/entities/component/default/orders'

beforeAll(async () => {
  database = await createTestDatabase()
  history = createEntityHistory({
    db: database.db,
    catalog: () => catalog,
    readFile: async ({ commit, path }) => texts.get(`${commit}/${path}`),
    watchCredential: (_caller, onEnd) => {
      endCredential = onEnd
      return { [Symbol.dispose]: () => undefined }
    },
  })
  catalog = createCatalog({
    db: database.db,
    journal: new MemoryJournal(),
    log: silentLogger,
    source: new MemoryCatalogSource(),
    trusted: { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' },
    publicUrl: () => 'http://fairway.test',
    listeners: [history.listener, { record: async () => (failing ? await Promise.reject(new Error('the ingestion fails')) : undefined) }],
    past: history.past,
  })
  const caller: Caller = systemCaller
  const router = createRouter([...history.routes, ...catalog.routes], {
    authenticate: async () => caller,
    authorize: async (_caller, permission) => ({ isAllowed: permission === 'catalog:read', reason: '', policies: [] }),
    log: silentLogger,
  })
  fetchRoute = async (request) => await router(request)
  await take('c1', { 'orders.yaml': component('orders'), 'groups.yaml': `${group('payments')}---\n${group('shipping')}` })
  await mark('first')
  await take('c2', { 'orders.yaml': component('orders', 'shipping', '  dependsOn: [component:stock]\n').replace('[java]', '[java, pci]') }, 'chg_1')
  await mark('second')
  await take('c3', {}, undefined, ['orders.yaml'])
  await mark('gone')
  await take('c4', { 'orders.yaml': component('orders', 'payments') })
  await mark('again')
})
afterAll(async () => await database[Symbol.asyncDispose]())

async function take(commit: string, files: Readonly<Record<string, string>>, changeId?: string, removed: string[] = []): Promise<void> {
  for (const [path, text] of Object.entries(files)) texts.set(`${commit}/${path}`, text)
  const batch = {
    source: 'git:acme/orders',
    files: Object.entries(files).map(([path, text]) => ({ path, text, location: `url:http://git/${path}`, repository: 'acme/orders', branch: 'main' })),
    removed,
    isComplete: false,
    commit,
    actor: 'user:default/ana',
    ...(changeId === undefined ? {} : { changeId }),
    trust: { level: 'organisation' as const },
  }
  await catalog.ingestion.take(batch)
}
/** A time after all that was done, and before all that follows: no two ingestions are in one instant. */
async function mark(name: string): Promise<void> {
  const { rows } = await sql<{ at: Date }>`select max(at) as at from entity_ingestion`.execute(database.db)
  const last = rows[0]?.at.getTime() ?? 0
  times[name] = new Date(last).toISOString()
  while (Date.now() <= last + 1) await new Promise((resolve) => setImmediate(resolve))
}
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- says what is expected on the wire
async function ask<T>(path: string): Promise<{ status: number; body: T }> {
  const response = await fetchRoute(new Request(`http://fairway.test${path}`, { headers: { authorization: 'Bearer x' } }))
  return { status: response.status, body: (await response.json()) as T }
}
interface History {
  items: { id: string; kind: string; commit: string; changeId: string | null; actor: string; fields: { path: string; before: unknown; after: unknown }[] }[]
  nextCursor: string | null
}
interface Got {
  entity: { spec: { owner: string } }
  relations: { type: string; targetRef: string }[]
  source: { commit: string; repository: string }
}

describe('history', () => {
  it('tells who, when, by which change and commit, and which fields, newest first', async () => {
    const { body } = await ask<History>(`${ORDERS}/history`)
    expect(body.items.map(({ kind, commit, changeId, actor }) => [kind, commit, changeId, actor])).toEqual([
      ['added', 'c4', null, 'user:default/ana'],
      ['removed', 'c3', null, 'user:default/ana'],
      ['altered', 'c2', 'chg_1', 'user:default/ana'],
      ['added', 'c1', null, 'user:default/ana'],
    ])
    expect(body.items[2]?.fields).toEqual([
      { path: 'metadata.tags', before: null, after: 'pci' },
      { path: 'spec.dependsOn', before: null, after: ['component:stock'] },
      { path: 'spec.owner', before: 'payments', after: 'shipping' },
    ])
  })

  it('is read in pages that miss nothing', async () => {
    const kinds: string[] = []
    let cursor = ''
    do {
      const { body } = await ask<History>(`${ORDERS}/history?limit=1${cursor}`)
      kinds.push(...body.items.map(({ kind }) => kind))
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')
    expect(kinds).toEqual(['added', 'removed', 'altered', 'added'])
  })

  it('keeps no document for what was only added', async () => {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from entity_change where kind = 'a' and before is not null`.execute(database.db)
    expect(rows[0]?.count).toBe(0)
  })

  it('has nothing of an ingestion that failed', async () => {
    failing = true
    await expect(take('c5', { 'orders.yaml': component('orders', 'shipping') })).rejects.toThrow('the ingestion fails')
    failing = false
    expect((await ask<History>(`${ORDERS}/history`)).body.items[0]?.commit).toBe('c4')
    expect((await ask<Got>(ORDERS)).body.entity.spec.owner).toBe('payments')
  })

  it('knows no history of what never was, and no cursor that it did not give', async () => {
    expect((await ask('/api/v1/entities/component/default/never/history')).status).toBe(404)
    expect((await ask(`${ORDERS}/history?cursor=x'--`)).status).toBe(400)
  })
})

describe('as of a time', () => {
  it('shows documents and relations as they were, exactly at their times, also when the entity is gone', async () => {
    const first = await ask<Got>(`${ORDERS}?asOf=${times['first']}`)
    expect(first.body.entity.spec.owner).toBe('payments')
    expect(first.body.source).toMatchObject({ commit: 'c1', repository: 'acme/orders' })
    const second = await ask<Got>(`${ORDERS}?asOf=${times['second']}`)
    expect(second.body.entity.spec.owner).toBe('shipping')
    expect(second.body.relations.map(({ type, targetRef }) => `${type} ${targetRef}`)).toEqual([
      'dependsOn component:default/stock',
      'ownedBy group:default/shipping',
    ])
    expect((await ask(`${ORDERS}?asOf=${times['gone']}`)).status).toBe(404)
    expect((await ask<Got>(`${ORDERS}?asOf=${times['again']}`)).body.entity.spec.owner).toBe('payments')
    expect((await ask(`${ORDERS}?asOf=2001-01-01T00:00:00Z`)).status).toBe(404)
    expect((await ask(`${ORDERS}?asOf=yesterday`)).status).toBe(400)
  })

  it('shows the relations that others declared then', async () => {
    const at = async (time: string | undefined): Promise<string[]> =>
      (await ask<Got>(`/api/v1/entities/group/default/shipping?asOf=${time}`)).body.relations.map(({ type, targetRef }) => `${type} ${targetRef}`)
    expect(await at(times['first'])).toEqual([])
    expect(await at(times['second'])).toEqual(['ownerOf component:default/orders'])
    expect(await at(times['again'])).toEqual([])
  })

  it('lists with the same filters, pages and totals', async () => {
    const list = async (query: string): Promise<string[]> => {
      const { body } = await ask<{ items: { metadata: { name: string } }[]; total: number }>(`/api/v1/entities?${query}`)
      expect(body.total).toBe(body.items.length)
      return body.items.map(({ metadata }) => metadata.name)
    }
    expect(await list(`asOf=${times['second']}`)).toEqual(['orders', 'payments', 'shipping'])
    expect(await list(`asOf=${times['second']}&owner=shipping`)).toEqual(['orders'])
    expect(await list(`asOf=${times['first']}&owner=shipping`)).toEqual([])
    expect(await list(`asOf=${times['second']}&tag=pci`)).toEqual(['orders'])
    expect(await list(`asOf=${times['gone']}&kind=component`)).toEqual([])
    expect(await list(`asOf=${times['second']}&filter=relations.ownerOf=component:default/orders`)).toEqual(['shipping'])
  })
})

describe('explain', () => {
  it('names the line, the value, who altered it last and by what', async () => {
    const { body } = await ask<{ value: string; source: object; last: object; sentence: string; relations: object[] }>(`${ORDERS}/explain?field=spec.owner`)
    expect(body).toMatchObject({
      value: 'payments',
      source: { file: 'orders.yaml', line: 9, column: 3, repository: 'acme/orders', branch: 'main', commit: 'c4' },
      last: { actor: 'user:default/ana', commit: 'c4', kind: 'added' },
      relations: [{ type: 'ownedBy', targetRef: 'group:default/payments', declaredBy: 'component:default/orders' }],
    })
    expect(body.sentence).toContain('orders.yaml:9:3')
  })

  it('says whose file declares an edge', async () => {
    const { body } = await ask<{ relations: object[] }>('/api/v1/entities/group/default/payments/explain?field=relations.ownerOf')
    expect(body.relations).toEqual([{ type: 'ownerOf', targetRef: 'component:default/orders', declaredBy: 'component:default/orders' }])
  })

  it('has no line for what no file says, and no answer for what is not there', async () => {
    expect((await ask<{ source: { line: null } }>(`${ORDERS}/explain?field=metadata.uid`)).body.source.line).toBeNull()
    expect((await ask<{ value: null }>(`${ORDERS}/explain?field=spec.nothing`)).body.value).toBeNull()
    expect((await ask('/api/v1/entities/component/default/never/explain')).status).toBe(404)
  })
})

describe('a live list', () => {
  it('tells the state, then what comes, alters, leaves and goes, after the commit; and ends with the credential', async () => {
    const response = await fetchRoute(
      new Request('http://fairway.test/api/v1/entities/stream?kind=component&owner=payments', { headers: { authorization: 'Bearer x' } }),
    )
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let buffer = ''
    const next = async (): Promise<{ event: string; data: Record<string, unknown> }> => {
      for (;;) {
        const end = buffer.indexOf('\n\n')
        if (end >= 0) {
          const block = buffer.slice(0, end)
          buffer = buffer.slice(end + 2)
          const event = /^event: (.+)$/m.exec(block)?.[1]
          if (event !== undefined) return { event, data: JSON.parse(/^data: (.+)$/m.exec(block)?.[1] ?? '{}') as Record<string, unknown> }
          continue
        }
        const { value, done } = await reader.read()
        if (done) return { event: 'end', data: {} }
        buffer += value
      }
    }
    expect(await next()).toMatchObject({ event: 'state', data: { total: 1 } })
    await take('c6', { 'stock.yaml': component('stock') })
    expect(await next()).toMatchObject({ event: 'changed', data: { ref: 'component:default/stock', change: 'added', version: catalog.reader.version() } })
    await take('c7', { 'stock.yaml': component('stock').replace('[java]', '[go]') })
    expect(await next()).toMatchObject({ data: { ref: 'component:default/stock', change: 'altered' } })
    await take('c8', { 'stock.yaml': component('stock', 'shipping') })
    expect(await next()).toMatchObject({ data: { ref: 'component:default/stock', change: 'left' } })
    await take('c9', {}, undefined, ['orders.yaml'])
    expect(await next()).toMatchObject({ data: { ref: 'component:default/orders', change: 'removed' } })
    endCredential?.()
    expect(await next()).toMatchObject({ event: 'end' })
  })

  it('refuses a filter that is none', async () => {
    expect((await ask('/api/v1/entities/stream?filter==x')).status).toBe(400)
  })
})
