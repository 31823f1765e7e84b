import type { Logger } from '#kernel/node/log'
import type { Catalog } from '#platform/catalog'
import { entityDocument, kindOfSort, withLongTexts } from './entity-documents.ts'
import { SearchIndex } from './search-index.ts'

/** Work is done in slices of this length, and others have their turn between them. */
const SLICE_MS = 10
const LONG_AT_ONCE = 50

/** The index of all entities: made from the catalog's own index, then kept up with what it tells. */
export class EntitySearch {
  readonly #catalog: Pick<Catalog, 'query'>
  readonly #log: Logger
  #index = new SearchIndex()
  #isStale = true
  #dirty = new Set<string>()
  #work: Promise<void> | undefined
  #version = 0

  constructor(catalog: Pick<Catalog, 'query'>, log: Logger) {
    this.#catalog = catalog
    this.#log = log
  }

  /** Notes what reads differently now. It is taken in soon; whoever asks earlier waits for it. */
  onChanged(refs: readonly string[] | 'everything'): void {
    this.#version++
    if (refs === 'everything') this.#isStale = true
    else for (const ref of refs) this.#dirty.add(ref)
    setImmediate(() => void this.ready().catch((error: unknown) => this.#log.warn('the search is behind and tries again when asked', { error })))
  }

  /** Grows with all that may alter answers. */
  get version(): number {
    return this.#version
  }

  /** The index, with all that is committed. */
  async ready(): Promise<SearchIndex> {
    while (this.#isStale || this.#dirty.size > 0) {
      this.#work ??= this.#catchUp().finally(() => {
        this.#work = undefined
      })
      await this.#work
    }
    return this.#index
  }

  async #catchUp(): Promise<void> {
    const entities = await this.#catalog.query.walk()
    if (!this.#isStale && !this.#index.isWorn) {
      const refs = [...this.#dirty]
      this.#dirty.clear()
      return await this.#take(this.#index, refs)
    }
    const startedAt = performance.now()
    this.#isStale = false
    this.#dirty.clear()
    const index = new SearchIndex()
    try {
      await this.#take(index, entities.everything().toSorted())
    } catch (error) {
      this.#isStale = true
      throw error
    }
    this.#index = index
    if (index.size > 0) this.#log.info(`search: ${index.size} entities in memory`, { durationMs: Math.round(performance.now() - startedAt) })
  }

  /** @param wanted refs, or slots of the catalog's index as it is now. */
  async #take(target: SearchIndex, wanted: readonly string[] | Uint32Array): Promise<void> {
    const long: string[] = []
    let sliceEndsAt = performance.now() + SLICE_MS
    const entities = await this.#catalog.query.walk()
    const refs = wanted instanceof Uint32Array ? Array.from(wanted, (slot) => entities.refOf(slot)) : wanted
    for (const ref of refs) {
      const current = await this.#catalog.query.walk()
      const found = entityDocument(current, ref)
      if (!found) target.remove(ref)
      else if (found.isLong) long.push(ref)
      else target.put(found.document)
      if (performance.now() < sliceEndsAt) continue
      await new Promise((resolve) => setImmediate(resolve))
      sliceEndsAt = performance.now() + SLICE_MS
    }
    for (let at = 0; at < long.length; at += LONG_AT_ONCE) {
      const texts = await this.#catalog.query.listTexts(long.slice(at, at + LONG_AT_ONCE))
      const current = await this.#catalog.query.walk()
      for (const [ref, json] of texts) {
        const found = entityDocument(current, ref)
        if (found) target.put(withLongTexts(found.document, json))
      }
    }
  }
}

/** What a hit of this kind is counted as. */
export function typeOfSort(sort: number): 'api' | 'entity' {
  return kindOfSort(sort) === 'api' ? 'api' : 'entity'
}
