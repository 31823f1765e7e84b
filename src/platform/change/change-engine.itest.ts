import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
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

const epochOf = async (id: string): Promise<number> =>
  (await sql<{ epoch: number }>`select epoch from change where id = ${id}`.execute(database.db)).rows[0]?.epoch ?? 0

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

describe('several executors', () => {
  it('take over the work of one that is killed, within seconds and without a second effect', async () => {
    const victim = await start()
    const { executorId } = await victim.ready
    const ids: string[] = []
    for (let index = 0; index < 5; index++) {
      const change = await changes.create(ana, { kind: 'sample', input: { name: `over-${index}`, second: 'slow' } })
      ids.push(change.id)
    }
    await Promise.all(
      ids.map(async (id) => await untilState(id, (change) => change.steps.some((step) => step.actionId === 'second' && step.state === 'running'))),
    )
    const survivor = await start()
    victim.kill('SIGKILL')
    await victim.ended
    running.delete(victim)
    const killedAt = performance.now()
    await Promise.all(ids.map(async (id) => expect((await untilEnd(id)).state).toBe('done')))
    expect(performance.now() - killedAt).toBeLessThan(6_000)
    for (const id of ids) expect(await effectsOf(id)).toEqual(once)
    expect((await survivor.ready).executorId).not.toBe(executorId)
  })

  it('a zombie that lost its lease but runs on writes nothing more', async () => {
    const zombie = await start()
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'zombie', second: 'slow' } })
    await untilState(change.id, (one) => one.steps.some((step) => step.actionId === 'second' && step.state === 'running'))
    // Frozen, and cut off: to everybody else it is dead.
    zombie.kill('SIGSTOP')
    const before = await epochOf(change.id)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'fairway-executor' and datname = current_database()`.execute(
      database.db,
    )
    await start()
    await vi.waitFor(async () => expect(await epochOf(change.id)).toBeGreaterThan(before), { timeout: 20_000, interval: 20 })
    zombie.kill('SIGCONT')
    expect((await untilEnd(change.id)).state).toBe('done')
    expect(await effectsOf(change.id)).toEqual(once)
    expect(await endsOf(change.id)).toEqual(['done'])
    expect(await finishedEventsOf(change.id)).toBe(1)
    expect(zombie.child.exitCode).toBeNull()
  })
})

describe('a change', () => {
  it('survives a graceful stop in the middle of a step, which is not held against it', async () => {
    const first = await start()
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'graceful', second: 'slow' } })
    await untilState(change.id, (one) => one.steps.some((step) => step.actionId === 'second' && step.state === 'running'))
    expect(await stop(first)).toBe('0')
    expect((await changes.get(change.id)).state).toBe('applying')
    await start()
    expect((await untilEnd(change.id)).state).toBe('done')
    expect(await effectsOf(change.id)).toEqual(once)
  })

  it('goes on when all connections to the database are lost', async () => {
    await start()
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'cut', second: 'slow' } })
    await untilState(change.id, (one) => one.steps.some((step) => step.actionId === 'second' && step.state === 'running'))
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
      .execute(database.db)
      .catch(() => {})
    expect((await untilEnd(change.id)).state).toBe('done')
    expect(await effectsOf(change.id)).toEqual(once)
    expect(await endsOf(change.id)).toEqual(['done'])
  })

  it('that keeps killing the platform is given up and undone', async () => {
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'poison' } })
    for (let round = 0; round < 12; round++) {
      const doomed = await start('after-apply:second')
      const end = await Promise.race([doomed.ended, untilEnd(change.id).then(() => 'ended')])
      if (end === 'ended') break
      running.delete(doomed)
    }
    expect(await untilEnd(change.id)).toMatchObject({ state: 'rolled_back', result: { code: 'platform.change.poison' } })
  })

  it('shows the progress of a running step, and is undone when a person cancels it from another process', async () => {
    await start()
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'hang', second: 'hang' } })
    await untilState(change.id, (one) =>
      one.steps.some((step) => step.actionId === 'second' && /^waiting for \d+$/.test(step.message) && step.percent !== null),
    )
    await changes.cancel(ben, change.id, 'wrong one')
    await changes.cancel(ben, change.id, 'wrong one')
    const end = await untilEnd(change.id)
    expect(end).toMatchObject({ state: 'cancelled', result: { message: 'cancelled by user:default/ben: wrong one', code: 'platform.change.cancelled' } })
    expect(await effectsOf(change.id)).toEqual({ first: 1, 'rollback:undo-second': 1, 'rollback:undo-first': 1 })
    expect(end.steps.map((step) => [step.actionId, step.state])).toEqual([
      ['first', 'done'],
      ['second', 'skipped'],
      ['verify', 'skipped'],
      ['clean', 'skipped'],
      ['undo-second', 'done'],
      ['undo-first', 'done'],
    ])
    await expect(changes.cancel(ben, change.id)).resolves.toMatchObject({ state: 'cancelled' })
  })

  it('can be cancelled while it waits, and while nobody carries it out yet', async () => {
    const early = await changes.create(ana, { kind: 'sample', input: { name: 'early' } })
    await changes.cancel(ana, early.id)
    await start()
    expect((await untilEnd(early.id)).state).toBe('cancelled')
    const waiting = await changes.create(ana, { kind: 'sample', input: { name: 'waiting', approvals: 1 } })
    await untilState(waiting.id, ({ state }) => state === 'waiting')
    await changes.cancel(ana, waiting.id)
    expect((await untilEnd(waiting.id)).state).toBe('cancelled')
    expect(await effectsOf(waiting.id)).toEqual({})
  })

  it('tries a transient fault of a step again, and says so', async () => {
    await start()
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'flaky', second: 'flaky' } })
    await untilState(change.id, (one) => one.steps.some((step) => /attempt 2 of 5/.test(step.message)))
    expect((await untilEnd(change.id)).state).toBe('done')
    expect(await attemptsOf(change.id)).toEqual({ ...once, second: 3 })
  })

  it('that finds nothing to do applies nothing', async () => {
    await start()
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'same', unchanged: true, approvals: 1 } })
    expect(await untilEnd(change.id)).toMatchObject({ state: 'done', result: { message: 'nothing to do: two actions' } })
    expect(await attemptsOf(change.id)).toEqual({})
  })

  it('expires when nobody decides, also when the deadline passes while nobody carries it out', async () => {
    const executor = await start()
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'expiring', approvals: 1, expiresAfterHours: 1 / 3_600 } })
    await untilState(change.id, ({ state }) => state === 'waiting')
    await stop(executor, 'SIGKILL')
    await start()
    expect(await untilEnd(change.id)).toMatchObject({ state: 'expired', result: { message: 'nobody decided in time: 0 of 1 approvals' } })
  })
})

describe('decisions', () => {
  it('need enough different people, none of them the requester, on this very plan; twice is once', async () => {
    await start()
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'two', approvals: 2 } })
    const { planHash } = await untilState(change.id, ({ state }) => state === 'waiting')
    const hash = planHash ?? ''
    await expect(changes.approve(ana, change.id, { planHash: hash })).rejects.toMatchObject({ code: 'platform.change.not_eligible' })
    await expect(changes.approve({ ...ben, kind: 'agent' }, change.id, { planHash: hash })).rejects.toMatchObject({ code: 'platform.change.not_eligible' })
    await expect(changes.approve({ ...ben, groups: [] }, change.id, { planHash: hash })).rejects.toMatchObject({ code: 'platform.change.not_eligible' })
    await expect(changes.approve(ben, change.id, { planHash: 'other' })).rejects.toMatchObject({ code: 'platform.change.plan_changed' })
    expect((await changes.listDecidable(ben)).map(({ id }) => id)).toContain(change.id)
    expect((await changes.listDecidable(ana)).map(({ id }) => id)).not.toContain(change.id)
    await Promise.all([1, 2, 3].map(async () => await changes.approve(ben, change.id, { planHash: hash, comment: 'fine' })))
    const half = await changes.get(change.id)
    expect(half).toMatchObject({ state: 'waiting', decisions: [{ by: 'user:default/ben', verdict: 'approved', comment: 'fine', planHash: hash }] })
    expect((await changes.listDecidable(ben)).map(({ id }) => id)).not.toContain(change.id)
    await changes.approve(person('cy'), change.id, { planHash: hash })
    expect((await untilEnd(change.id)).state).toBe('done')
    await expect(changes.approve(person('di'), change.id, { planHash: hash })).rejects.toMatchObject({ code: 'platform.change.not_waiting' })
  })

  it('a rejection ends it, with its reason, and nothing is applied', async () => {
    await start()
    const change = await changes.create(ana, { kind: 'sample', input: { name: 'no', approvals: 1 } })
    const { planHash } = await untilState(change.id, ({ state }) => state === 'waiting')
    await changes.reject(ben, change.id, { planHash: planHash ?? '', reason: 'not on a Friday' })
    expect(await untilEnd(change.id)).toMatchObject({ state: 'rejected', result: { message: 'user:default/ben rejected it: not on a Friday' } })
    expect(await attemptsOf(change.id)).toEqual({})
  })
})

describe('an approval half-way', () => {
  const gated = async (name: string, more: Record<string, unknown> = {}): Promise<Change> => {
    const change = await changes.create(ana, { kind: 'sample', input: { name, gate: true, ...more } })
    return await untilState(change.id, ({ state }) => state === 'waiting')
  }

  it('holds the change before its action, and an earlier approval does not count for it', async () => {
    await start()
    const asked = await changes.create(ana, { kind: 'sample', input: { name: 'half', gate: true, approvals: 1 } })
    const first = await untilState(asked.id, ({ state }) => state === 'waiting')
    await changes.approve(ben, asked.id, { planHash: first.planHash ?? '' })
    const half = await untilState(asked.id, (change) => change.state === 'waiting' && change.planHash !== first.planHash)
    expect(half.plan).toMatchObject({ gate: 'second', approval: { reason: 'the first was risky' } })
    expect(await effectsOf(asked.id)).toEqual({ first: 1 })
    expect((await changes.listDecidable(ben)).map(({ id }) => id)).toContain(asked.id)
    await expect(changes.approve(ana, asked.id, { planHash: half.planHash ?? '' })).rejects.toMatchObject({ code: 'platform.change.not_eligible' })
    await expect(changes.approve(ben, asked.id, { planHash: first.planHash ?? '' })).resolves.toMatchObject({ state: 'waiting' })
    await changes.approve(ben, asked.id, { planHash: half.planHash ?? '' })
    expect((await untilEnd(asked.id)).state).toBe('done')
    expect(await attemptsOf(asked.id)).toEqual(once)
  })

  it.each([
    ['approved', async (change: Change) => await changes.approve(ben, change.id, { planHash: change.planHash ?? '' }), 'done'],
    ['rejected', async (change: Change) => await changes.reject(ben, change.id, { planHash: change.planHash ?? '', reason: 'no' }), 'rolled_back'],
    ['cancelled', async (change: Change) => await changes.cancel(ana, change.id), 'cancelled'],
  ] as const)('%s while nobody carries the change out, it goes on after the next start', async (name, decide, state) => {
    const executor = await start()
    const change = await gated(`half-${name}`)
    await stop(executor, 'SIGKILL')
    await decide(change)
    await start()
    expect((await untilEnd(change.id)).state).toBe(state)
    expect(await effectsOf(change.id)).toEqual(state === 'done' ? once : { first: 1, 'rollback:undo-second': 1, 'rollback:undo-first': 1 })
    expect(await endsOf(change.id)).toEqual([state])
  })

  it('that nobody decides in time is undone', async () => {
    await start()
    const change = await gated('half-late', { expiresAfterHours: 1 / 3_600 })
    expect(await untilEnd(change.id)).toMatchObject({ state: 'rolled_back', result: { message: expect.stringContaining('nobody decided in time') as string } })
  })
})

describe('a change that is known to its end when it is asked for', () => {
  it('is made and ended at once, by the same events, without anybody to carry it out', async () => {
    const done = await changes.create(ana, { kind: 'sample', input: { name: 'at-once', settled: 'done' } })
    expect(done).toMatchObject({ state: 'done', result: { message: 'nothing outside' }, plan: { unchanged: true, verdicts: [] } })
    expect(done.planHash).toMatch(/^[0-9a-f]{64}$/)
    expect(await endsOf(done.id)).toEqual(['done'])
    const { rows } = await sql<{ type: string }>`select type from sample_event where subject = ${`change/${done.id}`} order by id`.execute(database.db)
    expect(rows.map(({ type }) => type)).toEqual(['platform.change.requested', 'platform.change.planned', 'platform.change.finished'])
    const failed = await changes.create(ana, { kind: 'sample', input: { name: 'at-once', settled: 'failed' } })
    expect(failed).toMatchObject({ state: 'failed', result: { message: 'it can not be planned', code: 'test.sample.broken' } })
  })
})

describe('creating', () => {
  it('twice with one key is one change, also at the same moment; with another input it is refused', async () => {
    const request = { kind: 'sample', input: { name: 'key' }, idempotencyKey: 'k1' }
    const made = await Promise.all(Array.from({ length: 6 }, async () => await changes.create(ana, request)))
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    await expect(changes.create(ana, { ...request, input: { name: 'other' } })).rejects.toMatchObject({ code: 'platform.change.key_reused' })
    expect((await changes.create(ben, request)).id).not.toBe(made[0]?.id)
  })

  it('one change at a time in one place; the second is told which one', async () => {
    await start()
    const first = await changes.create(ana, { kind: 'sample', input: { name: 'place', environment: 'dev', approvals: 1 } })
    await expect(changes.create(ben, { kind: 'sample', input: { name: 'place', environment: 'dev' } })).rejects.toMatchObject({
      code: 'platform.change.busy',
      message: expect.stringContaining(`place/dev is being changed by ${first.id}`) as string,
    })
    expect(await changes.listActivePlaces()).toEqual([{ id: first.id, component: 'place', environment: 'dev' }])
    await changes.cancel(ana, first.id)
    await untilEnd(first.id)
    const second = await changes.create(ben, { kind: 'sample', input: { name: 'place', environment: 'dev' } })
    expect((await untilEnd(second.id)).state).toBe('done')
  })

  it.each([
    { why: 'an unknown kind', request: { kind: 'nope', input: {} }, code: 'platform.change.unknown_kind' },
    { why: 'a bad input', request: { kind: 'sample', input: { nam: 'x' } }, code: 'platform.change.bad_input' },
  ])('$why is refused, and nothing is written', async ({ request, code }) => {
    const { items } = await changes.list({}, { limit: 1 })
    await expect(changes.create(ana, request)).rejects.toMatchObject({ code })
    await expect(changes.preview(ana, request)).rejects.toMatchObject({ code })
    expect((await changes.list({}, { limit: 1 })).items).toEqual(items)
  })

  it('a preview has the hash that the change will have, and writes nothing', async () => {
    await start()
    const request = { kind: 'sample', input: { name: 'preview', approvals: 1 } }
    const preview = await changes.preview(ana, request)
    expect((await changes.list({ component: 'preview' }, { limit: 10 })).items).toEqual([])
    const change = await changes.create(ana, request)
    expect((await untilState(change.id, ({ state }) => state === 'waiting')).planHash).toBe(preview.planHash)
  })

  it('lists pages newest first, by what is asked for', async () => {
    const made: string[] = []
    for (let index = 0; index < 5; index++) made.push((await changes.create(ana, { kind: 'sample', input: { name: 'paged' } })).id)
    const first = await changes.list({ component: 'paged' }, { limit: 3 })
    const rest = await changes.list({ component: 'paged' }, { limit: 3, cursor: first.nextCursor ?? '' })
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual([...made].reverse())
    expect(rest.nextCursor).toBeNull()
    expect((await changes.list({ component: 'paged', state: ['done'], requestedBy: 'user:default/nobody' }, { limit: 3 })).items).toEqual([])
  })
})

it('a change whose workflow is lost is ended, so that nothing is locked for ever', async () => {
  const change = await changes.create(ana, { kind: 'sample', input: { name: 'lost', environment: 'dev' } })
  await sql`delete from dbos.workflow_status where workflow_uuid = ${change.id}`.execute(database.db)
  await start()
  expect(await untilEnd(change.id)).toMatchObject({ state: 'failed', result: { code: 'platform.change.stranded' } })
})
