import { grown } from './fact-arena.ts'
import { resorted } from './sorted-slots.ts'

/** The uids of all slots, 16 bytes each, and the order of slots by them. */
export class UidOrder {
  #words = new Uint32Array(1 << 12)
  #isThere = new Uint8Array(1 << 10)
  #slots: Uint32Array = new Uint32Array(0)
  #changed = new Set<number>()
  #isBuilt = false

  get sizeBytes(): number {
    return this.#words.byteLength + this.#slots.byteLength
  }

  set(slot: number, uid: string): void {
    if (slot >= this.#isThere.length) {
      this.#words = grown(this.#words, Math.ceil(this.#isThere.length * 1.6) * 4)
      const isThere = new Uint8Array(this.#words.length / 4)
      isThere.set(this.#isThere)
      this.#isThere = isThere
    }
    const hex = uid.replaceAll('-', '')
    for (let at = 0; at < 4; at++) this.#words[slot * 4 + at] = Number.parseInt(hex.slice(at * 8, at * 8 + 8), 16)
    this.#isThere[slot] = 1
    this.#changed.add(slot)
  }

  delete(slot: number): void {
    this.#isThere[slot] = 0
    this.#changed.add(slot)
  }

  uidOf(slot: number): string {
    let hex = ''
    for (let at = 0; at < 4; at++) hex += this.#words[slot * 4 + at]!.toString(16).padStart(8, '0')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }

  /** All slots in use, by uid. Not to be altered. */
  slots(): Uint32Array {
    this.#refresh()
    return this.#slots
  }

  /** Place of the first uid that is not below `uid`. */
  rankOf(uid: string): number {
    this.#refresh()
    const wanted = uid.toLowerCase()
    let low = 0
    let high = this.#slots.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.uidOf(this.#slots[middle]!) < wanted) low = middle + 1
      else high = middle
    }
    return low
  }

  slotOf(uid: string): number | undefined {
    const slot = this.slots()[this.rankOf(uid)]
    return slot !== undefined && this.uidOf(slot) === uid.toLowerCase() ? slot : undefined
  }

  #refresh(): void {
    if (this.#changed.size === 0) return
    if (!this.#isBuilt || this.#changed.size * 8 > this.#slots.length) this.#rebuild()
    else {
      const belongs = [...this.#changed].filter((slot) => this.#isThere[slot] === 1)
      this.#slots = resorted(this.#slots, this.#changed, belongs, (a, b) => this.compare(a, b))
    }
    this.#changed.clear()
  }

  #rebuild(): void {
    const there: number[] = []
    for (let slot = 0; slot < this.#isThere.length; slot++) if (this.#isThere[slot] === 1) there.push(slot)
    this.#slots = this.sorted(there)
    this.#isBuilt = true
  }

  /** The same slots by uid. */
  sorted(unsorted: ArrayLike<number>): Uint32Array {
    // The first 31 bits and the slot in one exact number: sorted as numbers, and the few that are alike are looked at again.
    const keys = new Float64Array(unsorted.length)
    for (let at = 0; at < keys.length; at++) keys[at] = (this.#words[unsorted[at]! * 4]! >>> 1) * SLOTS + unsorted[at]!
    keys.sort()
    const slots = new Uint32Array(keys.length)
    for (let at = 0; at < keys.length; at++) {
      const slot = keys[at]! % SLOTS
      let to = at
      while (to > 0 && this.compare(slots[to - 1]!, slot) > 0) {
        slots[to] = slots[to - 1]!
        to--
      }
      slots[to] = slot
    }
    return slots
  }

  /** Below zero when the uid of `a` comes first. */
  compare(a: number, b: number): number {
    for (let at = 0; at < 4; at++) {
      const difference = this.#words[a * 4 + at]! - this.#words[b * 4 + at]!
      if (difference !== 0) return difference
    }
    return 0
  }
}

const SLOTS = 2 ** 22
