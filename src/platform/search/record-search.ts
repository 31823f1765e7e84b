import type { SearchRecord, SearchSource } from './search-source.ts'
import { SearchIndex } from './search-index.ts'

/** Records of one source that are kept; the oldest go first. */
const MAX_RECORDS = 20_000

/** What other features let people find, in memory: read when it starts, and again what is told to have changed. */
export class RecordSearch {
  readonly source: SearchSource
  #index = new SearchIndex()
  readonly #records = new Map<string, SearchRecord>()

  constructor(source: SearchSource) {
    this.source = source
  }

  get index(): SearchIndex {
    return this.#index
  }

  record(key: string): SearchRecord | undefined {
    return this.#records.get(key)
  }

  /** Whether it is better read anew. */
  get isWorn(): boolean {
    return this.#index.isWorn
  }

  /** Takes all that the source has. */
  replace(records: readonly SearchRecord[]): void {
    this.#records.clear()
    this.#index = new SearchIndex()
    this.take([], records)
  }

  /** Takes what the source has of `refs`; the others of them are gone. */
  take(refs: readonly string[], records: readonly SearchRecord[]): void {
    const found = new Set(records.map(({ ref }) => ref))
    for (const ref of refs) if (!found.has(ref)) this.#forget(ref)
    for (const record of records) {
      this.#records.delete(record.ref)
      this.#records.set(record.ref, { ...record, text: '', keywords: '' })
      this.#put(record)
    }
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= MAX_RECORDS) break
      this.#forget(oldest)
    }
  }

  #put({ ref, title, keywords, text }: SearchRecord): void {
    this.#index.put({
      key: ref,
      sort: 0,
      fields: [
        { band: 1, text: title },
        { band: 2, text: keywords },
        { band: 3, text },
      ],
    })
  }

  #forget(key: string): void {
    this.#records.delete(key)
    this.#index.remove(key)
  }
}
