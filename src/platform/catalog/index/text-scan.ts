import type { FactColumn } from './fact-column.ts'
import { grown } from './fact-arena.ts'
import { ByteBoundCache } from './result-cache.ts'
import { SlotSet } from './slot-set.ts'
import type { TextPool } from './text-pool.ts'

/** What was found last, a key: somebody types, then narrows by other things. */
const FOUND_BYTES = 4 * 1024 * 1024

/**
 * Substring search over the different values of one key, letters' case aside: their bytes lie one after the other and are looked through as a whole,
 * about a gigabyte a second. Values that nobody has any more stay, and are found for nobody.
 */
export class TextScan {
  readonly #pool: TextPool
  readonly #column: FactColumn
  #bytes = Buffer.alloc(1 << 12)
  #used = 0
  #starts = new Uint32Array(1 << 8)
  #values = new Uint32Array(1 << 8)
  #count = 0
  /** One bit a text of the pool: whether it is here. */
  #seen = new Uint32Array(1 << 6)
  #revision = -1
  /** Whether the texts here are the column's, in its order: then the slots of each are where its own are. */
  #isAligned = false
  readonly #found = new ByteBoundCache<SlotSet>(FOUND_BYTES)

  constructor(pool: TextPool, column: FactColumn) {
    this.#pool = pool
    this.#column = column
  }

  get sizeBytes(): number {
    return this.#bytes.length + this.#starts.byteLength * 2 + this.#seen.byteLength + this.#found.sizeBytes
  }

  isOf(column: FactColumn): boolean {
    return this.#column === column
  }

  /** Slots with a value that has `term` in it. */
  find(term: string): SlotSet {
    this.#refresh()
    const wanted = term.toLowerCase()
    const known = this.#found.get(wanted)
    if (known) return known
    const set = this.#find(Buffer.from(wanted))
    this.#found.set(wanted, set, set.sizeBytes)
    return set
  }

  #find(wanted: Buffer): SlotSet {
    const texts = this.#bytes.subarray(0, this.#used)
    const starts = this.#starts
    const found = new Uint32Array((this.#column.all().highest >>> 5) + 1)
    let place = 0
    for (let hit = texts.indexOf(wanted, 0); hit !== -1 && place < this.#count; hit = texts.indexOf(wanted, starts[place]!)) {
      place = this.#placeOf(hit, place)
      const slots = this.#isAligned ? this.#column.slotsOfNth(place) : this.#column.slotsOf(this.#values[place]!)
      for (const slot of slots) found[slot >>> 5]! |= 1 << (slot & 31)
      if (++place >= this.#count) break
    }
    return SlotSet.ofBits(found)
  }

  /** The text that a byte is of, at `from` or behind: hits are mostly near to each other. */
  #placeOf(byte: number, from: number): number {
    const starts = this.#starts
    let step = 1
    while (from + step < this.#count && starts[from + step]! <= byte) step *= 2
    let low = from + (step >>> 1)
    let high = Math.min(from + step, this.#count)
    while (low + 1 < high) {
      const middle = (low + high) >>> 1
      if (starts[middle]! <= byte) low = middle
      else high = middle
    }
    return low
  }

  #refresh(): void {
    void this.#column.pairCount // settles it
    if (this.#revision === this.#column.revision) return
    if (this.#seen.length * 32 <= this.#pool.size) this.#seen = grown(this.#seen, Math.ceil((this.#pool.size + 1) / 28))
    const values = this.#column.values()
    for (const value of values) {
      if ((this.#seen[value >>> 5]! & (1 << (value & 31))) !== 0) continue
      this.#seen[value >>> 5]! |= 1 << (value & 31)
      this.#append(value)
    }
    this.#found.clear()
    this.#isAligned = this.#count === values.length && values.every((value, at) => this.#values[at] === value)
    this.#revision = this.#column.revision
  }

  #append(value: number): void {
    const lower = this.#pool.lowerOf(value)
    const needed = this.#used + this.#pool.byteLength(lower) + 1
    if (needed > this.#bytes.length) {
      const bytes = Buffer.alloc(Math.ceil(Math.max(needed, this.#bytes.length * 1.5)))
      this.#bytes.copy(bytes)
      this.#bytes = bytes
    }
    if (this.#count === this.#starts.length) {
      this.#starts = grown(this.#starts, Math.ceil(this.#starts.length * 1.5))
      this.#values = grown(this.#values, this.#starts.length)
    }
    this.#starts[this.#count] = this.#used
    this.#values[this.#count++] = value
    // A NUL behind each: no text has one, so that nothing is found across two.
    this.#used += this.#pool.copyBytes(lower, this.#bytes, this.#used)
    this.#bytes[this.#used++] = 0
  }
}
