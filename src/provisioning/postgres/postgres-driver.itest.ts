import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import type { PlanRequest } from '#kernel/common/driver'
import { driverContract } from '../../kernel/common/driver/driver-contract.ts'
import type { Secret } from '#kernel/common/secret'
import type { ResourceSecrets } from '#provisioning/resource'
import { PostgresDriver } from './index.ts'

let database: TestDatabase
const kept = new Map<string, Secret>()
const made: string[] = []
const secrets: ResourceSecrets = {
  write: async (path, value) => void kept.set(path, value),
  find: async (path) => kept.get(path),
  remove: async (path) => void kept.delete(path),
}

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => {
  for (const target of made) await driver().remove(target, context('cleanup'))
  await database[Symbol.asyncDispose]()
})

const driver = (): PostgresDriver => new PostgresDriver({ adminUrl: database.adminUrl, secrets, closed: [new URL(database.url).pathname.slice(1)] })
const context = (key: string) => ({ key, signal: new AbortController().signal, outputs: {}, progress: () => {} })

function request(parameters: Record<string, number> = {}): PlanRequest {
  const component = `t${randomBytes(4).toString('hex')}`
  const target = `postgres/${component}/dev/db`
  made.push(target)
  return { id: 'resource:db', target, desired: { component, environment: 'dev', name: 'db', type: 'postgres', class: 'default', recipe: 'shared', parameters } }
}

async function provide(wish = request()): Promise<{ url: string; target: string }> {
  const outcome = await driver().apply(await driver().plan(wish), context(`chg_${wish.target}:resource:db`))
  const { url } = (outcome as unknown as { outputs: { url: { secretPath: string } } }).outputs
  return { url: kept.get(url.secretPath)?.reveal() ?? '', target: wish.target }
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

driverContract('postgres', {
  make: async () => ({
    driver: driver(),
    request,
    secrets: async () => [...kept.values()],
    crashHalfway: async (action, key) => {
      // The process died after the role was there and before its database was.
      const half = driver()
      const progress = ({ message }: { message: string }): void => {
        if (message.startsWith('database')) throw new Error('killed')
      }
      await half.apply(action, { ...context(key), progress }).catch(() => {})
    },
    broken: async () => new PostgresDriver({ adminUrl: 'postgresql://nobody@localhost/postgres?host=%2Fnonexistent', secrets, closed: [] }),
  }),
})

describe('on a managed server', () => {
  it('needs an administrator that may make roles and databases, no superuser', async () => {
    const administrator = `manager_${randomBytes(4).toString('hex')}`
    await query(database.adminUrl, `create role ${administrator} login createrole createdb password 'managed'`)
    await query(database.adminUrl, `grant connect on database postgres to ${administrator}`)
    const adminUrl = database.adminUrl.replace(/postgres:[^@]+@/, `${administrator}:managed@`)
    const managed = new PostgresDriver({ adminUrl, secrets, closed: [] })
    const wish = request()
    const outcome = await managed.apply(await managed.plan(wish), context('chg_managed:resource:db'))
    const { url } = (outcome as unknown as { outputs: { url: { secretPath: string } } }).outputs
    const service = kept.get(url.secretPath)?.reveal() ?? ''
    await query(service, 'create table thing (id int)')
    expect(await query(service, 'select count(*)::int as count from thing')).toEqual([{ count: 0 }])
    await managed.remove(wish.target, context('chg_managed:remove'))
    await query(database.adminUrl, `drop owned by ${administrator}; drop role ${administrator}`)
  })
})

describe('a service', () => {
  it('can work in its database as it likes', async () => {
    const { url } = await provide()
    await query(url, 'create table thing (id int); create schema own; create extension pg_trgm')
    expect(await query(url, 'select count(*)::int as count from thing')).toEqual([{ count: 0 }])
  })

  it("can't enter another's database, nor the platform's", async () => {
    const one = await provide()
    const other = await provide()
    for (const foreign of [new URL(other.url).pathname, new URL(database.url).pathname])
      await expect(query(one.url.replace(new URL(one.url).pathname + '?', `${foreign}?`), 'select 1')).rejects.toThrow('permission denied for database')
  })

  it('is nobody special: no superuser, makes no roles or databases, reads no password', async () => {
    const { url } = await provide()
    for (const statement of [
      'create role evil',
      'create database evil',
      'select rolpassword from pg_authid',
      `alter role postgres password 'x'`,
      `copy (select 1) to program 'true'`,
    ])
      await expect(query(url, statement)).rejects.toThrow(/permission denied|must be|Only roles/)
  })

  it('logs in by SCRAM with its own password only', async () => {
    const { url } = await provide()
    await expect(query(url.replace(/:[^:@/]+@/, ':wrong@'), 'select 1')).rejects.toThrow('password authentication failed')
  })

  it('has no more connections than its recipe gives it', async () => {
    const { url } = await provide(request({ connections: 1 }))
    const first = new pg.Client({ connectionString: url })
    await first.connect()
    await expect(query(url, 'select 1')).rejects.toThrow('too many connections')
    await first.end()
  })
})

describe('plan', () => {
  it('tells an altered limit as before and after, and keeps the password over the change', async () => {
    const wish = request()
    const { url } = await provide(wish)
    const action = await driver().plan({ ...wish, desired: { ...wish.desired, parameters: { connections: 7 } } })
    expect(action).toMatchObject({ verb: 'alter', changes: [{ path: 'connections', before: 20, after: 7 }] })
    await driver().apply(action, context('chg_alter:resource:db'))
    expect(await query(url, 'select rolconnlimit from pg_roles where rolname = current_user')).toEqual([{ rolconnlimit: 7 }])
  })

  it('keeps its hands off a role that was not made for the target', async () => {
    const wish = request()
    const name = wish.target.split('/').slice(1).join('_')
    await query(database.adminUrl, `create role ${name}`)
    await expect(driver().plan(wish)).rejects.toMatchObject({ code: 'kernel.driver.failed' })
    await expect(driver().remove(wish.target, context('x'))).rejects.toMatchObject({ code: 'kernel.driver.failed' })
    await query(database.adminUrl, `drop role ${name}`)
  })

  it('refuses a parameter that is no number of connections', async () => {
    await expect(driver().plan(request({ connections: 0 }))).rejects.toMatchObject({ code: 'kernel.driver.bad_input' })
  })
})

it('makes one database when two apply at once', async () => {
  const wish = request()
  const action = await driver().plan(wish)
  const outcomes = await Promise.all([1, 2, 3].map(() => driver().apply(action, context('chg_same:resource:db'))))
  expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1)
})
