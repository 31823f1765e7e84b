import type { Clock } from '#kernel/common/clock'
import { newId } from '#kernel/common/id'
import { Secret } from '#kernel/common/secret'
import type { Database, Transaction } from '#kernel/node/database'
import { systemCaller, type Caller } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import { AttemptLimit } from './attempt-limit.ts'
import { SESSION_IDLE_MS, type Authenticator } from './authenticator.ts'
import type { CredentialWatch } from './credential-watch.ts'
import { hashCredential, isCredential, makeCredential } from './credential.ts'
import { identityFaults } from './identity-faults.ts'
import * as store from './identity-store.ts'
import type { People } from './people.ts'
import { kindOfPrincipal } from './principal.ts'
import { isWithinScopes } from './scope.ts'

const LINK_LIFE_MS = 15 * 60_000
export const SESSION_LIFE_MS = 30 * 24 * 3_600_000

export interface IssuedToken {
  id: string
  token: Secret
  name: string
  subject: string
  scopes: readonly string[]
  createdAt: Date
  expiresAt: Date | null
}

interface ServiceDeps {
  db: Database
  journal: Journal
  clock: Clock
  people: People
  authenticator: Authenticator
  watch: CredentialWatch
  /** Where people reach the portal, e.g. `http://localhost:7007`. */
  origin: () => string
}

/** Accounts and their credentials. Every issue, use and end is an event; no event carries a secret. */
export class IdentityService {
  readonly #deps: ServiceDeps
  readonly #codes: AttemptLimit

  constructor(deps: ServiceDeps) {
    this.#deps = deps
    this.#codes = new AttemptLimit({ clock: deps.clock, max: 30, windowMs: 60_000 })
  }

  /**
   * Issues a token. It can do no more than the credential that asks, and lives no longer than that.
   * @param ttlSeconds undefined for a token without end; only the platform itself may ask for that.
   * @throws `platform.identity.scope_exceeds`, `.not_for_others`, `.unknown_subject`.
   */
  async issueToken(caller: Caller, wish: { name: string; subject?: string | undefined; scopes: readonly string[]; ttlSeconds?: number }): Promise<IssuedToken> {
    const { db, journal, clock } = this.#deps
    const subject = wish.subject ?? caller.principal
    if (subject !== caller.principal && !caller.isAdministrator) throw identityFaults.not_for_others({ subject })
    assertWithin(wish.scopes, caller)
    await this.#assertSubject(subject)
    const createdAt = clock.now()
    const wished = wish.ttlSeconds === undefined ? null : new Date(createdAt.getTime() + wish.ttlSeconds * 1000)
    return await db.transaction().execute(async (tx) => {
      const own = caller.via === 'token' && caller.credentialId !== undefined ? await store.findEnd(tx, caller.credentialId) : null
      if (own === undefined) throw identityFaults.revoked({ kind: 'token' })
      const expiresAt = own !== null && (wished === null || own < wished) ? own : wished
      const { secret, hash } = makeCredential('fwy')
      const id = newId('tok')
      await store.ensureAccount(tx, { principal: subject, at: createdAt })
      await store.insertToken(tx, { ...wish, id, hash, principal: subject, issuedBy: caller.principal, issuedWith: caller.credentialId, createdAt, expiresAt })
      const data = { subject, name: wish.name, scopes: wish.scopes, issuedBy: caller.principal, expiresAt: expiresAt?.toISOString() ?? null }
      await journal.append(tx, { type: 'platform.token.issued', subject: `token/${id}`, actor: caller.principal, data })
      return { id, token: secret, name: wish.name, subject, scopes: wish.scopes, createdAt, expiresAt }
    })
  }

  /** A token of the caller, or any for an administrator. Revoking twice is a success. @throws `platform.identity.token_not_found`. */
  async revokeToken(caller: Caller, id: string): Promise<void> {
    const { db, journal, clock } = this.#deps
    const token = await store.findToken(db, id)
    if (!token || (token.principal !== caller.principal && !caller.isAdministrator)) throw identityFaults.token_not_found({ id })
    await db.transaction().execute(async (tx) => {
      if (!(await store.revokeToken(tx, id, clock.now()))) return
      await journal.append(tx, {
        type: 'platform.token.revoked',
        subject: `token/${id}`,
        actor: caller.principal,
        data: { subject: token.principal, name: token.name },
      })
    })
    this.endCredential(id)
  }

  async listTokens(caller: Caller, query: { subject?: string | undefined; before?: string | undefined; limit: number }): Promise<store.TokenRow[]> {
    const principal = caller.isAdministrator ? query.subject : caller.principal
    return await store.listTokens(this.#deps.db, { principal, before: query.before, limit: query.limit })
  }

  /**
   * Makes a link that signs a person in, once, within 15 minutes. A session can do everything its person can, so only an unlimited credential may give one away.
   * @throws `platform.identity.scope_exceeds`, `.unknown_subject`, `.not_for_others`.
   */
  async createLoginLink(caller: Caller, user: string): Promise<{ url: Secret; expiresAt: Date }> {
    const { db, journal, clock, origin } = this.#deps
    if (!caller.isAdministrator && user !== caller.principal) throw identityFaults.not_for_others({ subject: user })
    assertWithin(['*'], caller)
    if (kindOfPrincipal(user) !== 'person') throw identityFaults.unknown_subject({ subject: user })
    await this.#assertSubject(user)
    const createdAt = clock.now()
    const expiresAt = new Date(createdAt.getTime() + LINK_LIFE_MS)
    const { secret, hash } = makeCredential('fwl')
    const id = newId('lnk')
    await db.transaction().execute(async (tx) => {
      await store.ensureAccount(tx, { principal: user, at: createdAt })
      await store.insertLoginLink(tx, { id, hash, principal: user, issuedBy: caller.principal, createdAt, expiresAt })
      const data = { user, expiresAt: expiresAt.toISOString() }
      await journal.append(tx, { type: 'platform.login_link.created', subject: `login-link/${id}`, actor: caller.principal, data })
    })
    return { url: new Secret(`${origin()}/login?code=${secret.reveal()}`), expiresAt }
  }

  /** Turns a login code into a session. @throws `platform.identity.bad_code`, `.too_many_attempts`. */
  async signIn(code: string): Promise<{ session: Secret; principal: string }> {
    const { db, journal, clock } = this.#deps
    this.#codes.assertOpen()
    const now = clock.now()
    const made = await db.transaction().execute(async (tx) => {
      const link = isCredential('fwl', code) ? await store.consumeLoginLink(tx, hashCredential(code), now) : undefined
      return link ? await this.#openSession(tx, link, now, journal) : undefined
    })
    if (made) return made
    this.#codes.noteFailure()
    throw identityFaults.bad_code({})
  }

  /** Ends the caller's own session. */
  async signOut(caller: Caller): Promise<void> {
    const { db, journal, clock } = this.#deps
    const id = caller.credentialId
    if (caller.via !== 'cookie' || id === undefined) return
    await db.transaction().execute(async (tx) => {
      if (!(await store.revokeSession(tx, id, clock.now()))) return
      await journal.append(tx, { type: 'platform.session.ended', subject: `session/${id}`, actor: caller.principal, data: {} })
    })
    this.endCredential(id)
  }

  /** Makes `principal` an administrator's account and gives it a token without end. For the platform's own start. */
  async issueAdministratorToken(principal: string): Promise<Secret> {
    const { db, clock } = this.#deps
    await db.transaction().execute(async (tx) => {
      await store.ensureAccount(tx, { principal, displayName: 'Administrator', isAdministrator: true, at: clock.now() })
      await store.makeAdministrator(tx, principal)
    })
    return (await this.issueToken(systemCaller, { name: 'administrator credential file', subject: principal, scopes: ['*'] })).token
  }

  /** Forgets a credential here and ends what lives on it: also called for what another process has revoked. */
  endCredential(id: string): void {
    this.#deps.authenticator.forget(id)
    this.#deps.watch.end(id)
  }

  /** True while a token or session is neither revoked nor expired. */
  async isAlive(credentialId: string): Promise<boolean> {
    const endsAt = await store.findEnd(this.#deps.db, credentialId)
    return endsAt === null || (endsAt !== undefined && endsAt > this.#deps.clock.now())
  }

  async #openSession(tx: Transaction, link: { id: string; principal: string }, now: Date, journal: Journal): Promise<{ session: Secret; principal: string }> {
    const { secret, hash } = makeCredential('fws')
    const id = newId('ses')
    const { principal } = link
    const expiresAt = new Date(now.getTime() + SESSION_IDLE_MS)
    await store.insertSession(tx, { id, hash, principal, createdAt: now, expiresAt, endsAt: new Date(now.getTime() + SESSION_LIFE_MS) })
    await journal.append(tx, { type: 'platform.session.started', subject: `session/${id}`, actor: principal, data: { loginLink: link.id } })
    return { session: secret, principal }
  }

  async #assertSubject(subject: string): Promise<void> {
    const kind = kindOfPrincipal(subject)
    if (kind === undefined) throw identityFaults.unknown_subject({ subject })
    if (kind !== 'person' || (await this.#deps.people.findPerson(subject)) || (await store.isAdministrator(this.#deps.db, subject))) return
    throw identityFaults.unknown_subject({ subject })
  }
}

function assertWithin(scopes: readonly string[], caller: Caller): void {
  const scope = scopes.find((wished) => !isWithinScopes(wished, caller.scopes))
  if (scope !== undefined) throw identityFaults.scope_exceeds({ scope, own: caller.scopes.join(' ') })
}
