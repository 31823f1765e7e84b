import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'

/** Readings under way in this process; each holds a database connection. */
const AT_ONCE = 4

/** Lets one reading of a location run at a time, in all processes, and a few of all in this one. */
export class LocationTurns {
  readonly #db: Database
  readonly #queue: (() => void)[] = []
  #running = 0

  constructor(db: Database) {
    this.#db = db
  }

  /** Runs `work` while no other process works on the location. @returns undefined when one does and `wait` is false. */
  async take<T>(id: string, wait: boolean, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#queue.push(resolve))
    else this.#running++
    try {
      return await this.#locked(id, wait, work)
    } finally {
      const next = this.#queue.shift()
      if (next) next()
      else this.#running--
    }
  }

  async #locked<T>(id: string, wait: boolean, work: () => Promise<T>): Promise<T | undefined> {
    return await this.#db.transaction().execute(async (tx) => {
      // Held by the connection: a process that is killed gives it up at once.
      const key = sql`hashtextextended(${`location:${id}`}, 7007)`
      if (wait) await sql`select pg_advisory_xact_lock(${key})`.execute(tx)
      else {
        const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(${key}) as got`.execute(tx)
        if (rows[0]?.got !== true) return undefined
      }
      return await work()
    })
  }
}
