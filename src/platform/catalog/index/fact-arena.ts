import type { Fact } from './entity-facts.ts'
import { NO_TEXT, type TextPool } from './text-pool.ts'

/**
 * The facts of all slots as numbers, two words each: the key's text twice, plus one when it is a member of a list; and the value's text.
 * Facts of a slot lie together; what is replaced becomes garbage until the arena is copied.
 */
export class FactArena {
  readonly #pool: TextPool
  #words = new Uint32Array(1 << 14)
  #used = 0
  #garbage = 0
  #starts = new Uint32Array(1 << 10)
  #counts = new Uint32Array(1 << 10)
  readonly #marks = new Uint32Array(1024)
  #mark = 0
  /** Texts of the keys that had a member of a list. */
  readonly itemKeys = new Set<number>()

  constructor(pool: TextPool) {
    this.#pool = pool
  }

  get sizeBytes(): number {
    return 4 * (this.#words.length + this.#starts.length * 2)
  }

  /** Replaces the facts of a slot. Doubles are left out. */
  set(slot: number, facts: readonly Fact[]): void {
    this.clear(slot)
    if (slot >= this.#starts.length) {
      this.#starts = grown(this.#starts, Math.max(slot + 1, Math.ceil(this.#starts.length * 1.6)))
      this.#counts = grown(this.#counts, this.#starts.length)
    }
    const needed = this.#used + facts.length * 2
    if (needed > this.#words.length) this.#makeRoom(needed)
    const start = this.#used
    const mark = ++this.#mark
    for (const fact of facts) {
      const key = this.#pool.intern(fact.key)
      if (fact.isItem) this.itemKeys.add(key)
      const word = key * 2 + Number(fact.isItem)
      const value = fact.value === null ? NO_TEXT : this.#pool.intern(fact.value)
      const place = (Math.imul(key, 31) + value) & 1023
      // Nearly always nothing of this entity has the same mark: then it is no double for sure.
      if (this.#marks[place] === mark && this.#isDouble(start, word, value)) continue
      this.#marks[place] = mark
      this.#words[this.#used++] = word
      this.#words[this.#used++] = value
    }
    this.#starts[slot] = start
    this.#counts[slot] = (this.#used - start) / 2
  }

  /** Takes away the facts of some keys, and adds others. */
  replace(slot: number, isGone: (key: number) => boolean, facts: readonly Fact[]): void {
    const kept: Fact[] = []
    this.forEach(slot, (key, value, isItem) => {
      if (!isGone(key)) kept.push({ key: this.#pool.text(key), value: value === NO_TEXT ? null : this.#pool.text(value), isItem })
    })
    this.set(slot, [...kept, ...facts])
  }

  clear(slot: number): void {
    this.#garbage += (this.#counts[slot] ?? 0) * 2
    if (slot < this.#counts.length) this.#counts[slot] = 0
  }

  /** Calls back with each fact of a slot. */
  forEach(slot: number, visit: (key: number, value: number, isItem: boolean) => void): void {
    const start = this.#starts[slot] ?? 0
    const end = start + (this.#counts[slot] ?? 0) * 2
    for (let at = start; at < end; at += 2) visit(this.#words[at]! >>> 1, this.#words[at + 1]!, (this.#words[at]! & 1) === 1)
  }

  /** Pairs of several keys. */
  pairsOfMany(keys: readonly number[], slots: number): Map<number, { values: Uint32Array; slots: Uint32Array }> {
    const found = new Map(keys.map((key) => [key, { values: new Growing(), slots: new Growing() }]))
    for (let slot = 0; slot < slots; slot++) {
      this.forEach(slot, (key, value) => {
        const pairs = found.get(key)
        pairs?.values.push(value)
        pairs?.slots.push(slot)
      })
    }
    return new Map(Array.from(found, ([key, pairs]) => [key, { values: pairs.values.toArray(), slots: pairs.slots.toArray() }]))
  }

  /** All pairs of value and slot of a key, in the order of slots. */
  pairsOf(key: number, slots: number): { values: Uint32Array; slots: Uint32Array } {
    const values = new Growing()
    const owners = new Growing()
    const [words, starts, counts] = [this.#words, this.#starts, this.#counts]
    for (let slot = 0; slot < slots; slot++) {
      const start = starts[slot]!
      const end = start + counts[slot]! * 2
      for (let at = start; at < end; at += 2) {
        if (words[at]! >>> 1 !== key) continue
        values.push(words[at + 1]!)
        owners.push(slot)
      }
    }
    return { values: values.toArray(), slots: owners.toArray() }
  }

  /** Gives back what was set aside for more facts. */
  trim(): void {
    this.#words = this.#words.slice(0, this.#used)
  }

  /** Whether the slot at `start` has this fact; one that is a member of a list and a value of its own, too, is kept as the member. */
  #isDouble(start: number, word: number, value: number): boolean {
    for (let at = start; at < this.#used; at += 2) {
      if (this.#words[at + 1] !== value || this.#words[at]! >>> 1 !== word >>> 1) continue
      this.#words[at]! |= word & 1
      return true
    }
    return false
  }

  /** Copies what is in use to a new place when much is garbage; grows otherwise. */
  #makeRoom(needed: number): void {
    if (this.#garbage * 2 < this.#used) {
      this.#words = grown(this.#words, Math.max(needed, Math.ceil(this.#words.length * 1.5)))
      return
    }
    const words = new Uint32Array(Math.max(needed, this.#words.length))
    let used = 0
    for (let slot = 0; slot < this.#starts.length; slot++) {
      const start = this.#starts[slot]!
      const length = this.#counts[slot]! * 2
      words.set(this.#words.subarray(start, start + length), used)
      this.#starts[slot] = used
      used += length
    }
    this.#words = words
    this.#used = used
    this.#garbage = 0
  }
}

/** A list of numbers that grows. */
class Growing {
  #items = new Uint32Array(1 << 6)
  #count = 0

  push(value: number): void {
    if (this.#count === this.#items.length) this.#items = grown(this.#items, this.#items.length * 2)
    this.#items[this.#count++] = value
  }

  toArray(): Uint32Array {
    return this.#items.slice(0, this.#count)
  }
}

export function grown(from: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(length)
  to.set(from)
  return to
}
