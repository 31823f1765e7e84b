import { grown } from './fact-arena.ts'

/** Before each text: its slot and its length in bytes. */
const HEAD_BYTES = 8
/** Slot that is none: the ring goes on at its beginning. */
const WRAP = 0xff_ff_ff_ff
const FIRST_BYTES = 64 * 1024

/**
 * Texts of documents by slot, up to a number of bytes, which lie outside of the JavaScript heap one after the other in a ring: texts that live a little
 * while and then go are what a collector has most work with. The oldest goes first; one that is asked for when its turn is near is put in anew.
 */
export class DocumentCache {
  readonly #limitBytes: number
  #ring: Buffer
  /** Where the next text is put, and where the oldest one is. */
  #head = 0
  #tail = 0
  #count = 0
  /** Place in the ring by slot, plus one; zero when there is none. */
  #places = new Uint32Array(1 << 10)

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
    this.#ring = Buffer.alloc(Math.min(limitBytes, FIRST_BYTES))
  }

  get sizeBytes(): number {
    return this.#ring.length + this.#places.byteLength
  }

  get(slot: number): string | undefined {
    const place = (this.#places[slot] ?? 0) - 1
    if (place < 0) return undefined
    const text = this.#ring.toString('utf8', place + HEAD_BYTES, place + HEAD_BYTES + this.#ring.readUInt32LE(place + 4))
    const age = (place - this.#tail + this.#ring.length) % this.#ring.length
    if (age * 4 < this.#ring.length && this.#ring.length >= this.#limitBytes) this.set(slot, text)
    return text
  }

  /** What is larger than an eighth of all is not kept. */
  set(slot: number, text: string): void {
    this.delete(slot)
    const length = Buffer.byteLength(text)
    const needed = HEAD_BYTES + length
    if (needed * 8 > this.#limitBytes) return
    if (slot >= this.#places.length) this.#places = grown(this.#places, Math.ceil((slot + 1) * 1.3))
    this.#makeRoom(needed)
    this.#ring.writeUInt32LE(slot, this.#head)
    this.#ring.writeUInt32LE(length, this.#head + 4)
    this.#ring.write(text, this.#head + HEAD_BYTES, 'utf8')
    this.#places[slot] = this.#head + 1
    this.#head += needed
    this.#count++
  }

  delete(slot: number): void {
    if (slot < this.#places.length) this.#places[slot] = 0
  }

  clear(): void {
    this.#places = new Uint32Array(1 << 10)
    this.#ring = Buffer.alloc(Math.min(this.#limitBytes, FIRST_BYTES))
    this.#head = this.#tail = this.#count = 0
  }

  /** Makes `needed` bytes in one piece free at the head. */
  #makeRoom(needed: number): void {
    for (;;) {
      if (this.#count === 0) this.#head = this.#tail = 0
      const isBehind = this.#count > 0 && this.#head <= this.#tail
      const room = (isBehind ? this.#tail : this.#ring.length) - this.#head
      if (room >= needed) return
      if (!isBehind && this.#ring.length < this.#limitBytes) this.#grow(needed)
      else if (isBehind) this.#dropOldest()
      else {
        if (room >= 4) this.#ring.writeUInt32LE(WRAP, this.#head)
        this.#head = 0
      }
    }
  }

  /** Only while nothing has gone round. */
  #grow(needed: number): void {
    const ring = Buffer.alloc(Math.min(this.#limitBytes, Math.max(this.#ring.length * 2, this.#head + needed)))
    this.#ring.copy(ring, 0, 0, this.#head)
    this.#ring = ring
  }

  #dropOldest(): void {
    if (this.#ring.length - this.#tail < 4 || this.#ring.readUInt32LE(this.#tail) === WRAP) {
      this.#tail = 0
      return
    }
    const slot = this.#ring.readUInt32LE(this.#tail)
    if (this.#places[slot] === this.#tail + 1) this.#places[slot] = 0
    this.#tail += HEAD_BYTES + this.#ring.readUInt32LE(this.#tail + 4)
    this.#count--
  }
}
