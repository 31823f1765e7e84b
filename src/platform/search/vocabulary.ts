import { allowedTypos, bitCount, letterMask, typoDistance } from './typo-distance.ts'

/** Words not yet in the sorted ones: looked through one by one. */
const MAX_FRESH = 200
/** Words that a beginning stands for: those in most documents. */
const MAX_BY_PREFIX = 200
/** Of a very short beginning only so many are looked at. */
const MAX_LOOKED_AT = 4_096
const MAX_BY_TYPO = 20
/** Words that typos are forgiven in; those with digits are numbers of something, and never are. */
const MAX_FORGIVEN = 100_000

/** A word that a typed one may stand for, and how well from 0 to 1. */
export interface Match {
  term: number
  quality: number
}

/** All words of an index by number; found by beginning, and by likeness. */
export class Vocabulary {
  readonly #ids = new Map<string, number>()
  readonly #terms: string[] = []
  #sorted: number[] = []
  #fresh: number[] = []
  readonly #forgiven: number[] = []
  readonly #masks: number[] = []

  get size(): number {
    return this.#terms.length
  }

  find(word: string): number | undefined {
    return this.#ids.get(word)
  }

  intern(word: string): number {
    const known = this.#ids.get(word)
    if (known !== undefined) return known
    const id = this.#terms.length
    this.#ids.set(word, id)
    this.#terms.push(word)
    this.#fresh.push(id)
    if (word.length >= 3 && this.#forgiven.length < MAX_FORGIVEN && !/\p{N}/u.test(word)) {
      this.#forgiven.push(id)
      this.#masks.push(letterMask(word))
    }
    return id
  }

  /** The word itself and those that begin with it, best first. @param countOf in how many documents a word is. */
  beginningWith(typed: string, countOf: (term: number) => number): Match[] {
    const exact = this.#ids.get(typed)
    let found: number[] = []
    const sorted = this.#inOrder()
    const end = Math.min(this.#firstAt(sorted, `${typed}\uFFFF`), this.#firstAt(sorted, typed) + MAX_LOOKED_AT)
    for (let at = this.#firstAt(sorted, typed); at < end; at++) found.push(sorted[at] ?? 0)
    for (const id of this.#fresh) if (this.#terms[id]?.startsWith(typed)) found.push(id)
    found = found.filter((id) => id !== exact)
    if (found.length > MAX_BY_PREFIX) found = found.sort((a, b) => countOf(b) - countOf(a)).slice(0, MAX_BY_PREFIX)
    const matches = found.map((term) => ({ term, quality: 0.6 + (0.3 * typed.length) / (this.#terms[term]?.length ?? 1) }))
    return exact === undefined ? matches : [{ term: exact, quality: 1 }, ...matches]
  }

  /** Words that are a typo or two away, or begin so. */
  resembling(typed: string): Match[] {
    const allowed = /\p{N}/u.test(typed) ? 0 : allowedTypos(typed.length)
    if (allowed === 0) return []
    const mask = letterMask(typed)
    const found: Match[] = []
    for (let at = 0; at < this.#forgiven.length; at++) {
      if (bitCount(mask & ~(this.#masks[at] ?? 0)) > allowed) continue
      const term = this.#forgiven[at] ?? 0
      const word = this.#terms[term] ?? ''
      if (word.length < typed.length - allowed) continue
      const distance = typoDistance(typed, word, allowed)
      if (distance <= allowed) found.push({ term, quality: 0.6 - 0.15 * distance - (word.length > typed.length + allowed ? 0.1 : 0) })
    }
    return found.sort((a, b) => b.quality - a.quality || a.term - b.term).slice(0, MAX_BY_TYPO)
  }

  #inOrder(): number[] {
    if (this.#fresh.length <= MAX_FRESH) return this.#sorted
    const text = (id: number): string => this.#terms[id] ?? ''
    const fresh = this.#fresh.sort((a, b) => (text(a) < text(b) ? -1 : 1))
    const merged: number[] = []
    let at = 0
    for (const id of this.#sorted) {
      while (at < fresh.length && text(fresh[at] ?? 0) < text(id)) merged.push(fresh[at++] ?? 0)
      merged.push(id)
    }
    while (at < fresh.length) merged.push(fresh[at++] ?? 0)
    this.#sorted = merged
    this.#fresh = []
    return merged
  }

  #firstAt(sorted: readonly number[], text: string): number {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#terms[sorted[middle] ?? 0] ?? '') < text) low = middle + 1
      else high = middle
    }
    return low
  }
}
