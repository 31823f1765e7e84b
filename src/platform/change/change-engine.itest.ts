import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/harness/test-database.ts'
import { systemClock } from '#kernel/common/clock'
import type { Caller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { createSampleTables, sampleDrivers, sampleKind, TableJournal } from '../../../test/chaos/sample-change.ts'
import { startExecutorProcess, type ExecutorProcess } from '../../../test/chaos/executor-process.ts'
import { createChanges, isFinal, type Change, type ChangeService } from './index.ts'

let database: TestDatabase
let changes: ChangeService
const running = new Set<ExecutorProcess>()

const person = (name: string): Caller => ({
  principal: `user:default/${name}`,
  kind: 'person',
  displayName: name,
  groups: ['group:default/payments'],
  scopes: ['*'],
  isAdministrator: false,
  via: 'token',
})
const [ana, ben] = [person('ana'), person('ben')]

beforeAll(async () => {
  database = await createTestDatabase()
  await createSampleTables(database.db)
  changes = createChanges({
    db: database.db,
    journal: new TableJournal(),
    clock: systemClock,
    log: silentLogger,
    kinds: { sample: sampleKind },
    drivers: sampleDrivers(database.db, 'test'),
    policies: { evaluate: async () => [] },
  }).service
  // The engine's own schema is made by its first start.
  const first = await start()
  await stop(first)
})
afterEach(async () => {
  for (const executor of running) await stop(executor, 'SIGKILL')
})
afterAll(async () => await database[Symbol.asyncDispose]())

async function start(point = ''): Promise<ExecutorProcess> {
  const executor = startExecutorProcess(database.url, point)
  running.add(executor)
  await executor.ready
  return executor
}

async function stop(executor: ExecutorProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<string> {
  executor.kill(signal)
  running.delete(executor)
  return await executor.ended
}

async function untilState(id: string, isReached: (change: Change) => boolean): Promise<Change> {
  return await vi.waitFor(
    async () => {
      const change = await changes.get(id)
      expect(isReached(change), `${change.state}: ${change.result?.message}`).toBe(true)
      return change
    },
    { timeout: 20_000, interval: 30 },
  )
}
const untilEnd = async (id: string): Promise<Change> => await untilState(id, (change) => isFinal(change.state))

async function effectsOf(id: string): Promise<Record<string, number>> {
  const { rows } = await sql<{
    key: string
    count: number
  }>`select key, count(*)::int as count from sample_effect where key like ${`${id}:%`} group by key`.execute(database.db)
  return Object.fromEntries(rows.map((row) => [row.key.slice(id.length + 1), row.count]))
}
async function attemptsOf(id: string): Promise<Record<string, number>> {
  const { rows } = await sql<{
    key: string
    count: number
  }>`select key, count(*)::int as count from sample_attempt where key like ${`${id}:%`} group by key`.execute(database.db)
  return Object.fromEntries(rows.map((row) => [row.key.slice(id.length + 1), row.count]))
}
const endsOf = async (id: string): Promise<string[]> =>
  (await sql<{ state: string }>`select state from sample_end where change = ${id}`.execute(database.db)).rows.map((row) => row.state)
const finishedEventsOf = async (id: string): Promise<number> =>
  (
    await sql<{
      count: number
    }>`select count(*)::int as count from sample_event where subject = ${`change/${id}`} and type = 'platform.change.finished'`.execute(database.db)
  ).rows[0]?.count ?? 0

const once = { first: 1, second: 1, verify: 1, clean: 1 }

describe('killed at any point, a change completes after the restart, each effect once', () => {
  it.each([
    'planned',
    'checked',
    'approved',
    'before-apply:first',
    'after-apply:first',
    'before-apply:second',
    'after-apply:second',
    'during-verify',
    'before-apply:verify',
    'after-apply:verify',
    'after-apply:clean',
    'before-finish',
  ])('%s', async (point) => {
    const doomed = await start(point)
    const change = await changes.create(ana, { kind: 'sample', input: { name: point, approvals: 1 } })
    if (!['planned', 'checked'].includes(point)) {
      const waiting = await untilState(change.id, ({ state }) => state === 'waiting')
      await changes.approve(ben, change.id, { planHash: waiting.planHash ?? '' })
    }
    expect(await doomed.ended).toBe('SIGKILL')
    running.delete(doomed)

    await start()
    if (['planned', 'checked'].includes(point)) {
      const waiting = await untilState(change.id, ({ state }) => state === 'waiting')
      await changes.approve(ben, change.id, { planHash: waiting.planHash ?? '' })
    }
    const end = await untilEnd(change.id)
    expect(end.state).toBe('done')
    expect(await effectsOf(change.id)).toEqual(once)
    const repeated = /^after-apply:(.*)$/.exec(point)?.[1]
    expect(await attemptsOf(change.id)).toEqual({ ...once, ...(repeated === undefined ? {} : { [repeated]: 2 }) })
    expect(await endsOf(change.id)).toEqual(['done'])
    expect(await finishedEventsOf(change.id)).toBe(1)
  })

  it.each(['before-rollback:undo-second', 'after-rollback:undo-second', 'after-rollback:undo-first', 'before-finish'])('while undoing: %s', async (point) => {
    const doomed = await start(point)
    const change = await changes.create(ana, { kind: 'sample', input: { name: `undo-${point}`, second: 'refused' } })
    expect(await doomed.ended).toBe('SIGKILL')
    running.delete(doomed)
    await start()
    const end = await untilEnd(change.id)
    expect(end).toMatchObject({ state: 'rolled_back', result: { message: '"Do second" was refused: worse than before' } })
    expect(await effectsOf(change.id)).toEqual({ first: 1, 'rollback:undo-second': 1, 'rollback:undo-first': 1 })
    expect(await endsOf(change.id)).toEqual(['rolled_back'])
  })
})
