import { SlotSet } from './slot-set.ts'
import type { FactColumn } from './fact-column.ts'
import { grown } from './fact-arena.ts'
import { resorted } from './sorted-slots.ts'
import { NO_TEXT, type TextPool } from './text-pool.ts'
import type { UidOrder } from './uid-order.ts'

/** Rank of a slot that has no value. */
export const NO_RANK = 0xff_ff_ff_ff
/** Lists that are shorter than this part of all values are sorted by comparing; longer ones by counting. */
const SPARSE = 16

/**
 * The order of slots by their least value of one key, letters' case aside. A new value moves the ranks behind it; values that nobody has any more stay.
 */
export class ValueOrder {
  readonly #pool: TextPool
  readonly #column: FactColumn
  readonly #valuesOf: (slot: number) => readonly number[]
  /** Different values in lower case, in order. */
  #texts: Uint32Array = new Uint32Array(0)
  #ranks = new Uint32Array(0)
  #isBuilt = false
  #touched = new Set<number>()
  #sequence: Uint32Array | undefined
  #moved = new Set<number>()

  /** @param valuesOf texts of a slot's values of this key. */
  constructor(pool: TextPool, column: FactColumn, valuesOf: (slot: number) => readonly number[]) {
    this.#pool = pool
    this.#column = column
    this.#valuesOf = valuesOf
  }

  /** Notes that a slot's values of this key may have changed. */
  touch(slot: number): void {
    if (!this.#isBuilt) return
    this.#touched.add(slot)
    if (this.#sequence) this.#moved.add(slot)
  }

  get sizeBytes(): number {
    return this.#texts.byteLength + this.#ranks.byteLength + (this.#sequence?.byteLength ?? 0)
  }

  /** Rank by slot, `NO_RANK` without a value. Not to be altered. */
  ranks(slots: number): Uint32Array {
    this.#refresh(slots)
    return this.#ranks
  }

  /** Slots that have a value, by it and then by uid. Not to be altered. */
  sequence(slots: number, uids: UidOrder): Uint32Array {
    this.#refresh(slots)
    if (!this.#sequence || this.#moved.size * 8 > this.#sequence.length) {
      const there = uids.slots().filter((slot) => this.#ranks[slot] !== NO_RANK)
      this.#sequence = sortedByRank(there, this.#ranks, this.#texts.length, false)
    } else if (this.#moved.size > 0) {
      const belongs = [...this.#moved].filter((slot) => this.#ranks[slot] !== NO_RANK)
      this.#sequence = resorted(this.#sequence, this.#moved, belongs, (a, b) => this.#ranks[a]! - this.#ranks[b]! || uids.compare(a, b))
    }
    this.#moved.clear()
    return this.#sequence
  }

  /** One more than the greatest rank. */
  get count(): number {
    return this.#texts.length
  }

  textAt(rank: number): string | null {
    return rank === NO_RANK ? null : this.#pool.text(this.#texts[rank]!)
  }

  /** Rank of the first value that is not below `text`; exact tells whether it is that very text. */
  rankOf(text: string): { rank: number; isExact: boolean } {
    let low = 0
    let high = this.#texts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#pool.text(this.#texts[middle]!) < text) low = middle + 1
      else high = middle
    }
    return { rank: low, isExact: low < this.#texts.length && this.#pool.text(this.#texts[low]!) === text }
  }

  /** Slots with a value that begins with `prefix`, which is in lower case. */
  withPrefix(prefix: string, slots: number): SlotSet {
    this.#refresh(slots)
    const from = this.rankOf(prefix).rank
    let to = this.#texts.length
    for (let low = from; low < to;) {
      const middle = (low + to) >>> 1
      if (this.#pool.text(this.#texts[middle]!).startsWith(prefix)) low = middle + 1
      else to = middle
    }
    if (this.#column.pairCount === this.#column.all().size) {
      // Everybody has one value at most: the ranks say it all.
      const found: number[] = []
      for (let slot = 0; slot < slots; slot++) if (this.#ranks[slot]! >= from && this.#ranks[slot]! < to) found.push(slot)
      return SlotSet.ofSorted(Uint32Array.from(found))
    }
    const values = Array.from(this.#texts.subarray(from, to), (lower) => this.#pool.variantsOf(this.#pool.text(lower))).flat()
    return SlotSet.union(values.map((value) => this.#column.setOf(value)))
  }

  #refresh(slots: number): void {
    if (this.#ranks.length < slots) {
      const length = this.#ranks.length
      this.#ranks = grown(this.#ranks, Math.ceil(slots * 1.2)).fill(NO_RANK, length)
    }
    if (!this.#isBuilt || this.#touched.size * 8 > slots) this.#rebuild()
    else if (this.#touched.size > 0) this.#applyTouched()
    this.#touched.clear()
  }

  #rebuild(): void {
    const rankOf = new Map<number, number>()
    for (const value of this.#column.values()) rankOf.set(this.#pool.lowerOf(value), 0)
    const sorted = Array.from(rankOf.keys(), (id) => ({ id, text: this.#pool.text(id) })).sort(byText)
    this.#texts = Uint32Array.from(sorted, ({ id }) => id)
    this.#texts.forEach((id, rank) => void rankOf.set(id, rank))
    this.#ranks.fill(NO_RANK)
    this.#column.forEach((value, slot) => {
      if (value === NO_TEXT) return
      const rank = rankOf.get(this.#pool.lowerOf(value))!
      if (rank < this.#ranks[slot]!) this.#ranks[slot] = rank
    })
    this.#isBuilt = true
  }

  #applyTouched(): void {
    const fresh = new Map<number, string>()
    const leastOf = new Map<number, string>()
    for (const slot of this.#touched) {
      let least: string | undefined
      for (const value of this.#valuesOf(slot)) {
        if (value === NO_TEXT) continue
        const id = this.#pool.lowerOf(value)
        const text = this.#pool.text(id)
        if (!this.rankOf(text).isExact) fresh.set(id, text)
        if (least === undefined || text < least) least = text
      }
      if (least === undefined) this.#ranks[slot] = NO_RANK
      else leastOf.set(slot, least)
    }
    if (fresh.size > 0) this.#insert(Array.from(fresh, ([id, text]) => ({ id, text })).sort(byText))
    for (const [slot, text] of leastOf) this.#ranks[slot] = this.rankOf(text).rank
  }

  /** Puts new values between the others, and moves the ranks behind them. */
  #insert(fresh: readonly { id: number; text: string }[]): void {
    const merged = new Uint32Array(this.#texts.length + fresh.length)
    const places = fresh.map(({ text }) => this.rankOf(text).rank)
    let from = 0
    let to = 0
    fresh.forEach(({ id }, index) => {
      const at = places[index]!
      merged.set(this.#texts.subarray(from, at), to)
      to += at - from
      from = at
      merged[to++] = id
    })
    merged.set(this.#texts.subarray(from), to)
    const ranks = this.#ranks
    for (let slot = 0; slot < ranks.length; slot++) {
      const rank = ranks[slot]!
      if (rank === NO_RANK || rank < places[0]!) continue
      let moved = 1
      while (moved < places.length && places[moved]! <= rank) moved++
      ranks[slot] = rank + moved
    }
    this.#texts = merged
  }
}

function byText(a: { text: string }, b: { text: string }): number {
  return a.text < b.text ? -1 : 1
}

/** Sorts by rank and keeps the order of equals; slots without a rank come last, whatever the direction. */
export function sortedByRank(slots: Uint32Array, ranks: Uint32Array, count: number, isDescending: boolean): Uint32Array {
  const keyOf = (slot: number): number => {
    const rank = ranks[slot]!
    return rank === NO_RANK ? count : isDescending ? count - 1 - rank : rank
  }
  if (slots.length * SPARSE < count) {
    const keys = new Float64Array(slots.length)
    for (let at = 0; at < slots.length; at++) keys[at] = keyOf(slots[at]!) * 2 ** 24 + at
    keys.sort()
    const sorted = new Uint32Array(slots.length)
    for (let at = 0; at < slots.length; at++) sorted[at] = slots[keys[at]! % 2 ** 24]!
    return sorted
  }
  const places = new Uint32Array(count + 2)
  for (const slot of slots) places[keyOf(slot) + 1]!++
  for (let at = 1; at < places.length; at++) places[at]! += places[at - 1]!
  const sorted = new Uint32Array(slots.length)
  for (const slot of slots) sorted[places[keyOf(slot)]!++] = slot
  return sorted
}
