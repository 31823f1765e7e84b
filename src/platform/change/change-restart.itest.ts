import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { systemClock } from '#kernel/common/clock'
import type { Caller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { createSampleTables, sampleDrivers, sampleKind, TableJournal } from '../../../test/chaos/sample-change.ts'
import { createChanges, startChangeEngine, type ChangeDeps, type PolicyVerdict } from './index.ts'

let database: TestDatabase
let verdicts: PolicyVerdict[] = []
const ben: Caller = {
  principal: 'user:default/ben',
  kind: 'person',
  displayName: 'Ben',
  groups: ['group:default/payments'],
  scopes: ['*'],
  isAdministrator: false,
  via: 'token',
}
const ana = { principal: 'user:default/ana' }

beforeAll(async () => {
  database = await createTestDatabase()
  await createSampleTables(database.db)
})
afterAll(async () => await database[Symbol.asyncDispose]())

function depsOf(over: Partial<ChangeDeps> = {}): ChangeDeps {
  return {
    db: database.db,
    journal: new TableJournal(),
    clock: systemClock,
    log: silentLogger,
    kinds: { sample: sampleKind },
    drivers: sampleDrivers(database.db, 'here'),
    policies: { evaluate: async () => verdicts },
    ...over,
  }
}
const start = async (over: Partial<ChangeDeps> = {}) => await startChangeEngine({ ...depsOf(over), databaseUrl: database.url })
const changes = () => createChanges(depsOf()).service
const until = async (id: string, state: string) =>
  await vi.waitFor(async () => expect((await changes().get(id)).state).toBe(state), { timeout: 20_000, interval: 30 })

it('stops and starts in one process, and what waits goes on waiting', async () => {
  const first = await start()
  const change = await changes().create(ana, { kind: 'sample', input: { name: 'patient', approvals: 1 } })
  await until(change.id, 'waiting')
  await first[Symbol.asyncDispose]()
  await using engine = await start()
  expect(engine.executorId).toBeDefined()
  const { planHash } = await changes().get(change.id)
  await changes().approve(ben, change.id, { planHash: planHash ?? '' })
  await until(change.id, 'done')
})

it('a decision that was taken while no engine ran counts', async () => {
  const first = await start()
  const change = await changes().create(ana, { kind: 'sample', input: { name: 'absent', approvals: 1 } })
  await until(change.id, 'waiting')
  await first[Symbol.asyncDispose]()
  await changes().approve(ben, change.id, { planHash: (await changes().get(change.id)).planHash ?? '' })
  await using engine = await start()
  expect(engine.executorId).toBeDefined()
  await until(change.id, 'done')
})

it('a denial by a policy ends it before anything is applied, and names the policy', async () => {
  verdicts = [{ policy: 'no-fridays', outcome: 'denied', message: 'it is Friday' }]
  await using engine = await start()
  expect(engine.executorId).toBeDefined()
  const change = await changes().create(ana, { kind: 'sample', input: { name: 'denied' } })
  await until(change.id, 'denied')
  verdicts = []
  expect(await changes().get(change.id)).toMatchObject({
    result: { message: 'no-fridays: it is Friday' },
    plan: { verdicts: [{ policy: 'no-fridays', outcome: 'denied' }] },
    steps: [{ state: 'skipped' }, { state: 'skipped' }, { state: 'skipped' }, { state: 'skipped' }],
  })
  const { rows } = await sql`select 1 from sample_attempt where key like ${`${change.id}:%`}`.execute(database.db)
  expect(rows).toEqual([])
})

it('a policy check that breaks fails the change closed, and keeps its words to the log', async () => {
  await using engine = await start({ policies: { evaluate: async () => await Promise.reject(new Error('secret words')) } })
  expect(engine.executorId).toBeDefined()
  const change = await changes().create(ana, { kind: 'sample', input: { name: 'broken-check' } })
  await until(change.id, 'failed')
  expect((await changes().get(change.id)).result).toEqual({
    message: 'something failed inside the platform at the check; the log has it',
    code: 'platform.change.internal',
  })
})

it('an end that its kind can not record is tried again, then said; nothing hangs', async () => {
  let ends = 0
  const flaky = { ...sampleKind, finished: async () => (++ends < 3 ? await Promise.reject(new Error('not now')) : undefined) }
  await using engine = await start({ kinds: { sample: flaky } })
  expect(engine.executorId).toBeDefined()
  const change = await changes().create(ana, { kind: 'sample', input: { name: 'end' } })
  await until(change.id, 'done')
  expect(ends).toBe(3)
})

it('records each state as an event, once, in order', async () => {
  await using engine = await start()
  expect(engine.executorId).toBeDefined()
  const change = await changes().create(ana, { kind: 'sample', input: { name: 'events', approvals: 1 } })
  await until(change.id, 'waiting')
  await changes().approve(ben, change.id, { planHash: (await changes().get(change.id)).planHash ?? '' })
  await until(change.id, 'done')
  const { rows } = await sql<{ type: string }>`select type from sample_event where subject = ${`change/${change.id}`} order by id`.execute(database.db)
  expect(rows.map(({ type }) => type.replace('platform.change.', ''))).toEqual([
    'requested',
    'planned',
    'waiting',
    'approved',
    'applying',
    'step_finished',
    'step_finished',
    'verifying',
    'step_finished',
    'step_finished',
    'finished',
  ])
})
