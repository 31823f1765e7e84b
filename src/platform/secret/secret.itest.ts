import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { systemClock } from '#kernel/common/clock'
import { toProblem } from '#kernel/common/fault'
import { Secret } from '#kernel/common/secret'
import { createRouter, systemCaller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { createLogger, silentLogger } from '#kernel/node/log'
import { createSecrets, Keyring } from './index.ts'

let database: TestDatabase
let folder: string
const journal = new MemoryJournal()
const ANA = 'user:default/ana'

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(path.join(tmpdir(), 'secret-'))
})
afterAll(async () => await database[Symbol.asyncDispose]())

const make = async (file = 'master.key') =>
  createSecrets({ db: database.db, journal, clock: systemClock, keyring: await Keyring.open(path.join(folder, file)) })
const dump = async (): Promise<string> => {
  const { rows } = await sql<{
    row: string
  }>`select s::text || encode(v.sealed, 'escape') as row from secret s left join secret_version v using (path)`.execute(database.db)
  return JSON.stringify(rows)
}

describe('the secret store', () => {
  it('gives back the newest version, and writes none for the same value', async () => {
    const { store } = await make()
    await store.write('a/one', new Secret('first'), ANA)
    await store.write('a/one', new Secret('second'), ANA)
    await store.write('a/one', new Secret('second'), ANA)
    expect((await store.read('a/one')).reveal()).toBe('second')
    expect(await store.list('a/')).toMatchObject([{ path: 'a/one', version: 2, createdBy: ANA, lastReadAt: expect.any(Date) as Date }])
  })

  it('gives each of many writers at once a version of its own', async () => {
    const { store } = await make()
    await Promise.all(Array.from({ length: 10 }, (_, index) => store.write('race', new Secret(`value ${index}`), ANA)))
    expect((await store.list('race'))[0]?.version).toBe(10)
  })

  it('knows what is missing, removes it twice, and refuses a path that leaves its place', async () => {
    const { store } = await make()
    await store.write('gone', new Secret('x'), ANA)
    await store.remove('gone', ANA)
    await store.remove('gone', ANA)
    expect(await store.find('gone')).toBeUndefined()
    await expect(store.read('gone')).rejects.toMatchObject({ code: 'platform.secret.not_found' })
    for (const bad of ['', '/a', 'a//b', 'A', 'a b', 'a/', 'a'.repeat(301)])
      await expect(store.write(bad, new Secret('x'), ANA)).rejects.toMatchObject({ code: 'platform.secret.bad_path' })
  })

  it('opens nothing that was moved to another path', async () => {
    const { store } = await make()
    await store.write('low', new Secret('mine'), ANA)
    await store.write('high', new Secret('yours'), ANA)
    await sql`update secret_version set sealed = (select sealed from secret_version where path = 'high') where path = 'low'`.execute(database.db)
    await expect(store.read('low')).rejects.toMatchObject({ code: 'platform.secret.damaged' })
    await store.remove('low', ANA)
  })

  it('records a read by a person, and not each one by the platform', async () => {
    const { store } = await make()
    await store.write('seen', new Secret('x'), ANA)
    const before = journal.events.length
    await store.read('seen')
    await store.read('seen', 'system:fairway')
    await store.read('seen', ANA)
    expect(journal.events.slice(before)).toEqual([{ type: 'platform.secret.read', subject: 'secret/seen', actor: ANA, data: { version: 1 } }])
  })

  it('opens everything after the master key was rotated, and by the new key alone', async () => {
    const { store } = await make()
    expect(await store.rotateMasterKey(ANA)).toBeGreaterThan(0)
    const keys = (await readFile(path.join(folder, 'master.key'), 'utf8')).trim().split('\n')
    await writeFile(path.join(folder, 'only-new.key'), `${keys.at(-1)}\n`, { mode: 0o600 })
    const later = await make('only-new.key')
    expect((await later.store.read('a/one')).reveal()).toBe('second')
    expect(await store.rewrapAll()).toBe(0)
  })
})

it('lets a planted secret out nowhere: not in the database, logs, faults, JSON, events or the API', async () => {
  const canary = 'canary-9f8e7d6c5b4a'
  const secret = new Secret(canary)
  const { store, routes } = await make()
  await store.write('canary/one', secret, ANA)
  const read = await store.read('canary/one', ANA)
  const logFile = path.join(folder, 'log.json')
  const log = createLogger({ level: 'debug', file: logFile })
  log.info('look', { error: read as unknown, url: String(read) })
  const failure = await store.write('Bad Path', secret, ANA).catch((error: unknown) => error)
  log.error('failed', { error: failure })
  const router = createRouter(routes, { authenticate: async () => systemCaller, authorize: async () => ({ isAllowed: true, reason: '' }), log: silentLogger })
  const listed = await (await router(new Request('http://localhost/api/v1/secrets?prefix=canary/'))).text()
  expect(listed).toContain('canary/one')
  await expect.poll(async () => await readFile(logFile, 'utf8')).toContain('failed')
  const seen = [
    await dump(),
    await readFile(logFile, 'utf8'),
    JSON.stringify(toProblem(failure, 'req')),
    inspect(failure, { depth: 9 }),
    JSON.stringify({ read }),
    String(read),
    inspect(read),
    JSON.stringify(journal.events),
    listed,
    await readFile(path.join(folder, 'master.key'), 'utf8'),
  ]
  for (const text of seen)
    for (const form of [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex')]) expect(text).not.toContain(form)
})
