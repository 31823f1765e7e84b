import type { Include } from './crawl.ts'
import type { Place } from './place.ts'
import type { PlaceReader } from './place-reader.ts'

/** A file that is being taken into the catalog: where it lies, how to read what lies beside it at the same moment, and what its placeholders stood for. */
export interface ActiveFile {
  place: Place
  reader: PlaceReader
  includes: Include[]
}

/** The files that are on their way into the catalog now, by source and path: what resolves placeholders looks here first. */
export class ActiveFiles {
  readonly #files = new Map<string, ActiveFile>()

  /** Remembers a file until the answer is disposed. */
  add(source: string, path: string, file: ActiveFile): Disposable {
    const key = keyOf(source, path)
    this.#files.set(key, file)
    return { [Symbol.dispose]: () => void this.#files.delete(key) }
  }

  find(source: string, path: string): ActiveFile | undefined {
    return this.#files.get(keyOf(source, path))
  }
}

function keyOf(source: string, path: string): string {
  return `${source}\n${path}`
}
