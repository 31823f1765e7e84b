import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { systemClock } from '#kernel/common/clock'
import type { EventDraft, RecordedEvent } from '#kernel/common/event'
import { createRouter, systemCaller, type Caller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { createEvents, EventLog, type Verification } from './index.ts'

let database: TestDatabase
const ends = new Map<string, () => void>()
const caller: Caller = { ...systemCaller, credentialId: 'tok_1' }
const draft = (n: number): EventDraft => ({ type: 'test.thing.done', subject: `thing/${n}`, actor: 'user:default/ana', data: { n, text: 'ü\u0000\ud800' } })

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())

function make() {
  return createEvents({
    db: database.db,
    databaseUrl: database.url,
    clock: systemClock,
    log: silentLogger,
    heartbeatMs: 50,
    watchCredential: (who, onEnd) => {
      ends.set(who.credentialId ?? '', onEnd)
      return { [Symbol.dispose]: () => ends.delete(who.credentialId ?? '') }
    },
  })
}

type Events = ReturnType<typeof make>
let running: AsyncDisposable | undefined
afterEach(async () => await running?.[Symbol.asyncDispose]())
async function startFeed(): Promise<Events> {
  const events = make()
  running = await events.feed.start()
  return events
}

const record = async ({ journal }: Events, ...drafts: EventDraft[]): Promise<void> =>
  await database.db.transaction().execute(async (tx) => await journal.append(tx, ...drafts))

async function take(source: AsyncIterable<RecordedEvent>, count: number): Promise<RecordedEvent[]> {
  const taken: RecordedEvent[] = []
  for await (const event of source) if (taken.push(event) === count) break
  return taken
}

describe('the log', () => {
  it('numbers events without gaps under concurrent writers, some of which roll back', async () => {
    const events = make()
    await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) =>
        database.db.transaction().execute(async (tx) => {
          await events.journal.append(tx, draft(n), draft(n))
          if (n % 4 === 0) throw new Error('rolled back')
        }),
      ),
    )
    const listed = await events.journal.list({ limit: 200 })
    expect(listed.map((event) => event.sequence)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
    expect(listed[0]?.data).toMatchObject({ text: 'ü\u0000\ud800' })
    await expect(events.journal.verify()).resolves.toMatchObject({ isIntact: true, checkedCount: 60, headSequence: 60 })
  })

  it.each(['update event set actor = actor', 'delete from event', 'truncate event', 'delete from event_head'])('refuses: %s', async (statement) => {
    await expect(sql.raw(statement).execute(database.db)).rejects.toThrow('append-only')
  })

  it.each([
    ['an altered event', `update event set actor = 'user:default/eve' where sequence = 7`, 7],
    ['a removed event', 'delete from event where sequence = 9', 9],
    ['a cut tail', 'delete from event where sequence >= 58', 58],
    ['a rewound head', `update event_head set sequence = 50, hash = (select hash from event where sequence = 50)`, 51],
  ])('shows %s although the triggers were off', async (_what, statement, firstBroken) => {
    let verdict: Verification | undefined
    const forged = database.db.transaction().execute(async (tx) => {
      await sql.raw('alter table event disable trigger all').execute(tx)
      await sql.raw(statement).execute(tx)
      verdict = await new EventLog({ db: tx as never, clock: systemClock }).verify()
      throw new Error('undo')
    })
    await expect(forged).rejects.toThrow('undo')
    expect(verdict?.firstBroken?.sequence).toBe(firstBroken)
    expect((await make().journal.verify()).isIntact).toBe(true)
  })

  it('filters by subject and by the first segments of a type, in both directions', async () => {
    const events = make()
    await record(events, { ...draft(1), type: 'a_b.x.done', subject: 'special/1' }, { ...draft(1), type: 'aXb.x.done', subject: 'special/2' })
    expect((await events.journal.list({ type: 'a_b', limit: 10 })).map((event) => event.subject)).toEqual(['special/1'])
    expect((await events.journal.list({ subject: 'special/2', limit: 10 })).map((event) => event.type)).toEqual(['aXb.x.done'])
    const newest = await events.journal.list({ limit: 2, newestFirst: true })
    expect((await events.journal.list({ limit: 1, newestFirst: true, after: newest[1]?.sequence }))[0]?.sequence).toBe((newest[1]?.sequence ?? 0) - 1)
  })
})

describe('the feed', () => {
  it('gives each follower every event once, in order, wherever it begins, also over a lost connection', async () => {
    const events = await startFeed()
    const before = (await events.journal.head()).sequence
    const live = take(events.feed.follow(), 1_300)
    const replay = take(events.feed.follow({ after: 0 }), before + 1_300)
    for (let n = 0; n < 13; n++) {
      await record(events, ...Array.from({ length: 100 }, (_, index) => draft(index)))
      if (n === 5) await killListeners()
    }
    const expected = Array.from({ length: 1_300 }, (_, index) => before + 1 + index)
    expect((await live).map((event) => event.sequence)).toEqual(expected)
    expect((await replay).map((event) => event.sequence)).toEqual([...Array.from({ length: before }, (_, index) => index + 1), ...expected])
  })

  it('goes on after a subscriber failed, and stops when told', async () => {
    const events = await startFeed()
    const seen: string[] = []
    const second = Promise.withResolvers<void>()
    const subscription = events.feed.subscribe('test', (event) => {
      seen.push(event.subject)
      if (event.subject === 'thing/1') throw new Error('no')
      second.resolve()
    })
    await record(events, draft(1), draft(2))
    await second.promise
    await subscription[Symbol.asyncDispose]()
    expect(seen).toEqual(['thing/1', 'thing/2'])
  })
})

describe('the stream', () => {
  const open = async (
    events: Events,
    headers: Record<string, string> = {},
    query = '',
  ): Promise<{ reader: () => Promise<string>; cancel: () => Promise<void>; isClosed: () => Promise<void> }> => {
    const router = createRouter(events.routes, {
      authenticate: async () => caller,
      authorize: async () => ({ isAllowed: true, reason: '' }),
      log: silentLogger,
    })
    const response = await router(new Request(`http://localhost/api/v1/stream${query}`, { headers }))
    const body = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    if (!body) throw new Error('no body')
    return {
      reader: async () => (await body.read()).value ?? '<end>',
      cancel: () => body.cancel(),
      isClosed: async () => {
        while (!(await body.read()).done);
      },
    }
  }
  const readUntil = async (reader: () => Promise<string>, wanted: string): Promise<string> => {
    let text = ''
    while (!text.includes(wanted) && !text.includes('<end>')) text += await reader()
    return text
  }

  it('resumes behind Last-Event-ID, filters by topic, and keeps the line warm', async () => {
    const events = await startFeed()
    const before = (await events.journal.head()).sequence
    await record(events, draft(1), { ...draft(2), subject: 'other/2' }, draft(3))
    const stream = await open(events, { 'last-event-id': String(before + 1) }, '?topics=thing')
    const text = await readUntil(stream.reader, 'thing/3')
    expect(text).toContain(`id: ${before + 3}\nevent: test.thing.done\n`)
    expect(text).not.toContain('other/2')
    expect(text).not.toContain(`id: ${before + 1}\n`)
    expect(await readUntil(stream.reader, ': still here')).toContain(': still here')
    await stream.cancel()
    expect(ends.size).toBe(0)
  })

  it('ends at once when the credential is revoked', async () => {
    const events = await startFeed()
    const stream = await open(events)
    await stream.reader()
    ends.get('tok_1')?.()
    await stream.isClosed()
    expect(ends.size).toBe(0)
  })

  it('reads no more of the log than a stuck reader takes', async () => {
    const events = await startFeed()
    const stream = await open(events, { 'last-event-id': '0' })
    await sleep(200)
    const first = await readUntil(stream.reader, 'id: 1\n')
    expect(first.match(/^id: /gm)?.length ?? 0).toBeLessThanOrEqual(2)
    await stream.cancel()
  })
})

async function killListeners(): Promise<void> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  const killed = await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'fairway-feed' and datname = $1`, [
    new URL(database.url).pathname.slice(1),
  ])
  expect(killed.rowCount).toBe(1)
  await client.end()
}
