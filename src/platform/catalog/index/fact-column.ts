import { lowerBound, SlotSet } from './slot-set.ts'
import { NO_TEXT } from './text-pool.ts'

/**
 * One key of all entities: pairs of value and slot, sorted by both, so that the slots of a value lie together. Alterations are kept aside and merged
 * when somebody asks: a commit costs a key that nobody looks at nothing but the note.
 */
export class FactColumn {
  #values: Uint32Array
  #slots: Uint32Array
  /** Pairs that come (1) or go (-1), by value and slot. */
  #pending = new Map<number, number>()
  #all: SlotSet | undefined
  #comparable: SlotSet | undefined
  #runs: Uint32Array | undefined
  /** Of values that many have. */
  readonly #sets = new Map<number, SlotSet>()
  /** Grows when the pairs change. */
  revision = 0

  constructor(pairs: { values: Uint32Array; slots: Uint32Array }) {
    const count = pairs.values.length
    const order = new Float64Array(count)
    for (let at = 0; at < count; at++) order[at] = pairs.values[at]! * SLOTS + pairs.slots[at]!
    order.sort()
    this.#values = new Uint32Array(count)
    this.#slots = new Uint32Array(count)
    for (let at = 0; at < count; at++) {
      this.#values[at] = Math.floor(order[at]! / SLOTS)
      this.#slots[at] = order[at]! % SLOTS
    }
  }

  get sizeBytes(): number {
    return (
      8 * this.#values.length +
      this.#pending.size * 50 +
      (this.#all?.sizeBytes ?? 0) +
      [...this.#sets.values()].reduce((sum, set) => sum + set.sizeBytes, 0) +
      (this.#runs?.byteLength ?? 0)
    )
  }

  note(value: number, slot: number, change: 1 | -1): void {
    const pair = value * SLOTS + slot
    const sum = (this.#pending.get(pair) ?? 0) + change
    if (sum === 0) this.#pending.delete(pair)
    else this.#pending.set(pair, sum)
  }

  /** Slots that have a value. */
  slotsOf(value: number): Uint32Array {
    this.#settle()
    const from = lowerBound(this.#values, value)
    return this.#slots.subarray(from, lowerBound(this.#values, value + 1, from))
  }

  /** Slots of the `nth` of `values()`. */
  slotsOfNth(nth: number): Uint32Array {
    const starts = this.#runStarts()
    const run = nth + Number(this.#values[0] === NO_TEXT)
    return this.#slots.subarray(starts[run], starts[run + 1] ?? this.#slots.length)
  }

  setOf(value: number): SlotSet {
    const slots = this.slotsOf(value)
    if (slots.length < LARGE) return SlotSet.ofSorted(slots)
    let set = this.#sets.get(value)
    if (!set) {
      set = SlotSet.ofSorted(slots)
      this.#sets.set(value, set)
    }
    return set
  }

  /** Slots that have any value. */
  all(): SlotSet {
    this.#settle()
    this.#all ??= SlotSet.ofUnsorted(this.#slots)
    return this.#all
  }

  /** Slots that have a value that can be compared. */
  comparable(): SlotSet {
    const tooLong = this.slotsOf(NO_TEXT).length
    if (tooLong === 0) return this.all()
    this.#comparable ??= SlotSet.ofUnsorted(this.#slots.subarray(tooLong))
    return this.#comparable
  }

  /** Different values, ascending by their numbers; without the one of texts that are too long. */
  values(): number[] {
    const starts = this.#runStarts()
    return Array.from(starts, (at) => this.#values[at]!).filter((value) => value !== NO_TEXT)
  }

  get pairCount(): number {
    this.#settle()
    return this.#values.length
  }

  /** Calls back with each pair. */
  forEach(visit: (value: number, slot: number) => void): void {
    this.#settle()
    for (let at = 0; at < this.#values.length; at++) visit(this.#values[at]!, this.#slots[at]!)
  }

  /** How many slots have each value; only those in `among`, if given. */
  countValues(among: SlotSet | undefined): Map<number, number> {
    const counts = new Map<number, number>()
    const starts = this.#runStarts()
    const slots = this.#slots
    const bits = among?.toBits(Math.floor(this.all().highest / 32) + 1)
    for (let run = 0; run < starts.length; run++) {
      const start = starts[run]!
      const end = starts[run + 1] ?? slots.length
      let count = end - start
      if (bits) {
        count = 0
        for (let at = start; at < end; at++) count += (bits[slots[at]! >>> 5]! >>> (slots[at]! & 31)) & 1
      }
      if (count > 0 && this.#values[start] !== NO_TEXT) counts.set(this.#values[start]!, count)
    }
    return counts
  }

  #runStarts(): Uint32Array {
    this.#settle()
    if (!this.#runs) {
      const starts: number[] = []
      for (let at = 0; at < this.#values.length; at++) if (at === 0 || this.#values[at] !== this.#values[at - 1]) starts.push(at)
      this.#runs = Uint32Array.from(starts)
    }
    return this.#runs
  }

  #settle(): void {
    if (this.#pending.size === 0) return
    const changes = Float64Array.from(this.#pending.keys()).sort()
    const [values, slots] = [this.#values, this.#slots]
    const added = changes.reduce((sum, pair) => sum + (this.#pending.get(pair)! > 0 ? 1 : 0), 0)
    const length = values.length + 2 * added - changes.length
    const [nextValues, nextSlots] = [new Uint32Array(length), new Uint32Array(length)]
    let from = 0
    let to = 0
    for (const pair of changes) {
      const value = Math.floor(pair / SLOTS)
      const slot = pair % SLOTS
      const start = lowerBound(values, value, from)
      const at = lowerBound(slots, slot, start, lowerBound(values, value + 1, start))
      nextValues.set(values.subarray(from, at), to)
      nextSlots.set(slots.subarray(from, at), to)
      to += at - from
      from = at
      if (this.#pending.get(pair)! < 0) from++
      else {
        nextValues[to] = value
        nextSlots[to++] = slot
      }
    }
    nextValues.set(values.subarray(from), to)
    nextSlots.set(slots.subarray(from), to)
    this.#values = nextValues
    this.#slots = nextSlots
    this.#pending = new Map()
    this.#all = undefined
    this.#comparable = undefined
    this.#runs = undefined
    this.#sets.clear()
    this.revision++
  }
}

/** Slots of a value whose set is kept. */
const LARGE = 4_096

/** More slots than there can be: a pair of value and slot in one exact number. */
const SLOTS = 2 ** 22
