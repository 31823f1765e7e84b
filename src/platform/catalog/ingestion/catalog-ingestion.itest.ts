import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createCatalog, type Catalog } from '../catalog.ts'
import { MemoryCatalogSource } from '../catalog-source.ts'

const ORGANISATION = 'fairway/organisation'
const component = (name: string, extra = ''): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}, description: Takes orders and counts them}\nspec: {type: service, lifecycle: production, owner: payments${extra}}\n`
const user = (name: string, groups: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ${name}}\nspec: {memberOf: [${groups}], profile: {displayName: ${name.toUpperCase()}}}\n`
const group = (name: string, extra = ''): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: ${name}}\nspec: {type: team, children: []${extra}}\n`

let database: TestDatabase
let source: MemoryCatalogSource
let journal: MemoryJournal
let catalog: Catalog

beforeAll(async () => {
  database = await createTestDatabase()
  source = new MemoryCatalogSource()
  journal = new MemoryJournal()
  catalog = createCatalog({
    db: database.db,
    journal,
    log: silentLogger,
    source,
    trusted: { organisation: ORGANISATION, goldenPaths: 'fairway/golden-paths' },
    publicUrl: () => 'http://fairway.test',
  })
  source.write(ORGANISATION, 'groups.yaml', [group('everybody'), group('payments', ', parent: everybody'), user('ana', 'payments')].join('---\n'))
  source.write(ORGANISATION, 'environments/dev.yaml', 'apiVersion: fairway.dev/v1\nkind: Environment\nmetadata: {name: dev}\nspec: {order: 1}\n')
  await push(ORGANISATION)
})
afterAll(async () => await database[Symbol.asyncDispose]())

async function push(repository: string, branch = 'main'): Promise<Awaited<ReturnType<Catalog['repositories']['onPush']>>> {
  return await catalog.repositories.onPush({ repository, ref: `refs/heads/${branch}`, after: 'x', pusher: 'user:default/ana' })
}
const find = async (ref: string): ReturnType<Catalog['query']['findByRef']> => await catalog.query.findByRef(ref)

describe('ingestion', () => {
  it('takes in a pushed component with relations on both ends and an event', async () => {
    source.write('acme/orders', 'catalog-info.yaml', component('orders'))
    journal.events.length = 0
    expect(await push('acme/orders')).toMatchObject({ added: ['component:default/orders'] })
    expect((await find('component:default/orders'))?.entity.relations).toEqual([{ type: 'ownedBy', targetRef: 'group:default/payments' }])
    expect((await find('group:default/payments'))?.entity.relations).toContainEqual({ type: 'ownerOf', targetRef: 'component:default/orders' })
    expect(journal.events).toEqual([
      expect.objectContaining({
        type: 'platform.catalog.entity_changed',
        subject: 'entity/component:default/orders',
        actor: 'user:default/ana',
        data: expect.objectContaining({ change: 'added' }) as unknown,
      }),
    ])
  })

  it('does nothing, and records nothing, for what did not change', async () => {
    journal.events.length = 0
    expect(await push('acme/orders')).toMatchObject({ added: [], altered: [], removed: [] })
    expect(journal.events).toEqual([])
  })

  it('looks at the default branch only', async () => {
    expect(await push('acme/orders', 'feature')).toBeUndefined()
  })

  it('leaves the last good entity, with the problem on it, until the file is good again', async () => {
    source.write('acme/orders', 'catalog-info.yaml', component('orders').replace('owner: payments', 'owner: 7'))
    expect(await push('acme/orders')).toMatchObject({ removed: [], problems: [{ file: 'catalog-info.yaml', line: 4, field: 'spec.owner' }] })
    const broken = await find('component:default/orders')
    expect(broken?.entity.spec?.['owner']).toBe('payments')
    expect(broken?.entity.status?.items[0]?.message).toContain('catalog-info.yaml:4: spec.owner')
    source.write('acme/orders', 'catalog-info.yaml', component('orders'))
    await push('acme/orders')
    expect((await find('component:default/orders'))?.problems).toEqual([])
  })

  it('keeps the first of two with one ref, and lets the second in when the first goes', async () => {
    source.write('acme/copy', 'catalog-info.yaml', component('orders', ', system: copy'))
    expect(await push('acme/copy')).toMatchObject({ added: [], problems: [{ message: expect.stringContaining('acme/orders/catalog-info.yaml') as string }] })
    expect((await find('component:default/orders'))?.repository).toBe('acme/orders')
    source.write('acme/orders', 'catalog-info.yaml', null)
    expect(await push('acme/orders')).toMatchObject({ removed: [], altered: ['component:default/orders'] })
    expect((await find('component:default/orders'))?.repository).toBe('acme/copy')
    source.remove('acme/copy')
    source.write('acme/orders', 'catalog-info.yaml', component('orders'))
    await catalog.repositories.rescan()
    expect((await find('component:default/orders'))?.repository).toBe('acme/orders')
  })

  it('keeps the uid of an entity that moves to another file in one commit', async () => {
    const before = await find('environment:default/dev')
    source.write(ORGANISATION, 'environments/dev.yaml', null)
    source.write(ORGANISATION, 'all.yaml', 'apiVersion: fairway.dev/v1\nkind: Environment\nmetadata: {name: dev}\nspec: {order: 2}\n')
    expect(await push(ORGANISATION)).toMatchObject({ added: [], altered: ['environment:default/dev'], removed: [] })
    expect((await find('environment:default/dev'))?.entity.metadata.uid).toBe(before?.entity.metadata.uid)
  })

  it('keeps the last good entity when its file is renamed and broken in one commit', async () => {
    source.write(ORGANISATION, 'all.yaml', null)
    source.write(ORGANISATION, 'moved.yaml', 'apiVersion: fairway.dev/v1\nkind: Environment\nmetadata: {name: dev}\nspec: 7\n')
    await push(ORGANISATION)
    expect((await find('environment:default/dev'))?.problems).toHaveLength(1)
    source.write(ORGANISATION, 'moved.yaml', 'apiVersion: fairway.dev/v1\nkind: Environment\nmetadata: {name: dev}\nspec: {order: 3}\n')
    await push(ORGANISATION)
    expect((await find('environment:default/dev'))?.problems).toEqual([])
  })

  it('gives nobody a privilege from an ordinary repository', async () => {
    source.write('acme/evil', 'catalog-info.yaml', [user('eve', 'payments'), group('admins', ', members: [ana]')].join('---\n'))
    expect(await push('acme/evil')).toMatchObject({ added: [] })
    expect(await catalog.directory.groupsOf('user:default/eve')).toEqual([])
    expect(await catalog.directory.groupsOf('user:default/ana')).toEqual(['group:default/everybody', 'group:default/payments'])
  })

  it('takes one of many pushes at a time', async () => {
    source.write('acme/busy', 'catalog-info.yaml', component('busy'))
    const reports = await Promise.all(Array.from({ length: 5 }, () => push('acme/busy')))
    expect(reports.flatMap((report) => report?.added ?? [])).toEqual(['component:default/busy'])
  })
})

describe('directory', () => {
  it('finds a person by ref or name', async () => {
    expect(await catalog.directory.findPerson('ana')).toMatchObject({
      ref: 'user:default/ana',
      displayName: 'ANA',
      groups: ['group:default/everybody', 'group:default/payments'],
    })
    expect(await catalog.directory.findPerson('nobody')).toBeUndefined()
    expect(await catalog.directory.ownerOf('orders')).toBe('group:default/payments')
  })

  it('keeps documents until an ingestion alters one of the kind', async () => {
    const before = await catalog.directory.environments()
    expect(await catalog.directory.environments()).toBe(before)
    source.write(ORGANISATION, 'moved.yaml', 'apiVersion: fairway.dev/v1\nkind: Environment\nmetadata: {name: dev}\nspec: {order: 9}\n')
    await push(ORGANISATION)
    expect((await catalog.directory.environments())[0]).toMatchObject({ file: 'fairway/organisation/moved.yaml', entity: { spec: { order: 9 } } })
  })
})
