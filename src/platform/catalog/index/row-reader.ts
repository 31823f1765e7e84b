import { CompiledQuery } from 'kysely'
import type pg from 'pg'
import type { Database } from '#kernel/node/database'

/** Reads on their way at once: what is asked meanwhile goes together in the next one, which costs little more than a single row. */
export const MAX_RUNNING = 2
const MAX_ROWS = 2_000

interface Reading<Row> {
  ids: readonly number[]
  done: PromiseWithResolvers<ReadonlyMap<number, Row>>
}

/**
 * Reads rows by id, for all who ask at about the same time by one statement. A read never joins one that has begun: everybody sees what was committed
 * before they asked.
 */
export class RowReader<Row extends { id: number }> {
  readonly #db: Database
  readonly #statement: { name: string; text: string }
  #waiting: Reading<Row>[] = []
  #running = 0
  /** Connections of its own, on which the statement is prepared once; those of the database when there are none. */
  pool: pg.Pool | undefined

  /** @param statement takes the ids as `$1::int[]`. */
  constructor(db: Database, statement: { name: string; text: string }) {
    this.#db = db
    this.#statement = statement
  }

  /** Rows by id; those that are gone are left out. There may be others, too. */
  async read(ids: readonly number[]): Promise<ReadonlyMap<number, Row>> {
    const done = Promise.withResolvers<ReadonlyMap<number, Row>>()
    this.#waiting.push({ ids, done })
    this.#next()
    return await done.promise
  }

  #next(): void {
    if (this.#running >= MAX_RUNNING || this.#waiting.length === 0) return
    let count = 0
    let taken = 0
    while (taken < this.#waiting.length && (taken === 0 || count + this.#waiting[taken]!.ids.length <= MAX_ROWS)) count += this.#waiting[taken++]!.ids.length
    const readings = this.#waiting.splice(0, taken)
    this.#running++
    void this.#readAll(readings).finally(() => {
      this.#running--
      this.#next()
    })
  }

  async #readAll(readings: readonly Reading<Row>[]): Promise<void> {
    const ids = new Set(readings.flatMap((reading) => reading.ids))
    try {
      const rows = new Map<number, Row>()
      for (const row of await this.#select(`{${[...ids].join(',')}}`)) rows.set(row.id, row)
      for (const { done } of readings) done.resolve(rows)
    } catch (error) {
      for (const { done } of readings) done.reject(error)
    }
  }

  async #select(ids: string): Promise<readonly Row[]> {
    if (!this.pool) return (await this.#db.executeQuery<Row>(CompiledQuery.raw(this.#statement.text, [ids]))).rows
    return (await this.pool.query<Row>({ ...this.#statement, values: [ids] })).rows
  }
}
