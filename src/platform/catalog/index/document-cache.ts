interface Kept {
  text: string
  /** Whether somebody asked since the hand came by. */
  isUsed: boolean
}

/** A kept text's objects, above its characters. */
const OVERHEAD_BYTES = 100

/**
 * Texts of documents by the ids of their rows, up to a number of bytes. Whoever finds one alters nothing but its mark: an exact order of use would be
 * a change of a map for each document of each page. A hand goes round and drops what was not asked for since it last came by.
 */
export class DocumentCache {
  readonly #limitBytes: number
  readonly #items = new Map<number, Kept>()
  #hand: MapIterator<[number, Kept]> = this.#items.entries()
  #sizeBytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get(row: number): string | undefined {
    const found = this.#items.get(row)
    if (!found) return undefined
    found.isUsed = true
    return found.text
  }

  /** What is larger than a third of all is not kept. */
  set(row: number, text: string): void {
    this.delete(row)
    if (text.length * 3 > this.#limitBytes) return
    this.#items.set(row, { text, isUsed: false })
    this.#sizeBytes += text.length + OVERHEAD_BYTES
    while (this.#sizeBytes > this.#limitBytes) this.#drop()
  }

  delete(row: number): void {
    const found = this.#items.get(row)
    if (!found) return
    this.#sizeBytes -= found.text.length + OVERHEAD_BYTES
    this.#items.delete(row)
  }

  clear(): void {
    this.#items.clear()
    this.#hand = this.#items.entries()
    this.#sizeBytes = 0
  }

  #drop(): void {
    const next = this.#hand.next()
    if (next.done) this.#hand = this.#items.entries()
    else if (next.value[1].isUsed) next.value[1].isUsed = false
    else this.delete(next.value[0])
  }
}
