import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createCatalog, type Catalog } from '../catalog.ts'
import { MemoryCatalogSource } from '../catalog-source.ts'
import type { Entity } from '../entity.ts'
import { edgesOf } from '../entity-relations.ts'
import type { Alteration } from './alteration.ts'
import type { SourceBatch, SourceTrust } from './source-batch.ts'

const ORGANISATION: SourceTrust = { level: 'organisation' }
const CATALOG: SourceTrust = { level: 'catalog' }
const head = 'apiVersion: backstage.io/v1alpha1\n'
const component = (name: string, extra = ''): string =>
  `${head}kind: Component\nmetadata: {name: ${name}}\nspec: {type: service, lifecycle: production, owner: payments${extra}}\n`
const user = (name: string, groups: string): string => `${head}kind: User\nmetadata: {name: ${name}}\nspec: {memberOf: [${groups}]}\n`
const group = (name: string, extra = ''): string => `${head}kind: Group\nmetadata: {name: ${name}}\nspec: {type: team, children: []${extra}}\n`

let database: TestDatabase
let catalog: Catalog
let told: Alteration[]
let texts: Map<string, string>

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())
beforeEach(async () => {
  await sql`truncate entity, entity_claim, entity_membership, catalog_file, catalog_commit`.execute(database.db)
  told = []
  texts = new Map()
  catalog = createCatalog({
    db: database.db,
    journal: new MemoryJournal(),
    log: silentLogger,
    source: new MemoryCatalogSource(),
    trusted: { organisation: 'o/o', goldenPaths: 'g/g' },
    publicUrl: () => 'http://fairway.test',
    listeners: [{ record: async (_tx, items) => void told.push(...items) }],
    placeholders: {
      read: async ({ key, target }) => {
        const text = texts.get(target)
        if (text === undefined) throw new Error(`${key} finds nothing at ${target}`)
        return text
      },
    },
  })
})

async function take(files: Record<string, string>, more: Partial<SourceBatch> = {}): ReturnType<Catalog['ingestion']['take']> {
  const list = Object.entries(files).map(([path, text]) => ({
    path,
    text,
    location: `url:https://git.test/acme/orders/${path}`,
    viewUrl: `https://git.test/acme/orders/${path}`,
  }))
  return await catalog.ingestion.take({
    source: 'git:acme/orders',
    files: list,
    isComplete: true,
    commit: 'c1',
    actor: 'user:default/ana',
    trust: CATALOG,
    ...more,
  })
}
const find = async (ref: string): Promise<Entity | undefined> => (await catalog.query.findByRef(ref))?.entity

describe('rights', () => {
  const organisation = { 'org.yaml': [group('platform', ', members: [ana]'), group('everybody'), user('ana', 'everybody')].join('---\n') }

  it.each<[string, Record<string, string>]>([
    ['a person of their own', { 'x.yaml': user('eve', 'platform') }],
    ['a group with somebody in it', { 'x.yaml': group('platform', ', members: [eve]') }],
    ['a group around or below another', { 'x.yaml': [group('evil', ', parent: platform, members: [eve]'), user('eve', 'evil')].join('---\n') }],
    ['a group that takes the organisation in', { 'x.yaml': group('evil', ', children: [everybody], members: [eve]').replace('children: [], ', '') }],
    ['the same person again', { 'x.yaml': user('ana', 'platform, everybody, evil') }],
    ['a membership of somebody known', { 'x.yaml': [group('boss', ', members: [ana]'), user('eve', 'boss')].join('---\n') }],
  ])('no other source gives any, whatever it is allowed: %s', async (_what, files) => {
    for (const order of ['before', 'after']) {
      if (order === 'after') await take(organisation, { source: 'git:o/o', trust: ORGANISATION })
      await take(files, { source: 'location:1', trust: { level: 'catalog', allow: ['User', 'Group', 'Template'] } })
      if (order === 'before') await take(organisation, { source: 'git:o/o', trust: ORGANISATION })
      expect(await catalog.directory.groupsOf('user:default/eve')).toEqual([])
      expect(await catalog.directory.findPerson('eve')).toBeUndefined()
      expect(await catalog.directory.groupsOf('user:default/ana')).toEqual(['group:default/everybody', 'group:default/platform'])
      await catalog.ingestion.removeSource('location:1', 'x')
      await catalog.ingestion.removeSource('git:o/o', 'x')
    }
  })

  it('what is allowed is shown', async () => {
    await take({ 'x.yaml': user('eve', 'platform') }, { source: 'location:1', trust: { level: 'catalog', allow: ['User'] } })
    expect((await find('user:default/eve'))?.relations).toEqual([{ type: 'memberOf', targetRef: 'group:default/platform' }])
  })

  it('go with the word that gave them', async () => {
    await take(organisation, { source: 'git:o/o', trust: ORGANISATION })
    await take({ 'org.yaml': [group('platform'), group('everybody'), user('ana', 'everybody')].join('---\n') }, { source: 'git:o/o', trust: ORGANISATION })
    expect(await catalog.directory.groupsOf('user:default/ana')).toEqual(['group:default/everybody'])
    await catalog.ingestion.removeSource('git:o/o', 'x')
    expect(await catalog.directory.groupsOf('user:default/ana')).toEqual([])
  })
})

describe('a ref that is declared twice', () => {
  it('is the better trusted declaration’s, which the other survives', async () => {
    await take({ 'a.yaml': component('orders', ', system: theirs') }, { source: 'location:1' })
    expect(await take({ 'a.yaml': component('orders', ', system: ours') }, { source: 'git:o/o', trust: ORGANISATION })).toMatchObject({
      altered: ['component:default/orders'],
      problems: [],
    })
    expect(await find('component:default/orders')).toMatchObject({ spec: { system: 'ours' } })
    expect(await catalog.query.conflictsOf('component:default/orders')).toMatchObject([{ source: 'location:1', path: 'a.yaml' }])
    await catalog.ingestion.removeSource('git:o/o', 'x')
    expect(await find('component:default/orders')).toMatchObject({ spec: { system: 'theirs' } })
    expect(await catalog.query.conflictsOf('component:default/orders')).toEqual([])
  })

  it('is the first one’s among equals; the next in line takes over at once, with relations on both ends', async () => {
    await take({ 'a.yaml': component('orders', ', system: one') }, { source: 'location:1' })
    const second = await take({ 'a.yaml': component('orders', ', system: two') }, { source: 'location:2' })
    expect(second).toMatchObject({
      added: [],
      problems: [{ field: 'metadata.name', file: 'a.yaml', line: 3, message: expect.stringContaining('location:1/a.yaml') as string }],
    })
    await take({ 's.yaml': `${head}kind: System\nmetadata: {name: two}\nspec: {owner: x}\n` }, { source: 'location:3' })
    await catalog.ingestion.removeSource('location:1', 'x')
    expect((await find('system:default/two'))?.relations).toContainEqual({ type: 'hasPart', targetRef: 'component:default/orders' })
  })
})

describe('placeholders', () => {
  const api = (definition: string): string =>
    `${head}kind: API\nmetadata:\n  name: a\nspec:\n  type: openapi\n  lifecycle: production\n  owner: payments\n  definition:\n    ${definition}\n`

  it('are read before the document is checked, each time', async () => {
    texts.set('./openapi.yaml', 'openapi: 3.1.0')
    await take({ 'a.yaml': api('$text: ./openapi.yaml') })
    expect((await find('api:default/a'))?.spec).toMatchObject({ definition: 'openapi: 3.1.0' })
    texts.set('./openapi.yaml', 'openapi: 3.2.0')
    expect(await take({ 'a.yaml': api('$text: ./openapi.yaml') })).toMatchObject({ altered: ['api:default/a'] })
  })

  it('that fail are a problem at their line, and take nothing away', async () => {
    texts.set('./openapi.yaml', 'openapi: 3.1.0')
    await take({ 'a.yaml': api('$text: ./openapi.yaml') })
    expect(await take({ 'a.yaml': api('$text: ./gone.yaml') })).toMatchObject({
      removed: [],
      problems: [{ field: 'spec.definition', file: 'a.yaml', line: 9, message: '$text "./gone.yaml" can not be put in: $text finds nothing at ./gone.yaml' }],
    })
    expect(await find('api:default/a')).toMatchObject({ spec: { definition: 'openapi: 3.1.0' }, status: { items: [{ level: 'error' }] } })
    expect(await catalog.query.count({ 'status.items.level': 'error' })).toBe(1)
  })

  it('of data are parsed', async () => {
    texts.set('x.json', '["java"]')
    await take({ 'a.yaml': component('a', ', providesApis: {$json: x.json}') })
    expect((await find('component:default/a'))?.spec).toMatchObject({ providesApis: ['java'] })
  })
})

describe('orphans', () => {
  it('stay, marked, until they are removed or listed again', async () => {
    await take({ 'a.yaml': component('a'), 'b.yaml': component('b') })
    expect(await catalog.ingestion.setOrphans({ source: 'git:acme/orders', paths: ['a.yaml'], isOrphan: true, actor: 'x' })).toEqual(['component:default/a'])
    expect((await catalog.query.findByRef('component:default/a'))?.isOrphan).toBe(true)
    expect((await find('component:default/a'))?.metadata.annotations).toMatchObject({ 'backstage.io/orphan': 'true' })
    expect(await catalog.query.count({ 'metadata.annotations.backstage.io/orphan': 'true' })).toBe(1)
    expect(await catalog.ingestion.setOrphans({ source: 'git:acme/orders', isOrphan: false, actor: 'x' })).toEqual(['component:default/a'])
    expect((await find('component:default/a'))?.metadata.annotations).not.toHaveProperty('backstage.io/orphan')
  })

  it('can be removed by uid; the next reading of the file brings them back', async () => {
    await take({ 'a.yaml': component('a') })
    const uid = (await find('component:default/a'))?.metadata.uid ?? ''
    expect(await catalog.ingestion.removeEntity(uid, 'user:default/ana')).toBe(true)
    expect(await catalog.ingestion.removeEntity(uid, 'user:default/ana')).toBe(false)
    expect(await find('component:default/a')).toBeUndefined()
    await take({ 'a.yaml': component('a') })
    expect((await find('component:default/a'))?.metadata.uid).toBe(uid)
  })
})

describe('what is told', () => {
  it('of every alteration, with what was before and after', async () => {
    await take({ 'a.yaml': component('a') })
    await take({ 'a.yaml': component('a', ', system: shop') }, { commit: 'c2', changeId: 'chg_1' })
    await take({}, { commit: 'c3' })
    expect(told).toMatchObject([
      {
        kind: 'added',
        ref: 'component:default/a',
        before: null,
        after: { kind: 'Component' },
        source: 'git:acme/orders',
        location: 'url:https://git.test/acme/orders/a.yaml',
        commit: 'c1',
      },
      { kind: 'altered', before: { spec: { owner: 'payments' } }, after: { spec: { system: 'shop' } }, changeId: 'chg_1', commit: 'c2' },
      { kind: 'removed', after: null, commit: 'c3', actor: 'user:default/ana' },
    ])
    expect(new Set(told.map(({ uid }) => uid)).size).toBe(1)
  })

  it('of Locations, their targets resolved against their file', async () => {
    const location = (targets: string, extra = ''): string => `${head}kind: Location\nmetadata: {name: all}\nspec: {targets: ${targets}${extra}}\n`
    const report = await take({ 'deep/all.yaml': location('[./a.yaml, ../b/*.yaml, /c.yaml, "https://x.test/d.yaml"]', ', presence: optional') })
    expect(report.emitted).toEqual([
      {
        ref: 'location:default/all',
        type: 'url',
        targets: ['https://git.test/acme/orders/deep/a.yaml', 'https://git.test/acme/orders/b/*.yaml', 'https://git.test/c.yaml', 'https://x.test/d.yaml'],
        isRequired: false,
        file: 'deep/all.yaml',
      },
    ])
  })
})

describe('relations', () => {
  it('are on both ends whatever came first, as if all had been stitched at once', async () => {
    const names = ['a', 'b', 'c']
    const declaration = fc.oneof(
      fc
        .tuple(fc.constantFrom(...names), fc.subarray(names), fc.option(fc.constantFrom(...names), { nil: undefined }))
        .map(([name, needs, system]) =>
          component(name, `, dependsOn: [${needs.map((item) => `"component:${item}"`).join(', ')}]${system === undefined ? '' : `, system: ${system}`}`),
        ),
      fc.constantFrom(...names).map((name) => `${head}kind: System\nmetadata: {name: ${name}}\nspec: {owner: payments}\n`),
      fc.tuple(fc.constantFrom(...names), fc.subarray(names)).map(([name, groups]) => user(name, groups.join(', '))),
      fc.tuple(fc.constantFrom(...names), fc.subarray(names)).map(([name, members]) => group(name, `, members: [${members.join(', ')}]`)),
    )
    const batch = fc.record({
      path: fc.constantFrom('x.yaml', 'y.yaml', 'z.yaml'),
      documents: fc.array(declaration, { maxLength: 4 }),
      isComplete: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 6 }), async (batches) => {
        await catalog.ingestion.removeSource('git:acme/orders', 'x')
        for (const { path, documents, isComplete } of batches) await take({ [path]: documents.join('---\n') }, { isComplete, trust: ORGANISATION })
        const total = await catalog.query.count(undefined)
        const { rows } = await sql<{ ref: string; body: string; relations: string }>`select ref, body, relations from entity`.execute(database.db)
        const expected = new Map(rows.map(({ ref }) => [ref, new Set<string>()]))
        for (const { body } of rows) for (const edge of edgesOf(JSON.parse(body) as Entity)) expected.get(edge.sourceRef)?.add(`${edge.type} ${edge.targetRef}`)
        for (const { ref, relations } of rows) {
          const stored = (JSON.parse(relations) as { type: string; targetRef: string }[]).map(({ type, targetRef }) => `${type} ${targetRef}`)
          expect({ ref, stored: stored.sort() }).toEqual({ ref, stored: [...(expected.get(ref) ?? [])].sort() })
          // And in the index.
          for (const relation of stored) {
            const [type = '', target = ''] = relation.split(' ')
            expect(catalog.query.matches(ref, { [`relations.${type}`]: target })).toBe(true)
          }
        }
        expect(total).toBe(rows.length)
      }),
      { numRuns: 60 },
    )
  })
})
