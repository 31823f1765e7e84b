import { CompiledQuery } from 'kysely'
import pg from 'pg'
import type { Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import { stitchedText } from '../ingestion/entity-document.ts'

const TEXT = 'select id, body, relations, problems from entity where id = any($1::int[])'
/** Reads on their way at once: what is asked meanwhile goes together in the next one, which costs little more than a single document. */
const MAX_RUNNING = 2
const MAX_ROWS = 2_000

interface DocumentRow {
  id: number
  body: string
  relations: string
  problems: string | null
}

interface Reading {
  rows: readonly number[]
  done: PromiseWithResolvers<ReadonlyMap<number, string>>
}

/**
 * Reads documents by the ids of their rows, for all who ask at about the same time by one statement. A read never joins one that has begun: everybody sees
 * what was committed before they asked.
 */
export class DocumentReader {
  readonly #db: Database
  #pool: pg.Pool | undefined
  #waiting: Reading[] = []
  #running = 0

  constructor(db: Database) {
    this.#db = db
  }

  /** Reads by connections of its own from now on, on which the statement is prepared once. */
  connect(databaseUrl: string, log: Logger): AsyncDisposable {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: MAX_RUNNING, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 10_000 })
    const warn = (error: unknown): void => log.warn('a database connection was lost', { error })
    pool.on('error', warn)
    pool.on('connect', (client) => client.on('error', warn))
    this.#pool = pool
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.#pool === pool) this.#pool = undefined
        await pool.end()
      },
    }
  }

  /** Texts by row; those that are gone are left out. There may be others, too. */
  async read(rows: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const done = Promise.withResolvers<ReadonlyMap<number, string>>()
    this.#waiting.push({ rows, done })
    this.#next()
    return await done.promise
  }

  #next(): void {
    if (this.#running >= MAX_RUNNING || this.#waiting.length === 0) return
    let count = 0
    let taken = 0
    while (taken < this.#waiting.length && (taken === 0 || count + this.#waiting[taken]!.rows.length <= MAX_ROWS)) count += this.#waiting[taken++]!.rows.length
    const readings = this.#waiting.splice(0, taken)
    this.#running++
    void this.#readAll(readings).finally(() => {
      this.#running--
      this.#next()
    })
  }

  async #readAll(readings: readonly Reading[]): Promise<void> {
    const [first] = readings
    const ids = readings.length === 1 && first ? first.rows : [...new Set(readings.flatMap(({ rows }) => rows))]
    try {
      const texts = new Map<number, string>()
      for (const row of await this.#select(ids)) texts.set(row.id, stitchedText(row))
      for (const { done } of readings) done.resolve(texts)
    } catch (error) {
      for (const { done } of readings) done.reject(error)
    }
  }

  async #select(ids: readonly number[]): Promise<readonly DocumentRow[]> {
    const wanted = `{${ids.join(',')}}`
    if (!this.#pool) return (await this.#db.executeQuery<DocumentRow>(CompiledQuery.raw(TEXT, [wanted]))).rows
    return (await this.#pool.query<DocumentRow>({ name: 'catalog-documents', text: TEXT, values: [wanted] })).rows
  }
}
