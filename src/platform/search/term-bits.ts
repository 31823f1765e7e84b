import type { Postings } from './postings.ts'

/** Sets of bits that are kept: the least lately asked go first. Each has a bit a document. */
const MAX_KEPT = 256
/** A term in fewer documents than one of so many is looked up place by place. */
const SPARSE = 64

/** Counts documents that have all words, however many they are: terms of many documents are kept as bits, which are combined 32 at a time. */
export class TermBits {
  readonly #postings: readonly Postings[]
  readonly #kept = new Map<number, { counts: number[]; bits: Uint32Array }>()

  constructor(postings: readonly Postings[]) {
    this.#postings = postings
  }

  /** Calls back with the number of each document that has a term of every word. */
  forEachWithAll(words: readonly (readonly { term: number }[])[], documents: number, visit: (number: number) => void): void {
    const length = Math.ceil(documents / 32)
    let all: Uint32Array | undefined
    for (const matches of words) {
      const some = new Uint32Array(length)
      for (const { term } of matches) this.#or(some, term, documents)
      if (all) for (let at = 0; at < length; at++) all[at]! &= some[at]!
      else all = some
    }
    for (let at = 0; at < length; at++) {
      for (let left = all?.[at] ?? 0; left !== 0; left &= left - 1) visit(at * 32 + 31 - Math.clz32(left & -left))
    }
  }

  #or(into: Uint32Array, term: number, documents: number): void {
    const counts = this.#postings.map((postings) => postings.countOf(term))
    if (counts.reduce((sum, count) => sum + count, 0) * SPARSE < documents) {
      for (const postings of this.#postings) setBits(into, postings.read(term, Infinity), 0)
      return
    }
    const bits = this.#bitsOf(term, counts, into.length)
    for (let at = 0; at < into.length; at++) into[at]! |= bits[at]!
  }

  /** Bits of a term, with what was added to it meanwhile. */
  #bitsOf(term: number, counts: number[], length: number): Uint32Array {
    const known = this.#kept.get(term) ?? { counts: counts.map(() => 0), bits: new Uint32Array(length) }
    if (known.bits.length < length) {
      const longer = new Uint32Array(Math.ceil(length * 1.2))
      longer.set(known.bits)
      known.bits = longer
    }
    this.#postings.forEach((postings, which) => {
      if (known.counts[which] !== counts[which]) setBits(known.bits, postings.read(term, Infinity), known.counts[which] ?? 0)
    })
    known.counts = counts
    this.#kept.delete(term)
    this.#kept.set(term, known)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break
      this.#kept.delete(oldest)
    }
    return known.bits
  }
}

/** @param from the first place that is new. */
function setBits(bits: Uint32Array, places: Uint32Array, from: number): void {
  for (let at = from; at < places.length; at++) {
    const number = places[at]! >>> 2
    bits[number >>> 5]! |= 1 << (number & 31)
  }
}
