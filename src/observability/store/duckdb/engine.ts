import { rename } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { TelemetryKind } from '../telemetry-row.ts'
import { TELEMETRY_TABLES } from '../telemetry-table.ts'
import { runQuery, type QueryName, type QueryArguments, type QueryResult } from './queries.ts'

/** Raised when the tables change; a file of another version is moved aside. */
const SCHEMA_VERSION = 1
/** How long another process may take to let the file go, e.g. one that was orphaned a moment ago. */
const LOCK_WAIT_MS = 5_000
/** Batch ids are kept longer than any segment may wait. */
const BATCH_DAYS = 30

/** The DuckDB file and all that is done with it. Runs in a process of its own: see `engine-process.ts`. */
export class Engine {
  readonly #instance: DuckDBInstance
  readonly #importer: DuckDBConnection

  private constructor(instance: DuckDBInstance, importer: DuckDBConnection) {
    this.#instance = instance
    this.#importer = importer
  }

  /** Opens the file. One that can not be read, or is of another version, is moved aside and a new one made: telemetry is expendable, the platform is not. */
  static async open(file: string): Promise<Engine> {
    try {
      return await Engine.#attempt(file)
    } catch (error) {
      if (error instanceof LockedError) throw error
      await rename(file, `${file}.aside-${Date.now()}`)
      await rename(`${file}.wal`, `${file}.aside-${Date.now()}.wal`).catch(() => {})
      return await Engine.#attempt(file)
    }
  }

  static async #attempt(file: string): Promise<Engine> {
    const instance = await openUnlocked(file)
    try {
      const importer = await instance.connect()
      await importer.run('create table if not exists schema_version (version integer)')
      const found = await importer.runAndReadAll('select version from schema_version')
      const version = found.getRowsJS()[0]?.[0]
      if (version !== undefined && version !== SCHEMA_VERSION) throw new Error('the file is of another version')
      if (version === undefined) await importer.run(`insert into schema_version values (${SCHEMA_VERSION})`)
      for (const table of Object.values(TELEMETRY_TABLES)) {
        await importer.run(`create table if not exists ${table.kind} (${table.columns.map((column) => `${column.name} ${column.type} not null`).join(', ')})`)
      }
      await importer.run('create table if not exists batch (id varchar primary key, at_us bigint not null)')
      return new Engine(instance, importer)
    } catch (error) {
      instance.closeSync()
      throw error
    }
  }

  /** Stores the rows of a spool segment, once for ever: a second import of the same id changes nothing. */
  async import(kind: TelemetryKind, id: string, file: string): Promise<{ isNew: boolean }> {
    const seen = await this.#importer.runAndReadAll('select 1 from batch where id = $id', { id })
    if (seen.currentRowCount > 0) return { isNew: false }
    const columns = TELEMETRY_TABLES[kind].columns.map((column) => `${column.name}: '${column.type}'`).join(', ')
    await this.#importer.run('begin')
    try {
      await this.#importer.run(
        `insert into ${kind} by name select * from read_json($file, format = 'newline_delimited', maximum_object_size = 33554432, columns = {${columns}})`,
        { file },
      )
      await this.#importer.run(`insert into batch values ($id, ${Date.now() * 1000})`, { id })
      await this.#importer.run('commit')
    } catch (error) {
      await this.#importer.run('rollback').catch(() => {})
      throw error
    }
    return { isNew: true }
  }

  /** Answers a question, or stops it after `limitMs`. */
  async query<N extends QueryName>(name: N, args: QueryArguments[N], limitMs: number): Promise<{ rows: QueryResult[N] } | { tooSlow: true }> {
    const connection = await this.#instance.connect()
    let isLate = false
    // Again and again: an interrupt that comes before the statement runs is forgotten.
    const startedAt = performance.now()
    const timer = setInterval(
      () => {
        if (performance.now() - startedAt < limitMs) return
        isLate = true
        connection.interrupt()
      },
      Math.min(limitMs, 100),
    )
    try {
      return { rows: await runQuery(connection, name, args) }
    } catch (error) {
      if (isLate) return { tooSlow: true }
      throw error
    } finally {
      clearInterval(timer)
      connection.closeSync()
    }
  }

  async prune(kinds: readonly TelemetryKind[], olderThanUs: number): Promise<void> {
    const before = BigInt(Math.round(olderThanUs))
    for (const kind of kinds) await this.#importer.run(`delete from ${kind} where ${TELEMETRY_TABLES[kind].timeUs} < ${before}`)
    await this.#importer.run(`delete from batch where at_us < ${(Date.now() - BATCH_DAYS * 86_400_000) * 1000}`)
    await this.#importer.run('checkpoint')
  }

  close(): void {
    this.#importer.closeSync()
    this.#instance.closeSync()
  }
}

async function openUnlocked(file: string): Promise<DuckDBInstance> {
  const settings = {
    memory_limit: '128MB',
    threads: '1',
    preserve_insertion_order: 'false',
    temp_directory: `${file}.tmp`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  }
  for (const startedAt = Date.now(); ;) {
    try {
      return await DuckDBInstance.create(file, settings)
    } catch (error) {
      const isLocked = error instanceof Error && /lock/i.test(error.message)
      if (!isLocked || Date.now() - startedAt > LOCK_WAIT_MS) throw isLocked ? new LockedError(error) : error
      await sleep(50)
    }
  }
}

/** Another process owns the file; it must not be moved aside. */
export class LockedError extends Error {
  constructor(cause: unknown) {
    super('another process has the telemetry file open', { cause })
    this.name = 'LockedError'
  }
}
