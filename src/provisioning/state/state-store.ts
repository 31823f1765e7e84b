import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import { stateFaults } from './state-faults.ts'
import { judgeUnlock, judgeWrite, readStateText, type HeldLock, type LockInfo, type StateActor, type StateHead } from './state-rules.ts'

/** Versions kept of each state. */
const KEEP_VERSIONS = 100

export interface StateDeps {
  db: Database
  journal: Journal
  clock: Clock
  /** Seals states for the database; the platform's keyring. */
  sealing: { seal(value: Uint8Array, context: string): Uint8Array; open(sealed: Uint8Array, context: string): Uint8Array }
  /** True while a token is neither revoked nor expired: the lock of a run whose token is dead may be taken over. */
  isCredentialAlive: (credentialId: string) => Promise<boolean>
}

interface StateRow {
  version: number
  lineage: string | null
  serial: number | null
  md5: string | null
  held: HeldLock | undefined
}

/** States of Terraform and OpenTofu: versions, locks, and nothing that a client forgot to check. */
export class StateStore {
  readonly #deps: StateDeps

  constructor(deps: StateDeps) {
    this.#deps = deps
  }

  async read(name: string): Promise<{ body: Uint8Array; md5: string } | undefined> {
    const { rows } = await sql<{ version: number; sealed: Buffer; md5: string }>`
      select version, sealed, md5 from infrastructure_state join infrastructure_state_version using (name, version) where name = ${name}`.execute(this.#deps.db)
    const row = rows[0]
    return row && { body: this.#deps.sealing.open(row.sealed, contextOf(name, row.version)), md5: row.md5 }
  }

  /** Where a state stands; undefined when there is none. */
  async head(name: string): Promise<Pick<StateHead, 'lineage' | 'serial'> | undefined> {
    const { rows } = await sql<{ lineage: string | null; serial: number | null }>`
      select lineage, serial from infrastructure_state where name = ${name} and version > 0`.execute(this.#deps.db)
    return rows[0]
  }

  /** @returns the holder when somebody else has the lock. @throws `provisioning.state.not_state`, `.refused`. */
  async write(name: string, body: Uint8Array, lockId: string | undefined, actor: StateActor): Promise<LockInfo | undefined> {
    const found = readStateText(Buffer.from(body).toString('utf8'))
    if (!found) throw stateFaults.not_state({ name })
    const incoming: StateHead = { ...found, md5: createHash('md5').update(body).digest('base64') }
    return await this.#locked(name, async (tx, row) => {
      const verdict = judgeWrite({ lockId, actor, incoming }, row.held, headOf(row))
      if (verdict.outcome === 'locked') return row.held?.info
      if (verdict.outcome === 'refused') throw stateFaults.refused({ name, why: verdict.message })
      if (verdict.outcome === 'write') await this.#append(tx, name, row.version + 1, body, incoming, actor)
      return undefined
    })
  }

  /** @returns the holder when somebody else has the lock; undefined when it is the caller's now. */
  async lock(name: string, info: LockInfo, actor: StateActor): Promise<LockInfo | undefined> {
    const { journal, clock, isCredentialAlive } = this.#deps
    return await this.#locked(name, async (tx, { held }) => {
      if (held) {
        if (held.info.ID === info.ID && held.credentialId === actor.credentialId && held.principal === actor.principal) return undefined
        if (held.credentialId === undefined || (await isCredentialAlive(held.credentialId))) return held.info
        // Its run is over, crashed or not: with a dead token it can neither write nor unlock.
        const data = { from: held.principal, lock: held.info.ID }
        await journal.append(tx, { type: 'provisioning.state.lock_taken_over', subject: `state/${name}`, actor: actor.principal, data })
      }
      await sql`update infrastructure_state set lock = ${JSON.stringify(info)}::jsonb, lock_credential = ${actor.credentialId ?? null}, lock_principal = ${actor.principal}, locked_at = ${clock.now()}
        where name = ${name}`.execute(tx)
      return undefined
    })
  }

  /** @param lockId undefined for `force-unlock`. @returns the holder when the caller may not open the lock. */
  async unlock(name: string, lockId: string | undefined, actor: StateActor): Promise<LockInfo | undefined> {
    return await this.#locked(name, async (tx, { held }) => {
      const verdict = judgeUnlock({ lockId, actor }, held)
      if (verdict === 'refused') return held?.info
      if (verdict === 'nothing' || !held) return undefined
      await sql`update infrastructure_state set lock = null, lock_credential = null, lock_principal = null, locked_at = null where name = ${name}`.execute(tx)
      if (lockId === undefined || held.principal !== actor.principal || held.credentialId !== actor.credentialId) {
        const data = { from: held.principal, lock: held.info.ID }
        await this.#deps.journal.append(tx, { type: 'provisioning.state.lock_forced', subject: `state/${name}`, actor: actor.principal, data })
      }
      return undefined
    })
  }

  /** Removes a state with its history. Of an absent one it is a success. @returns the holder when somebody else has the lock. */
  async remove(name: string, actor: StateActor): Promise<LockInfo | undefined> {
    return await this.#locked(name, async (tx, { held, version }) => {
      if (held && judgeUnlock({ lockId: held.info.ID, actor }, held) === 'refused') return held.info
      await sql`delete from infrastructure_state where name = ${name}`.execute(tx)
      if (version > 0)
        await this.#deps.journal.append(tx, { type: 'provisioning.state.removed', subject: `state/${name}`, actor: actor.principal, data: { version } })
      return undefined
    })
  }

  async #append(tx: Transaction, name: string, version: number, body: Uint8Array, incoming: StateHead, actor: StateActor): Promise<void> {
    const { journal, clock, sealing } = this.#deps
    const sealed = Buffer.from(sealing.seal(body, contextOf(name, version)))
    await sql`insert into infrastructure_state_version (name, version, md5, sealed, size_bytes, created_at, created_by)
      values (${name}, ${version}, ${incoming.md5}, ${sealed}, ${body.byteLength}, ${clock.now()}, ${actor.principal})`.execute(tx)
    await sql`delete from infrastructure_state_version where name = ${name} and version <= ${version - KEEP_VERSIONS}`.execute(tx)
    await sql`update infrastructure_state set version = ${version}, lineage = ${incoming.lineage}, serial = ${incoming.serial} where name = ${name}`.execute(tx)
    const data = { version, serial: incoming.serial, sizeBytes: body.byteLength }
    await journal.append(tx, { type: 'provisioning.state.written', subject: `state/${name}`, actor: actor.principal, data })
  }

  /** Holds the state's row, made when absent, for the time of `work`: everything about one state happens one after the other. */
  async #locked<T>(name: string, work: (tx: Transaction, row: StateRow) => Promise<T>): Promise<T> {
    return await this.#deps.db.transaction().execute(async (tx) => {
      await sql`insert into infrastructure_state (name) values (${name}) on conflict do nothing`.execute(tx)
      const { rows } = await sql<Omit<StateRow, 'held'> & { lock: LockInfo | null; lockCredential: string | null; lockPrincipal: string | null }>`
        select s.version, s.lineage, s.serial, v.md5, s.lock, s.lock_credential as "lockCredential", s.lock_principal as "lockPrincipal"
        from infrastructure_state s left join infrastructure_state_version v using (name, version) where name = ${name} for update of s`.execute(tx)
      const row = rows[0]
      if (!row) throw stateFaults.refused({ name, why: 'it was removed at this moment' })
      const { lock, lockCredential, lockPrincipal, ...rest } = row
      const result = await work(tx, {
        ...rest,
        held: lock ? { info: lock, principal: lockPrincipal ?? '', credentialId: lockCredential ?? undefined } : undefined,
      })
      // Locked, planned and unlocked without ever being written: no trace stays.
      await sql`delete from infrastructure_state where name = ${name} and version = 0 and lock is null`.execute(tx)
      return result
    })
  }
}

function headOf(row: StateRow): StateHead | undefined {
  return row.md5 === null ? undefined : { lineage: row.lineage, serial: row.serial, md5: row.md5 }
}

function contextOf(name: string, version: number): string {
  return `state/${name}@${version}`
}
