import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Caller } from '#kernel/node/http'
import type { Logger } from '#kernel/node/log'
import { hashCredential, readCredential, type Presented } from './credential.ts'
import { identityFaults } from './identity-faults.ts'
import { extendSession, findSessionByHash, findTokenByHash, touchToken, type CredentialRow } from './identity-store.ts'
import type { People } from './people.ts'

/** How long group membership and the like may be out of date. A revoked credential is out at once, whatever this says. */
const FRESH_MS = 5_000
const CACHE_MAX = 5_000
/** A token's last use is kept to this many milliseconds. */
const LAST_USED_STEP_MS = 5 * 60_000
export const SESSION_IDLE_MS = 12 * 3_600_000

interface Known {
  caller: Caller
  expiresAtMs: number
  loadedAtMs: number
}

/** Finds out who calls. Keeps what it found for some seconds, so that most requests ask the database nothing. */
export class Authenticator {
  readonly #deps: { db: Database; clock: Clock; log: Logger; people: People }
  readonly #known = new Map<string, Known>()
  #generation = 0

  constructor(deps: { db: Database; clock: Clock; log: Logger; people: People }) {
    this.#deps = deps
  }

  /**
   * The caller, or undefined when the request shows no credential.
   * @throws `platform.identity.malformed`, `.unknown`, `.expired`, `.revoked`, `.account_gone`: each a 401 that says why.
   */
  async authenticate(request: Request): Promise<Caller | undefined> {
    // Whoever signs in anew may still hold a dead cookie; it must not stand in the way.
    if (request.method === 'POST' && !request.headers.has('authorization') && new URL(request.url).pathname === '/api/v1/session') return undefined
    const presented = readCredential(request.headers)
    if (!presented) return undefined
    const hash = hashCredential(presented.text)
    const key = hash.toString('latin1')
    const nowMs = this.#deps.clock.now().getTime()
    const known = this.#known.get(key)
    if (known && nowMs < known.expiresAtMs && nowMs - known.loadedAtMs < FRESH_MS) return known.caller
    this.#known.delete(key)
    const generation = this.#generation
    const found = await this.#load(presented, hash, nowMs)
    // A credential that was revoked while we read must not be remembered.
    if (generation === this.#generation) this.#remember(key, found)
    return found.caller
  }

  /** Forgets a credential at once; everything when `credentialId` is undefined. */
  forget(credentialId?: string): void {
    this.#generation++
    for (const [key, known] of this.#known) if (credentialId === undefined || known.caller.credentialId === credentialId) this.#known.delete(key)
  }

  #remember(key: string, known: Known): void {
    if (this.#known.size >= CACHE_MAX) this.#known.delete(this.#known.keys().next().value as string)
    this.#known.set(key, known)
  }

  async #load(presented: Presented, hash: Buffer, nowMs: number): Promise<Known> {
    const row = await (presented.kind === 'token' ? findTokenByHash : findSessionByHash)(this.#deps.db, hash)
    const { kind } = presented
    if (!row) throw identityFaults.unknown({ kind })
    if (row.revokedAt) throw identityFaults.revoked({ kind })
    if (row.expiresAt && row.expiresAt.getTime() <= nowMs) throw identityFaults.expired({ kind, at: row.expiresAt.toISOString() })
    const person = row.kind === 'person' ? await this.#deps.people.findPerson(row.principal) : undefined
    // Administrators are ours; everybody else lives in the catalog and loses access by leaving it.
    if (row.kind === 'person' && !person && !row.isAdministrator) throw identityFaults.account_gone({ principal: row.principal })
    const caller: Caller = {
      principal: row.principal,
      kind: row.kind,
      displayName: person?.displayName ?? row.displayName,
      groups: row.kind === 'person' ? await this.#deps.people.groupsOf(row.principal) : [],
      scopes: row.scopes,
      isAdministrator: row.isAdministrator,
      via: kind === 'token' ? 'token' : 'cookie',
      credentialId: row.id,
    }
    await this.#noteUse(kind, row, nowMs)
    return { caller, loadedAtMs: nowMs, expiresAtMs: row.expiresAt?.getTime() ?? Infinity }
  }

  /** Writes seldom: a token's last use to five minutes, a session's new end after an hour of use. */
  async #noteUse(kind: 'token' | 'session', row: CredentialRow, nowMs: number): Promise<void> {
    const { db, log } = this.#deps
    const now = new Date(nowMs)
    try {
      if (kind === 'token' && nowMs - (row.lastUsedAt?.getTime() ?? 0) > LAST_USED_STEP_MS) await touchToken(db, row.id, now)
      const leftMs = (row.expiresAt?.getTime() ?? 0) - nowMs
      if (kind === 'session' && leftMs < SESSION_IDLE_MS - 3_600_000 && row.expiresAt && row.endsAt && row.expiresAt < row.endsAt)
        await extendSession(db, row.id, new Date(nowMs + SESSION_IDLE_MS))
    } catch (error) {
      log.warn('the last use of a credential was not noted', { caller: row.principal, error })
    }
  }
}
