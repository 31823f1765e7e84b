import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import type { EntityRelation } from '../entity.ts'
import type { AppliedChanges } from '../ingestion/apply-changes.ts'
import { stitchedText } from '../ingestion/entity-document.ts'
import { EntityIndex } from './entity-index.ts'
import { entityOfRow, readEverything, readSince, type IndexRow } from './index-rows.ts'
import { IndexQuery } from './index-query.ts'
import { ByteBoundCache } from './result-cache.ts'

const DOCUMENT_BYTES = 16 * 1024 * 1024
/** More changes than this are read into a new index beside the old one, so that nobody sees half of them. */
const MAX_IN_PLACE = 1_000

/**
 * The index of this process: filled from the database when first asked, kept up by this process's commits at once and by others' when it hears of them.
 * What can't be followed is loaded anew, beside the old index.
 */
export class CatalogIndex {
  readonly #db: Database
  readonly #log: Logger
  #state: { index: EntityIndex; query: IndexQuery } | undefined
  #loading: Promise<void> | undefined
  /** Takes turns: commits and what is heard of others. */
  #turn: Promise<void> = Promise.resolve()
  readonly #documents = new ByteBoundCache<string>(DOCUMENT_BYTES)
  #onFollowed: ((refs: readonly string[] | 'everything', version: number) => void) | undefined

  constructor(db: Database, log: Logger) {
    this.#db = db
    this.#log = log
  }

  /** Is told when commits of other processes were taken over. */
  set onFollowed(tell: (refs: readonly string[] | 'everything', version: number) => void) {
    this.#onFollowed = tell
  }

  /** The index, loaded. */
  async ready(): Promise<{ index: EntityIndex; query: IndexQuery }> {
    while (!this.#state) {
      this.#loading ??= this.#load().finally(() => {
        this.#loading = undefined
      })
      await this.#loading
    }
    return this.#state
  }

  /** The index as it is; undefined while it was not loaded. */
  get now(): { index: EntityIndex; query: IndexQuery } | undefined {
    return this.#state
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    await this.#turn
  }

  async refOfUid(uid: string): Promise<string | undefined> {
    const { index } = await this.ready()
    const slot = index.uids.slotOf(uid)
    return slot === undefined ? undefined : index.refOf(slot)
  }

  /** Takes over what this process committed. */
  async take(version: number, applied: AppliedChanges, problems: readonly string[]): Promise<void> {
    if (!this.#state && !this.#loading) return
    const taken = this.#inTurn(async () => {
      const { index } = await this.ready()
      if (index.version >= version) return
      const { puts } = applied
      const count = applied.written.size + applied.restitched.length + applied.removed.length
      if (index.version !== version - 1 || problems.length > 0 || count > MAX_IN_PLACE || !puts) return await this.#follow()
      for (const { ref } of applied.removed) index.remove(ref)
      for (const { row, ref, body, relations } of puts) index.put(row, ref, entityOfRow({ body, relations }))
      for (const { ref, relations } of applied.restitched) this.#restitch(index, ref, relations)
      for (const { ref } of [...applied.removed, ...puts, ...applied.restitched]) this.#documents.delete(ref)
      index.version = version
    })
    // It is committed: the index is loaded anew, and who committed hears nothing of it.
    await taken.catch((error: unknown) => this.#log.warn('the catalog in memory is behind and is loaded again', { error }))
  }

  /** Looks whether others committed something, and takes it over. */
  async follow(): Promise<void> {
    if (this.#state) await this.#inTurn(async () => await this.#follow())
  }

  /** Texts of entities by slot, in order; those that went meanwhile are left out. */
  async texts(slots: ArrayLike<number>): Promise<{ slot: number; ref: string; json: string }[]> {
    const { index } = await this.ready()
    const version = index.version
    const wanted = Array.from(slots, (slot) => ({ slot, ref: index.refOf(slot), row: index.rowOf(slot) }))
    const found = new Map<string, string>()
    const missing: number[] = []
    for (const { ref, row } of wanted) {
      const known = this.#documents.get(ref)
      if (known === undefined) missing.push(row)
      else found.set(ref, known)
    }
    if (missing.length > 0) {
      const { rows } = await sql<IndexRow>`select id, ref, body, relations, problems from entity where id = any(${missing}::int[])`.execute(this.#db)
      const isCurrent = this.#state?.index === index && index.version === version
      for (const row of rows) {
        const text = stitchedText(row)
        found.set(row.ref, text)
        if (isCurrent) this.#documents.set(row.ref, text, text.length + 40)
      }
    }
    return wanted.flatMap(({ slot, ref }) => {
      const json = found.get(ref)
      return json === undefined ? [] : [{ slot, ref, json }]
    })
  }

  get sizeBytes(): Record<string, number> {
    return { ...this.#state?.index.sizeBytes, ...this.#state?.query.sizeBytes, documents: this.#documents.sizeBytes }
  }

  async #follow(): Promise<void> {
    const { index } = await this.ready()
    const found = await readSince(this.#db, index.version)
    if (found.version === index.version) return
    if (found.rows === 'everything' || found.rows.size > MAX_IN_PLACE) {
      await this.#load()
      this.#onFollowed?.('everything', this.#state?.index.version ?? 0)
      return
    }
    for (const [ref, row] of found.rows) {
      this.#documents.delete(ref)
      if (row) index.put(row.id, ref, entityOfRow(row), row.problems !== null)
      else index.remove(ref)
    }
    index.version = found.version
    this.#onFollowed?.([...found.rows.keys()], found.version)
  }

  async #load(): Promise<void> {
    const startedAt = performance.now()
    const index = new EntityIndex()
    index.version = await readEverything(this.#db, (row) => index.put(row.id, row.ref, entityOfRow(row), row.problems !== null))
    index.trim()
    for (const prepare of index.preparations()) {
      prepare()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#documents.clear()
    this.#state = { index, query: new IndexQuery(index) }
    if (index.size > 0) this.#log.info(`catalog: ${index.size} entities in memory`, { durationMs: Math.round(performance.now() - startedAt) })
  }

  #restitch(index: EntityIndex, ref: string, relations: readonly EntityRelation[]): void {
    index.putRelations(ref, relations)
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    try {
      await turn
    } catch (error) {
      // Whatever went wrong half-way: what is in the database is right, and is loaded when next asked.
      this.#state = undefined
      throw error
    }
  }
}
