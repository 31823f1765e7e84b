import { sql } from 'kysely'
import { newId } from '#kernel/common/id'
import type { Json, JsonObject } from '#kernel/common/json'
import { Secret } from '#kernel/common/secret'
import type { Database, Queryable } from '#kernel/node/database'
import { scaffolderFaults } from './scaffolder-faults.ts'

/** Seals bytes for a context; the platform's keyring does it. */
export interface Sealing {
  seal(value: Uint8Array, context: string): Uint8Array
  open(sealed: Uint8Array, context: string): Uint8Array
}

/**
 * Secrets that came with a run. They lie sealed until the run ends, and are opened only where an effect uses them: in no plan, event, log or answer.
 */
export class TaskSecrets {
  readonly #db: Database
  readonly #sealing: Sealing

  constructor(deps: { db: Database; sealing: Sealing }) {
    this.#db = deps.db
    this.#sealing = deps.sealing
  }

  /** Keeps secrets for a run that `owner` (an entity ref) is about to make; nobody else's run can open them. @returns where they lie; undefined when there are none. */
  async keep(owner: string, secrets: Readonly<Record<string, string>>): Promise<string | undefined> {
    if (Object.keys(secrets).length === 0) return undefined
    const id = newId('tsk')
    const sealed = this.#sealing.seal(new TextEncoder().encode(JSON.stringify(secrets)), contextOf(id, owner))
    await sql`insert into creation_secret (id, sealed) values (${id}, ${Buffer.from(sealed)})`.execute(this.#db)
    return id
  }

  /** @throws `platform.scaffolder.secrets_gone` when they were erased. */
  async open(id: string, owner: string): Promise<Record<string, Secret>> {
    const { rows } = await sql<{ sealed: Buffer }>`select sealed from creation_secret where id = ${id}`.execute(this.#db)
    if (!rows[0]) throw scaffolderFaults.secrets_gone({})
    const values = JSON.parse(new TextDecoder().decode(this.#sealing.open(rows[0].sealed, contextOf(id, owner)))) as Record<string, string>
    return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, new Secret(text)]))
  }

  /** Keeps a secret that a host gave during a run, beside those that came with it. */
  async keepOutput(taskId: string, name: string, value: Secret): Promise<void> {
    const id = outputsId(taskId)
    const known = await this.outputs(taskId)
    const values = Object.fromEntries(Object.entries({ ...known, [name]: value }).map(([key, secret]) => [key, secret.reveal()]))
    const sealed = Buffer.from(this.#sealing.seal(new TextEncoder().encode(JSON.stringify(values)), contextOf(id, taskId)))
    await sql`insert into creation_secret (id, sealed) values (${id}, ${sealed}) on conflict (id) do update set sealed = excluded.sealed`.execute(this.#db)
  }

  /** What hosts have given during a run; none when there was nothing. */
  async outputs(taskId: string): Promise<Record<string, Secret>> {
    const { rows } = await sql`select from creation_secret where id = ${outputsId(taskId)}`.execute(this.#db)
    return rows.length === 0 ? {} : await this.open(outputsId(taskId), taskId)
  }

  /** When a run is done, or taken back: until then a retry may need them. */
  async eraseOutputs(taskId: string, tx: Queryable = this.#db): Promise<void> {
    await this.erase(outputsId(taskId), tx)
  }

  /** In the transaction that ends the run; also for a run that was never made. */
  async erase(id: string, tx: Queryable = this.#db): Promise<void> {
    await sql`delete from creation_secret where id = ${id}`.execute(tx)
  }
}

function outputsId(taskId: string): string {
  return `outputs:${taskId}`
}

function contextOf(id: string, owner: string): string {
  return `creation-secret/${id}/${owner}`
}

/**
 * Puts secrets where their names stand (`{ "$secret": ["Bearer ", { "name": "TOKEN" }] }`). Pure.
 * @throws `platform.scaffolder.secrets_gone` for a name that there is not.
 */
export function revealSecrets(value: Json, secrets: Readonly<Record<string, Secret>>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => revealSecrets(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  const parts = (value as JsonObject)['$secret']
  if (Array.isArray(parts) && Object.keys(value).length === 1) return parts.map((part: Json) => partText(part, secrets)).join('')
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, revealSecrets(member as Json, secrets)]))
}

function partText(part: Json, secrets: Readonly<Record<string, Secret>>): string {
  if (typeof part === 'string') return part
  const name = (part as { name?: unknown } | null)?.name
  const secret = typeof name === 'string' && Object.hasOwn(secrets, name) ? secrets[name] : undefined
  if (!secret) throw scaffolderFaults.secrets_gone({})
  return secret.reveal()
}
