import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { systemClock } from '#kernel/common/clock'
import { isFault } from '#kernel/common/fault'
import { MemoryJournal } from '#kernel/node/journal'
import { createViews, viewFaults } from './index.ts'
import type { ViewService } from './view-service.ts'
import { MAX_VIEWS } from './view.ts'

const ANA = 'user:default/ana'
const BEN = 'user:default/ben'
const content = (name: string, isShared = false) => ({ page: 'catalog' as const, name, search: 'kind=component', columns: ['kind'], isShared })

let database: TestDatabase
let journal: MemoryJournal
let views: ViewService

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())
beforeEach(async () => {
  journal = new MemoryJournal()
  views = createViews({ db: database.db, journal, clock: systemClock }).service
  for (const principal of [ANA, BEN]) for (const view of await views.list('catalog', principal)) await views.remove(view.id, principal)
  journal.events.length = 0
})

const namesFor = async (principal: string): Promise<string[]> => (await views.list('catalog', principal)).map((view) => view.name)

it('a private view is seen by its owner alone; a shared one by everybody, after their own', async () => {
  await views.create(content('Mine'), ANA)
  const shared = await views.create(content('Ours', true), ANA)
  await views.create(content('Zulu'), BEN)
  expect(await namesFor(ANA)).toEqual(['Mine', 'Ours'])
  expect(await namesFor(BEN)).toEqual(['Zulu', 'Ours'])
  expect(await views.get(shared.id, BEN)).toMatchObject({ name: 'Ours', search: 'kind=component', columns: ['kind'], owner: ANA })
})

it('what somebody keeps to themselves is not there for others, and its name is not in the log', async () => {
  const { id } = await views.create(content('Salaries'), ANA)
  await expect(views.get(id, BEN)).rejects.toSatisfy((error) => isFault(error, viewFaults.not_found.code))
  expect(JSON.stringify(journal.events)).not.toContain('Salaries')
})

it('a view is renamed, altered, shared and deleted, and each is told', async () => {
  const { id } = await views.create(content('First'), ANA)
  await views.update(id, { ...content('Second', true), search: 'kind=api' }, ANA)
  expect(await views.get(id, BEN)).toMatchObject({ name: 'Second', search: 'kind=api', isShared: true })
  await views.remove(id, ANA)
  await expect(views.remove(id, ANA)).rejects.toSatisfy((error) => isFault(error, viewFaults.not_found.code))
  expect(journal.events.map((event) => event.type)).toEqual(['platform.view.created', 'platform.view.altered', 'platform.view.deleted'])
})

it('one owner has one view of a name, whatever its case; another owner may have it too', async () => {
  await views.create(content('Mine'), ANA)
  const { id } = await views.create(content('Other'), ANA)
  await expect(views.create(content('mine'), ANA)).rejects.toSatisfy((error) => isFault(error, viewFaults.name_taken.code))
  await expect(views.update(id, content('MINE'), ANA)).rejects.toSatisfy((error) => isFault(error, viewFaults.name_taken.code))
  await views.update(id, content('OTHER'), ANA)
  await views.create(content('Mine'), BEN)
  expect(await namesFor(ANA)).toEqual(['Mine', 'OTHER'])
})

it('two that save one name at once make one view', async () => {
  const results = await Promise.allSettled([views.create(content('Twice'), ANA), views.create(content('Twice'), ANA)])
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
})

it('an owner keeps fifty views, not more', async () => {
  for (let at = 0; at < MAX_VIEWS; at += 1) await views.create(content(`View ${at}`), ANA)
  await expect(views.create(content('One more'), ANA)).rejects.toSatisfy((error) => isFault(error, viewFaults.too_many.code))
})
