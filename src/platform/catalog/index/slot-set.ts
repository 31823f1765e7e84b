/**
 * A set of slots (small numbers, one an entity): a sorted list while it is sparse, bits when it is dense. Never altered after it was made.
 */
export class SlotSet {
  readonly size: number
  readonly #list: Uint32Array | undefined
  readonly #bits: Uint32Array | undefined

  private constructor(size: number, list: Uint32Array | undefined, bits: Uint32Array | undefined) {
    this.size = size
    this.#list = list
    this.#bits = bits
  }

  static readonly EMPTY = new SlotSet(0, new Uint32Array(0), undefined)

  /** @param sorted ascending, without doubles; kept, not copied. */
  static ofSorted(sorted: Uint32Array): SlotSet {
    const last = sorted.at(-1) ?? 0
    if (sorted.length < 64 || sorted.length * 32 < last) return new SlotSet(sorted.length, sorted, undefined)
    const bits = new Uint32Array((last >>> 5) + 1)
    for (const slot of sorted) bits[slot >>> 5]! |= 1 << (slot & 31)
    return new SlotSet(sorted.length, undefined, bits)
  }

  static ofUnsorted(slots: Iterable<number>): SlotSet {
    const sorted = Uint32Array.from(slots).sort()
    let kept = 0
    for (let at = 0; at < sorted.length; at++) if (at === 0 || sorted[at] !== sorted[at - 1]) sorted[kept++] = sorted[at]!
    return SlotSet.ofSorted(sorted.subarray(0, kept))
  }

  /** @param bits kept, not copied. */
  static ofBits(bits: Uint32Array): SlotSet {
    let size = 0
    for (const word of bits) size += popCount(word)
    if (size >= bits.length) return new SlotSet(size, undefined, bits)
    return new SlotSet(size, listOf(bits, size), undefined)
  }

  /** A slot that none is above; zero for an empty set. */
  get highest(): number {
    return this.#list ? (this.#list.at(-1) ?? 0) : this.#bits!.length * 32 - 1
  }

  has(slot: number): boolean {
    if (this.#bits) return ((this.#bits[slot >>> 5] ?? 0) & (1 << (slot & 31))) !== 0
    const list = this.#list!
    const at = lowerBound(list, slot)
    return list[at] === slot
  }

  /** Slots in ascending order; not to be altered. */
  toSorted(): Uint32Array {
    return this.#list ?? listOf(this.#bits!, this.size)
  }

  /** As bits, 32 a word, `words` of them at least; not to be altered. */
  toBits(words: number): Uint32Array {
    const known = this.#bits
    if (known && known.length >= words) return known
    const bits = new Uint32Array(words)
    if (known) bits.set(known)
    else for (const slot of this.#list!) if (slot >>> 5 < words) bits[slot >>> 5]! |= 1 << (slot & 31)
    return bits
  }

  /** How many of these are set in `bits`. */
  countIn(bits: Uint32Array): number {
    let count = 0
    if (this.#list) for (const slot of this.#list) count += ((bits[slot >>> 5] ?? 0) >>> (slot & 31)) & 1
    else {
      const own = this.#bits!
      const words = Math.min(own.length, bits.length)
      for (let at = 0; at < words; at++) count += popCount(own[at]! & bits[at]!)
    }
    return count
  }

  and(other: SlotSet): SlotSet {
    if (this.size === 0 || other.size === 0) return SlotSet.EMPTY
    if (this.#bits && other.#bits) {
      const [a, b] = [this.#bits, other.#bits]
      const bits = new Uint32Array(Math.min(a.length, b.length))
      for (let at = 0; at < bits.length; at++) bits[at] = a[at]! & b[at]!
      return SlotSet.ofBits(bits)
    }
    const [few, many] = this.#list && (!other.#list || this.size <= other.size) ? [this, other] : [other, this]
    return SlotSet.ofSorted(few.#list!.filter((slot) => many.has(slot)))
  }

  /** What is in all of them; of none, nothing. */
  static intersection(sets: readonly SlotSet[]): SlotSet {
    const [smallest, ...others] = sets.toSorted((a, b) => a.size - b.size)
    if (!smallest || others.length === 0) return smallest ?? SlotSet.EMPTY
    const list = smallest.size === 0 ? SlotSet.EMPTY.#list : smallest.#list
    if (list) return SlotSet.ofSorted(list.filter((slot) => others.every((other) => other.has(slot))))
    // A list that is not the smallest set would have to be gone through one by one.
    if (others.some((other) => other.#list)) return others.reduce((found, other) => found.and(other), smallest)
    const bits = smallest.#bits!.slice(0, Math.min(...sets.map((set) => set.#bits!.length)))
    for (const other of others) {
      const more = other.#bits!
      for (let at = 0; at < bits.length; at++) bits[at]! &= more[at]!
    }
    return SlotSet.ofBits(bits)
  }

  or(other: SlotSet): SlotSet {
    if (this.size === 0) return other
    if (other.size === 0) return this
    return SlotSet.union([this, other])
  }

  /** What is in `this` and not in `other`. */
  minus(other: SlotSet): SlotSet {
    if (other.size === 0 || this.size === 0) return this
    if (this.#list) return SlotSet.ofSorted(this.#list.filter((slot) => !other.has(slot)))
    const bits = this.#bits!.slice()
    if (other.#bits) for (let at = 0; at < bits.length; at++) bits[at]! &= ~(other.#bits[at] ?? 0)
    else for (const slot of other.#list!) if (slot >>> 5 < bits.length) bits[slot >>> 5]! &= ~(1 << (slot & 31))
    return SlotSet.ofBits(bits)
  }

  static union(sets: readonly SlotSet[]): SlotSet {
    const there = sets.filter((set) => set.size > 0)
    const [only] = there
    if (!only) return SlotSet.EMPTY
    if (there.length === 1) return only
    if (there.every((set) => set.#list) && there.reduce((sum, set) => sum + set.size, 0) < 4096)
      return SlotSet.ofUnsorted(there.flatMap((set) => [...set.#list!]))
    const bits = new Uint32Array(Math.max(...there.map((set) => (set.#bits ? set.#bits.length : (set.#list!.at(-1)! >>> 5) + 1))))
    for (const set of there) {
      if (set.#bits) for (let at = 0; at < set.#bits.length; at++) bits[at]! |= set.#bits[at]!
      else for (const slot of set.#list!) bits[slot >>> 5]! |= 1 << (slot & 31)
    }
    return SlotSet.ofBits(bits)
  }

  get sizeBytes(): number {
    return 64 + 4 * (this.#list?.length ?? this.#bits!.length)
  }
}

/** First place in a sorted list that is not below `value`. */
export function lowerBound(list: Uint32Array, value: number, from = 0, to = list.length): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (list[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function listOf(bits: Uint32Array, size: number): Uint32Array {
  const list = new Uint32Array(size)
  let count = 0
  for (let at = 0; at < bits.length; at++) {
    for (let word = bits[at]!; word !== 0; word &= word - 1) list[count++] = at * 32 + 31 - Math.clz32(word & -word)
  }
  return list
}

function popCount(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
