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
  #bySlot: { starts: Uint32Array; runs: Uint32Array } | undefined
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
      (this.#runs?.byteLength ?? 0) +
      (this.#bySlot ? this.#bySlot.starts.byteLength + this.#bySlot.runs.byteLength : 0)
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

  /** How many different values there are, the one of texts that are too long included. */
  get runCount(): number {
    return this.#runStarts().length
  }

  valueOfRun(run: number): number {
    return this.#values[this.#runStarts()[run]!]!
  }

  /** How many slots have the value of each run; only those in `among`, if given. */
  countRuns(among: SlotSet | undefined): Uint32Array {
    const starts = this.#runStarts()
    const counts = new Uint32Array(starts.length)
    const lengthOf = (run: number): number => (starts[run + 1] ?? this.#slots.length) - starts[run]!
    if (!among || among.size === 0) {
      if (!among) for (let run = 0; run < starts.length; run++) counts[run] = lengthOf(run)
      return counts
    }
    const words = (this.all().highest >>> 5) + 1
    let cost = words
    for (let run = 0; run < starts.length; run++) cost += Math.min(lengthOf(run), words)
    if (among.size * 2 < cost) this.#countSlots(among, counts)
    else {
      const bits = among.toBits(words)
      for (let run = 0; run < starts.length; run++)
        counts[run] = lengthOf(run) > words && lengthOf(run) >= LARGE ? this.setOf(this.#values[starts[run]!]!).countIn(bits) : this.#countPairs(run, bits)
    }
    return counts
  }

  #countPairs(run: number, bits: Uint32Array): number {
    const slots = this.#slots
    const starts = this.#runs!
    const end = starts[run + 1] ?? slots.length
    let count = 0
    for (let at = starts[run]!; at < end; at++) count += (bits[slots[at]! >>> 5]! >>> (slots[at]! & 31)) & 1
    return count
  }

  #countSlots(among: SlotSet, counts: Uint32Array): void {
    const { starts, runs } = this.#runsBySlot()
    for (const slot of among.toSorted()) {
      if (slot + 1 >= starts.length) break
      const end = starts[slot + 1]!
      for (let at = starts[slot]!; at < end; at++) counts[runs[at]!]!++
    }
  }

  /** The other way round: the runs of each slot, one after the other. */
  #runsBySlot(): { starts: Uint32Array; runs: Uint32Array } {
    if (this.#bySlot) return this.#bySlot
    const ofRuns = this.#runStarts()
    const slots = this.#slots
    const starts = new Uint32Array(this.all().highest + 2)
    for (const slot of slots) starts[slot + 1]!++
    for (let at = 1; at < starts.length; at++) starts[at]! += starts[at - 1]!
    const next = starts.slice()
    const runs = new Uint32Array(slots.length)
    for (let run = 0; run < ofRuns.length; run++) {
      const end = ofRuns[run + 1] ?? slots.length
      for (let at = ofRuns[run]!; at < end; at++) runs[next[slots[at]!]!++] = run
    }
    return (this.#bySlot = { starts, runs })
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
    this.#bySlot = undefined
    this.#sets.clear()
    this.revision++
  }
}

/** Slots of a value whose set is kept. */
const LARGE = 4_096

/** More slots than there can be: a pair of value and slot in one exact number. */
const SLOTS = 2 ** 22
