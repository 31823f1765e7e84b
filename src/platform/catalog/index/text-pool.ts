import { randomInt } from 'node:crypto'

/** Bytes of a piece of the pool; no text is longer. */
const CHUNK = 1 << 20
/** Longest text that the pool takes, in UTF-16 units: three bytes each fit a chunk many times. */
const MAX_LENGTH = 65_535
/** Id that no text has. */
export const NO_TEXT = 0

/**
 * Keeps each text once, as bytes outside of the JavaScript heap, and names it by a small number: ten million short texts cost about 40 bytes each
 * above their own bytes, a fifth of what a `Map` of strings does. Texts are never forgotten; a new pool is made when too many are unused.
 */
export class TextPool {
  #chunks: Buffer[] = [Buffer.alloc(CHUNK)]
  #used = 0
  #count = 1
  #starts = new Uint32Array(1 << 12)
  #lengths = new Uint16Array(1 << 12)
  #hashes = new Uint32Array(1 << 12)
  /** The same text in lower case, itself when it is; and a list through the texts that have the same lower case. */
  #lower = new Uint32Array(1 << 12)
  #nextVariant = new Uint32Array(1 << 12)
  #table = new Uint32Array(1 << 13)
  /** Unknown to whoever writes descriptors: texts that collide on purpose can not be made. */
  readonly #seed = randomInt(2 ** 32)

  /** How many texts there are. */
  get size(): number {
    return this.#count - 1
  }

  /** Bytes that the pool holds. */
  get sizeBytes(): number {
    return this.#chunks.length * CHUNK + this.#starts.length * 18 + this.#table.length * 4
  }

  /** The number of a text; it is added when it is new. Longer ones than 65,535 are cut. */
  intern(text: string): number {
    if (text.length > MAX_LENGTH) return this.intern(text.slice(0, MAX_LENGTH))
    const hash = this.#hash(text)
    const found = this.#lookUp(text, hash)
    if (found !== NO_TEXT) return found
    const id = this.#add(text, hash)
    const lower = text.toLowerCase()
    if (lower === text) this.#lower[id] = id
    else {
      const base = this.intern(lower)
      this.#lower[id] = base
      this.#nextVariant[id] = this.#nextVariant[base] ?? 0
      this.#nextVariant[base] = id
    }
    return id
  }

  /** The number of a text, or `NO_TEXT`. */
  find(text: string): number {
    return text.length > MAX_LENGTH ? NO_TEXT : this.#lookUp(text, this.#hash(text))
  }

  text(id: number): string {
    const start = this.#starts[id] ?? 0
    const at = start % CHUNK
    return (this.#chunks[Math.floor(start / CHUNK)] as Buffer).toString('utf8', at, at + (this.#lengths[id] ?? 0))
  }

  /** Copies a text's bytes. @returns how many. */
  copyBytes(id: number, target: Buffer, at: number): number {
    const start = this.#starts[id] ?? 0
    const length = this.#lengths[id] ?? 0
    ;(this.#chunks[Math.floor(start / CHUNK)] as Buffer).copy(target, at, start % CHUNK, (start % CHUNK) + length)
    return length
  }

  byteLength(id: number): number {
    return this.#lengths[id] ?? 0
  }

  /** The number of the same text in lower case. */
  lowerOf(id: number): number {
    return this.#lower[id] ?? id
  }

  /** All texts that are `text` but for the case of letters. */
  variantsOf(text: string): number[] {
    const base = this.find(text.toLowerCase())
    const found: number[] = []
    for (let id = base; id !== NO_TEXT; id = this.#nextVariant[id] ?? NO_TEXT) found.push(id)
    return found
  }

  /** Gives back what was set aside for more texts. */
  trim(): void {
    this.#resize(this.#count + 16)
  }

  #lookUp(text: string, hash: number): number {
    const mask = this.#table.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const id = this.#table[at] ?? NO_TEXT
      if (id === NO_TEXT || (this.#hashes[id] === hash && this.#equals(id, text))) return id
    }
  }

  #equals(id: number, text: string): boolean {
    const start = this.#starts[id] ?? 0
    const length = this.#lengths[id] ?? 0
    if (length < text.length) return false
    const chunk = this.#chunks[Math.floor(start / CHUNK)] as Buffer
    const at = start % CHUNK
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code > 127) return chunk.toString('utf8', at, at + length) === text
      if (chunk[at + index] !== code) return false
    }
    return length === text.length
  }

  #add(text: string, hash: number): number {
    const length = Buffer.byteLength(text)
    const kept = length > MAX_LENGTH ? MAX_LENGTH : length
    if ((this.#used % CHUNK) + kept > CHUNK || this.#used >= this.#chunks.length * CHUNK) {
      this.#used = this.#chunks.length * CHUNK
      this.#chunks.push(Buffer.alloc(CHUNK))
    }
    const id = this.#count++
    if (id >= this.#starts.length) this.#grow()
    ;(this.#chunks[Math.floor(this.#used / CHUNK)] as Buffer).write(text, this.#used % CHUNK, kept, 'utf8')
    this.#starts[id] = this.#used
    this.#lengths[id] = kept
    this.#hashes[id] = hash
    this.#used += kept
    if (this.#count * 1.5 > this.#table.length) this.#rehash()
    this.#place(id, hash)
    return id
  }

  #place(id: number, hash: number): void {
    const mask = this.#table.length - 1
    let at = hash & mask
    while (this.#table[at] !== NO_TEXT) at = (at + 1) & mask
    this.#table[at] = id
  }

  #rehash(): void {
    this.#table = new Uint32Array(this.#table.length * 2)
    for (let id = 1; id < this.#count - 1; id++) this.#place(id, this.#hashes[id] ?? 0)
  }

  #grow(): void {
    this.#resize(Math.ceil(this.#starts.length * 1.4))
  }

  #resize(length: number): void {
    this.#starts = resized(this.#starts, new Uint32Array(length))
    this.#lengths = resized(this.#lengths, new Uint16Array(length))
    this.#hashes = resized(this.#hashes, new Uint32Array(length))
    this.#lower = resized(this.#lower, new Uint32Array(length))
    this.#nextVariant = resized(this.#nextVariant, new Uint32Array(length))
  }

  /** MurmurHash3's mixing (Austin Appleby, public domain) over UTF-16 units. */
  #hash(text: string): number {
    let hash = this.#seed
    for (let index = 0; index < text.length; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x85ebca6b)
      hash ^= hash >>> 15
    }
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    return (hash ^ (hash >>> 16)) >>> 0
  }
}

function resized<T extends Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from.subarray(0, to.length))
  return to
}
