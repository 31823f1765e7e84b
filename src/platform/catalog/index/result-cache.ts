/** Keeps what was made last, up to a number of bytes; the least recently used goes first. */
export class ByteBoundCache<V> {
  readonly #limitBytes: number
  readonly #items = new Map<string, { value: V; sizeBytes: number }>()
  #sizeBytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get(key: string): V | undefined {
    const found = this.#items.get(key)
    if (!found) return undefined
    this.#items.delete(key)
    this.#items.set(key, found)
    return found.value
  }

  /** What is larger than a third of all is not kept. */
  set(key: string, value: V, sizeBytes: number): void {
    this.delete(key)
    if (sizeBytes * 3 > this.#limitBytes) return
    this.#items.set(key, { value, sizeBytes: sizeBytes + key.length + 100 })
    this.#sizeBytes += sizeBytes + key.length + 100
    for (const oldest of this.#items.keys()) {
      if (this.#sizeBytes <= this.#limitBytes) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const found = this.#items.get(key)
    if (!found) return
    this.#sizeBytes -= found.sizeBytes
    this.#items.delete(key)
  }

  clear(): void {
    this.#items.clear()
    this.#sizeBytes = 0
  }
}
