import type { FactColumn } from './fact-column.ts'
import { grown } from './fact-arena.ts'
import { lowerBound, SlotSet } from './slot-set.ts'
import type { TextPool } from './text-pool.ts'

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

  constructor(pool: TextPool, column: FactColumn) {
    this.#pool = pool
    this.#column = column
  }

  get sizeBytes(): number {
    return this.#bytes.length + this.#starts.byteLength * 2 + this.#seen.byteLength
  }

  isOf(column: FactColumn): boolean {
    return this.#column === column
  }

  /** Slots with a value that has `term` in it. */
  find(term: string): SlotSet {
    this.#refresh()
    const wanted = Buffer.from(term.toLowerCase())
    const sets: SlotSet[] = []
    let at = 0
    for (;;) {
      const hit = this.#bytes.subarray(0, this.#used).indexOf(wanted, at)
      if (hit === -1) return SlotSet.union(sets)
      const place = lowerBound(this.#starts, hit + 1, 0, this.#count) - 1
      const slots = this.#column.slotsOf(this.#values[place]!)
      if (slots.length > 0) sets.push(SlotSet.ofSorted(slots))
      if (place + 1 >= this.#count) return SlotSet.union(sets)
      at = this.#starts[place + 1]!
    }
  }

  #refresh(): void {
    void this.#column.pairCount // settles it
    if (this.#revision === this.#column.revision) return
    if (this.#seen.length * 32 <= this.#pool.size) this.#seen = grown(this.#seen, Math.ceil((this.#pool.size + 1) / 28))
    for (const value of this.#column.values()) {
      if ((this.#seen[value >>> 5]! & (1 << (value & 31))) !== 0) continue
      this.#seen[value >>> 5]! |= 1 << (value & 31)
      this.#append(value)
    }
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
