import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { ManualClock } from '#kernel/common/clock'
import { createRouter, systemCaller, type Caller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createEvents } from '#platform/event'
import { ADMINISTRATOR, createIdentity, type Identity } from './index.ts'

const ANA = 'user:default/ana'
let database: TestDatabase
let clock: ManualClock
let journal: MemoryJournal
let identity: Identity
let people: Map<string, string[]>
let call: (method: string, url: string, options?: { token?: string; cookie?: string; body?: unknown; headers?: Record<string, string> }) => Promise<Response>

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())

function make(): Identity {
  return createIdentity({
    db: database.db,
    journal,
    clock,
    log: silentLogger,
    origin: () => 'http://localhost:7007',
    people: { findPerson: async (ref) => (people.has(ref) ? { displayName: `Name of ${ref}` } : undefined), groupsOf: async (ref) => people.get(ref) ?? [] },
  })
}

beforeEach(() => {
  clock = new ManualClock(new Date())
  journal = new MemoryJournal()
  people = new Map([
    [ANA, ['group:default/payments']],
    ['user:default/ben', []],
  ])
  identity = make()
  const router = createRouter(identity.routes, {
    authenticate: identity.authenticate,
    authorize: async () => ({ isAllowed: true, reason: '' }),
    log: silentLogger,
  })
  call = async (method, url, { token, cookie, body, headers } = {}) =>
    await router(
      new Request(`http://localhost:7007${url}`, {
        method,
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(cookie ? { cookie } : {}), host: 'localhost:7007', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
})

const asked = (token: string): Request => new Request('http://localhost/', { headers: { authorization: `Bearer ${token}` } })
const issue = async (caller: Caller, scopes = ['*'], subject?: string, ttlSeconds = 3600) =>
  await identity.service.issueToken(caller, { name: 'test', scopes, subject, ttlSeconds })
const tokenOf = async (subject: string, scopes = ['*'], ttlSeconds = 3600): Promise<string> =>
  (await issue(systemCaller, scopes, subject, ttlSeconds)).token.reveal()
const callerOf = async (token: string): Promise<Caller> => (await identity.authenticate(asked(token))) as Caller
const codeOf = async (user: string): Promise<string> =>
  new URL((await identity.service.createLoginLink(systemCaller, user)).url.reveal()).searchParams.get('code') ?? ''

describe('authenticate', () => {
  it('knows a token by its hash alone, as bearer and as password', async () => {
    const token = await tokenOf(ANA)
    expect(await callerOf(token)).toMatchObject({
      principal: ANA,
      kind: 'person',
      displayName: `Name of ${ANA}`,
      groups: ['group:default/payments'],
      via: 'token',
    })
    const basic = new Request('http://localhost/', { headers: { authorization: `Basic ${Buffer.from(`git:${token}`).toString('base64')}` } })
    expect((await identity.authenticate(basic))?.principal).toBe(ANA)
    const { rows } = await sql<{ row: string }>`select t::text as row from api_token t`.execute(database.db)
    expect(JSON.stringify([rows, journal.events])).not.toContain(token.slice(4))
  })

  it.each(['unknown', 'expired', 'revoked', 'account_gone'])('refuses a credential that is %s, also one that it has just accepted', async (reason) => {
    const { token, id } = await issue(systemCaller, ['*'], ANA, 60)
    if (reason !== 'unknown') await callerOf(token.reveal())
    if (reason === 'expired') clock.advance(60_000)
    if (reason === 'revoked') await identity.service.revokeToken(systemCaller, id)
    if (reason === 'account_gone') {
      people.delete(ANA)
      clock.advance(6_000)
    }
    const shown = reason === 'unknown' ? token.reveal().replace(/.{5}$/, 'AAAAA') : token.reveal()
    await expect(identity.authenticate(asked(shown))).rejects.toMatchObject({ code: `platform.identity.${reason}`, status: 401 })
  })

  it('does not remember a token that was revoked while it was being looked up', async () => {
    const { token, id } = await issue(systemCaller, ['*'], ANA)
    const inner = identity.authenticate
    for (let round = 0; round < 20; round++) {
      const looking = inner(asked(token.reveal())).catch(() => undefined)
      if (round === 10) await identity.service.revokeToken(systemCaller, id)
      await looking
    }
    await expect(identity.authenticate(asked(token.reveal()))).rejects.toMatchObject({ code: 'platform.identity.revoked' })
  })

  it('hears of a revocation by another process', async () => {
    const { token, id } = await issue(systemCaller, ['*'], ANA)
    await callerOf(token.reveal())
    await make().service.revokeToken(systemCaller, id)
    identity.onEvent({ ...(journal.events.at(-1) as (typeof journal.events)[number]), sequence: 1, at: clock.now(), hash: '' })
    await expect(identity.authenticate(asked(token.reveal()))).rejects.toMatchObject({ code: 'platform.identity.revoked' })
  })

  it('answers from memory, and notes the last use seldom', async () => {
    const token = await tokenOf(ANA)
    await callerOf(token)
    const startedAt = performance.now()
    for (let round = 0; round < 2_000; round++) await callerOf(token)
    expect((performance.now() - startedAt) / 2_000).toBeLessThan(0.5)
    clock.advance(6_000)
    const first = (await identity.service.listTokens(await callerOf(token), { limit: 1 }))[0]?.lastUsedAt
    expect(first?.getTime()).toBe(clock.now().getTime() - 6_000)
  })
})

describe('tokens', () => {
  it.each([
    [['change:read'], ['change:*']],
    [['change:read'], ['*:read']],
    [['state:*@State/a'], ['state:*']],
    [['*:read'], ['*']],
    [
      ['change:read', 'run:read'],
      ['change:read', 'run:create'],
    ],
  ])('of a caller with scopes %j never reach %j', async (own, wished) => {
    const caller = await callerOf(await tokenOf(ANA, own))
    await expect(issue(caller, wished)).rejects.toMatchObject({ code: 'platform.identity.scope_exceeds' })
  })

  it('end no later than the token that made them', async () => {
    const caller = await callerOf(await tokenOf(ANA, ['*'], 60))
    const child = await issue(caller, ['change:read'], undefined, 3600)
    expect(child.expiresAt?.getTime()).toBe(clock.now().getTime() + 60_000)
  })

  it('for another subject are for administrators, and say who issued them', async () => {
    await expect(issue(await callerOf(await tokenOf(ANA)), ['*'], 'user:default/ben')).rejects.toMatchObject({ code: 'platform.identity.not_for_others' })
    await expect(issue(systemCaller, ['*'], 'user:default/nobody')).rejects.toMatchObject({ code: 'platform.identity.unknown_subject' })
    await expect(issue(systemCaller, ['*'], 'group:default/payments')).rejects.toMatchObject({ code: 'platform.identity.unknown_subject' })
    expect(await callerOf(await tokenOf('agent:default/helper', ['change:read']))).toMatchObject({
      kind: 'agent',
      isAdministrator: false,
      scopes: ['change:read'],
    })
    expect(journal.events.at(-1)).toMatchObject({
      type: 'platform.token.issued',
      actor: 'system:fairway',
      data: { subject: 'agent:default/helper', issuedBy: 'system:fairway' },
    })
  })

  it('of others are neither listed nor revoked', async () => {
    const foreign = await issue(systemCaller, ['*'], 'user:default/ben')
    const token = await tokenOf(ANA)
    const list = (await (await call('GET', '/api/v1/tokens?limit=200', { token })).json()) as { items: { subject: string }[] }
    expect(new Set(list.items.map((item) => item.subject))).toEqual(new Set([ANA]))
    expect((await call('DELETE', `/api/v1/tokens/${foreign.id}`, { token })).status).toBe(404)
    expect(await callerOf(foreign.token.reveal())).toMatchObject({ principal: 'user:default/ben' })
  })

  it('are issued, used and revoked over the API', async () => {
    const made = await call('POST', '/api/v1/tokens', { token: await tokenOf(ANA), body: { name: 'ci', scopes: ['*:read'], ttlSeconds: 60 } })
    const { token, id } = (await made.json()) as { token: string; id: string }
    expect(made.status).toBe(201)
    expect(await (await call('GET', '/api/v1/me', { token })).json()).toMatchObject({ principal: ANA, scopes: ['*:read'], isAdministrator: false })
    expect((await call('DELETE', `/api/v1/tokens/${id}`, { token })).status).toBe(204)
    const after = await call('GET', '/api/v1/me', { token })
    expect([after.status, await after.json()]).toMatchObject([401, { code: 'platform.identity.revoked' }])
  })
})

describe('login links', () => {
  it('sign in once: of twenty at once exactly one gets a session', async () => {
    const code = await codeOf(ANA)
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('POST', '/api/v1/session', { body: { code } })))
    expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([200, ...Array.from({ length: 19 }, () => 401)])
    expect(journal.events.filter((event) => event.type === 'platform.session.started')).toHaveLength(1)
  })

  it('open a session by cookie, which ends by signing out', async () => {
    const answer = await call('POST', '/api/v1/session', { body: { code: await codeOf(ANA) }, cookie: 'fairway_session=stale' })
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    expect(await answer.json()).toEqual({ principal: ANA, displayName: `Name of ${ANA}` })
    expect(await (await call('GET', '/api/v1/me', { cookie })).json()).toMatchObject({ principal: ANA })
    expect((await call('DELETE', '/api/v1/session', { cookie, headers: { origin: 'http://evil.test' } })).status).toBe(403)
    expect((await call('DELETE', '/api/v1/session', { cookie, headers: { origin: 'http://localhost:7007' } })).status).toBe(200)
    expect((await call('GET', '/api/v1/me', { cookie })).status).toBe(401)
  })

  it('are void after 15 minutes', async () => {
    const code = await codeOf(ANA)
    clock.advance(15 * 60_000)
    expect((await call('POST', '/api/v1/session', { body: { code } })).status).toBe(401)
  })

  it('can not be used by a foreign page to sign its visitor in', async () => {
    const answer = await call('POST', '/api/v1/session', { body: { code: await codeOf(ANA) }, headers: { origin: 'http://evil.test' } })
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'kernel.http.cross_site' }])
  })

  it('can not be guessed at speed', async () => {
    const guess = (): Promise<Response> => call('POST', '/api/v1/session', { body: { code: 'fwl_guess' } })
    for (let round = 0; round < 30; round++) expect((await guess()).status).toBe(401)
    const limited = await guess()
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    clock.advance(60_000)
    expect((await call('POST', '/api/v1/session', { body: { code: await codeOf(ANA) } })).status).toBe(200)
  })

  it('are given away by an unlimited administrator only, and only for people', async () => {
    const limited: Caller = { ...systemCaller, scopes: ['admin:login-link'] }
    await expect(identity.service.createLoginLink(limited, ANA)).rejects.toMatchObject({ code: 'platform.identity.scope_exceeds' })
    await expect(identity.service.createLoginLink(await callerOf(await tokenOf(ANA)), 'user:default/ben')).rejects.toMatchObject({
      code: 'platform.identity.not_for_others',
    })
    await expect(identity.service.createLoginLink(systemCaller, 'agent:default/helper')).rejects.toMatchObject({ code: 'platform.identity.unknown_subject' })
  })
})

describe('a session', () => {
  it('lives on by use, dies after 12 idle hours, and never outlives 30 days', async () => {
    const { session } = await identity.service.signIn(await codeOf(ANA))
    const visit = async (): Promise<Caller | undefined> =>
      await identity.authenticate(new Request('http://localhost/', { headers: { cookie: `fairway_session=${session.reveal()}` } }))
    const hour = 3_600_000
    for (let hours = 0; hours < 30 * 24 - 11; hours += 11) {
      clock.advance(11 * hour)
      expect((await visit())?.via).toBe('cookie')
    }
    clock.advance(11 * hour)
    await expect(visit()).rejects.toMatchObject({ code: 'platform.identity.expired' })
    const idle = await identity.service.signIn(await codeOf(ANA))
    clock.advance(12 * hour)
    await expect(
      identity.authenticate(new Request('http://localhost/', { headers: { cookie: `fairway_session=${idle.session.reveal()}` } })),
    ).rejects.toMatchObject({ code: 'platform.identity.expired' })
  })
})

describe('watchCredential', () => {
  it('ends what lives on a token when that is revoked', async () => {
    const { token, id } = await issue(systemCaller, ['*'], ANA)
    const ended = Promise.withResolvers<void>()
    identity.watchCredential(await callerOf(token.reveal()), ended.resolve)
    await identity.service.revokeToken(systemCaller, id)
    await expect(ended.promise).resolves.toBeUndefined()
  })

  it('ends it when the token expires, and at once when it is void already', async () => {
    const { token, id } = await issue(systemCaller, ['*'], ANA, 1)
    const caller = await callerOf(token.reveal())
    const real = createIdentity({
      db: database.db,
      journal,
      clock: { now: () => new Date(), sleep: async () => {} },
      log: silentLogger,
      origin: () => '',
      people: { findPerson: async () => undefined, groupsOf: async () => [] },
    })
    const expired = Promise.withResolvers<void>()
    real.watchCredential(caller, expired.resolve)
    await expect(expired.promise).resolves.toBeUndefined()
    await identity.service.revokeToken(systemCaller, id)
    const late = Promise.withResolvers<void>()
    identity.watchCredential(caller, late.resolve)
    await expect(late.promise).resolves.toBeUndefined()
  })
})

it('ends an open stream of events at once when its token is revoked', async () => {
  const events = createEvents({
    db: database.db,
    databaseUrl: database.url,
    clock,
    log: silentLogger,
    watchCredential: (caller, onEnd) => identity.watchCredential(caller, onEnd),
  })
  const running = await events.feed.start()
  const router = createRouter(events.routes, {
    authenticate: identity.authenticate,
    authorize: async () => ({ isAllowed: true, reason: '' }),
    log: silentLogger,
  })
  const { token, id } = await issue(systemCaller, ['*'], ANA)
  const stream = await router(new Request('http://localhost/api/v1/stream', { headers: { authorization: `Bearer ${token.reveal()}` } }))
  const reader = stream.body?.getReader()
  expect((await reader?.read())?.done).toBe(false)
  await identity.service.revokeToken(systemCaller, id)
  expect((await reader?.read())?.done).toBe(true)
  await running[Symbol.asyncDispose]()
})

describe('ensureAdministrator', () => {
  it('keeps a good credential file over restarts, and replaces one that is missing, wrong or revoked', async () => {
    const file = path.join(await mkdtemp(path.join(tmpdir(), 'admin-')), 'admin.token')
    expect(await identity.ensureAdministrator({ file })).toEqual({ isNew: true })
    const token = (await readFile(file, 'utf8')).trim()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await make().ensureAdministrator({ file })).toEqual({ isNew: false })
    const caller = await callerOf(token)
    expect(caller).toMatchObject({ principal: ADMINISTRATOR, isAdministrator: true, kind: 'person' })
    await identity.service.revokeToken(caller, caller.credentialId ?? '')
    expect(await identity.ensureAdministrator({ file })).toEqual({ isNew: true })
    await writeFile(file, `${await tokenOf(ANA)}\n`)
    expect(await identity.ensureAdministrator({ file })).toEqual({ isNew: true })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })
})
