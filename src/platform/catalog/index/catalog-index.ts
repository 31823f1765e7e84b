import type { Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import type { EntityRelation } from '../entity.ts'
import type { AppliedChanges } from '../ingestion/apply-changes.ts'
import { stitchedText } from '../ingestion/entity-document.ts'
import { DocumentCache } from './document-cache.ts'
import { DocumentReader, type EntityPlace } from './document-reader.ts'
import { EntityIndex } from './entity-index.ts'
import { entityOfRow, readEverything, readSince } from './index-rows.ts'
import { IndexQuery } from './index-query.ts'

const DOCUMENT_BYTES = 20 * 1024 * 1024
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
  readonly #documents = new DocumentCache(DOCUMENT_BYTES)
  readonly #reader: DocumentReader
  #onFollowed: ((refs: readonly string[] | 'everything', version: number) => void) | undefined

  constructor(db: Database, log: Logger) {
    this.#db = db
    this.#log = log
    this.#reader = new DocumentReader(db)
  }

  /** Reads documents by connections of its own from now on. */
  connect(databaseUrl: string): AsyncDisposable {
    return this.#reader.connect(databaseUrl, this.#log)
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
      for (const { ref } of [...applied.removed, ...puts, ...applied.restitched]) this.#forget(index, ref)
      for (const { ref } of applied.removed) index.remove(ref)
      for (const { row, ref, body, relations } of puts) index.put(row, ref, entityOfRow({ body, relations }))
      for (const { ref, relations } of applied.restitched) this.#restitch(index, ref, relations)
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
    const rows = Array.from(slots, (slot) => index.rowOf(slot))
    const texts = Array.from(slots, (slot) => this.#documents.get(slot))
    const missing = rows.filter((_, at) => texts[at] === undefined)
    if (missing.length > 0) {
      const wanted = Array.from(slots, (slot) => index.refOf(slot))
      const found = await this.#reader.documents.read(missing)
      const isCurrent = this.#state?.index === index && index.version === version
      const items: { slot: number; ref: string; json: string }[] = []
      for (let at = 0; at < rows.length; at++) {
        const row = texts[at] === undefined ? found.get(rows[at]!) : undefined
        const json = texts[at] ?? (row && stitchedText(row))
        if (json === undefined) continue
        items.push({ slot: slots[at]!, ref: wanted[at]!, json })
        if (isCurrent && texts[at] === undefined) this.#documents.set(slots[at]!, json)
      }
      return items
    }
    return texts.map((json, at) => ({ slot: slots[at]!, ref: index.refOf(slots[at]!), json: json! }))
  }

  /** Where an entity is from. */
  async placeOf(ref: string): Promise<EntityPlace | undefined> {
    const { index } = await this.ready()
    const slot = index.slotOf(ref)
    if (slot === undefined) return undefined
    const row = index.rowOf(slot)
    return (await this.#reader.places.read([row])).get(row)
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
      this.#forget(index, ref)
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

  #forget(index: EntityIndex, ref: string): void {
    const slot = index.slotOf(ref)
    if (slot !== undefined) this.#documents.delete(slot)
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
