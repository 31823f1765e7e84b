import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import { Secret } from '#kernel/common/secret'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { Keyring } from './keyring.ts'
import { secretFaults } from './secret-faults.ts'

/** What may be shown of a secret. */
export interface SecretMetadata {
  path: string
  version: number
  createdAt: Date
  createdBy: string
  /** To the minute. */
  lastReadAt: Date | null
}

/** Where secrets live. Paths are like `resources/orders/production/db/url`. */
export interface SecretStore {
  /** Writes a new version; of the value that is there already it is a success that changes nothing. @throws `platform.secret.bad_path`. */
  write(path: string, value: Secret, actor: string): Promise<void>
  /** The newest version. A read by a person (`reader`) is an event. @throws `platform.secret.not_found`. */
  read(path: string, reader?: string): Promise<Secret>
  /** As `read`, but undefined when there is none. */
  find(path: string, reader?: string): Promise<Secret | undefined>
  /** Removes all versions for good. Of an absent secret it is a success. */
  remove(path: string, actor: string): Promise<void>
  /** Secrets whose path begins with `prefix`, by path, behind `after`. */
  list(prefix: string, options?: { after?: string | undefined; limit?: number }): Promise<SecretMetadata[]>
}

const PATH = /^[a-z0-9._-]+(\/[a-z0-9._-]+)*$/
const READ_STEP_MS = 60_000
const REWRAP_BATCH = 200

/** Secrets in Postgres, each version sealed for its path and number. */
export class SealedSecretStore implements SecretStore {
  readonly #deps: { db: Database; journal: Journal; clock: Clock; keyring: Keyring }

  constructor(deps: { db: Database; journal: Journal; clock: Clock; keyring: Keyring }) {
    this.#deps = deps
  }

  async write(path: string, value: Secret, actor: string): Promise<void> {
    const { db, journal, clock, keyring } = this.#deps
    if (path.length > 300 || !PATH.test(path)) throw secretFaults.bad_path({ path })
    await db.transaction().execute(async (tx) => {
      // The row is made first, then locked: two first writers queue here, and each gets a version of its own.
      await sql`insert into secret (path, version) values (${path}, 0) on conflict do nothing`.execute(tx)
      const { rows } = await sql<{ version: number; sealed: Buffer | null }>`
        select s.version, v.sealed from secret s left join secret_version v using (path, version) where path = ${path} for update of s`.execute(tx)
      const current = rows[0] ?? { version: 0, sealed: null }
      if (current.sealed && this.#open(path, current.version, current.sealed).reveal() === value.reveal()) return
      const version = current.version + 1
      const sealed = keyring.seal(Buffer.from(value.reveal()), contextOf(path, version))
      await sql`insert into secret_version (path, version, key_id, sealed, created_at, created_by)
        values (${path}, ${version}, ${keyring.currentId}, ${Buffer.from(sealed)}, ${clock.now()}, ${actor})`.execute(tx)
      await sql`update secret set version = ${version} where path = ${path}`.execute(tx)
      await journal.append(tx, { type: 'platform.secret.written', subject: `secret/${path}`, actor, data: { version } })
    })
  }

  async read(path: string, reader?: string): Promise<Secret> {
    const secret = await this.find(path, reader)
    if (!secret) throw secretFaults.not_found({ path })
    return secret
  }

  async find(path: string, reader?: string): Promise<Secret | undefined> {
    const { db, journal, clock } = this.#deps
    const { rows } = await sql<{ version: number; sealed: Buffer; lastReadAt: Date | null }>`
      select s.version, v.sealed, s.last_read_at as "lastReadAt" from secret s join secret_version v using (path, version) where path = ${path}`.execute(db)
    const row = rows[0]
    if (!row) return undefined
    const now = clock.now()
    const isPerson = reader?.startsWith('user:') ?? false
    if (isPerson || now.getTime() - (row.lastReadAt?.getTime() ?? 0) > READ_STEP_MS)
      await db.transaction().execute(async (tx) => {
        await sql`update secret set last_read_at = ${now} where path = ${path}`.execute(tx)
        if (isPerson && reader !== undefined)
          await journal.append(tx, { type: 'platform.secret.read', subject: `secret/${path}`, actor: reader, data: { version: row.version } })
      })
    return this.#open(path, row.version, row.sealed)
  }

  async remove(path: string, actor: string): Promise<void> {
    await this.#deps.db.transaction().execute(async (tx) => {
      const { rows } = await sql`delete from secret where path = ${path} returning path`.execute(tx)
      if (rows.length === 0) return
      await this.#deps.journal.append(tx, { type: 'platform.secret.removed', subject: `secret/${path}`, actor, data: {} })
    })
  }

  async list(prefix: string, options: { after?: string | undefined; limit?: number } = {}): Promise<SecretMetadata[]> {
    const { rows } = await sql<SecretMetadata>`
      select path, s.version, v.created_at as "createdAt", v.created_by as "createdBy", s.last_read_at as "lastReadAt"
      from secret s join secret_version v using (path, version)
      where starts_with(path, ${prefix}) and path > ${options.after ?? ''} order by path limit ${options.limit ?? 200}`.execute(this.#deps.db)
    return rows
  }

  /**
   * Puts a new master key in use and every stored version under it. Safe to run again after a crash: what is done is passed over.
   * @returns how many versions were rewrapped.
   */
  async rotateMasterKey(actor: string): Promise<number> {
    const { db, journal, keyring } = this.#deps
    const keyId = await keyring.rotate()
    const count = await this.rewrapAll()
    await db.transaction().execute(async (tx) => {
      await journal.append(tx, { type: 'platform.master_key.rotated', subject: `master-key/${keyId}`, actor, data: { count } })
    })
    return count
  }

  /** Puts what older master keys still hold under the key in use. @returns how many versions. */
  async rewrapAll(): Promise<number> {
    const { db, keyring } = this.#deps
    for (let count = 0; ;) {
      const { rows } = await sql<{ path: string; version: number; sealed: Buffer }>`
        select path, version, sealed from secret_version where key_id <> ${keyring.currentId} limit ${REWRAP_BATCH}`.execute(db)
      if (rows.length === 0) return count
      for (const row of rows) {
        const sealed = Buffer.from(keyring.rewrap(row.sealed, contextOf(row.path, row.version)))
        await sql`update secret_version set sealed = ${sealed}, key_id = ${keyring.currentId} where path = ${row.path} and version = ${row.version}`.execute(db)
        count++
      }
    }
  }

  #open(path: string, version: number, sealed: Buffer): Secret {
    return new Secret(Buffer.from(this.#deps.keyring.open(sealed, contextOf(path, version))).toString('utf8'))
  }
}

function contextOf(path: string, version: number): string {
  return `secret/${path}@${version}`
}
