import { Postings } from './postings.ts'
import { TermBits } from './term-bits.ts'
import { Vocabulary, type Match } from './vocabulary.ts'
import { wordsOf } from './words.ts'

/** Where a word stands: in the name, the title, what classes it (tags, owner, type), or its text. */
export type Band = 0 | 1 | 2 | 3
const BAND_WEIGHTS = [1, 0.95, 0.5, 0.3] as const

/** What is to be found, by a key of its own. */
export interface SearchDocument {
  key: string
  /** A number below 16 for what sort of thing it is; asked for by filters and weights. */
  sort: number
  fields: readonly { band: Band; text: string }[]
}

export interface RankedHit {
  key: string
  sort: number
  /** From 0 to 1. */
  score: number
}

export interface SearchQuestion {
  words: readonly string[]
  limit: number
  /** What each sort is worth beside the words, from 0 to 1; undefined for those that are not wanted. */
  weightOf: (sort: number) => number | undefined
}

const MAX_SORTS = 16
const GONE = 255
/** Words of a question; the others are left out. */
const MAX_WORDS = 8
/** Words of one document. */
const MAX_TERMS = 400
/** Places that one word of a question is looked up at: bounds the work on very common beginnings. */
const MAX_PLACES = 200_000
const MIN_DEAD = 2_000

/**
 * Finds documents that have every word, as a beginning; typos are forgiven when nothing else is found. In memory and for one process: about 180 bytes a
 * word that is new and 6 a word that is not. A document that is replaced leaves its old places until enough of them are dead: then `isWorn`.
 */
export class SearchIndex {
  readonly #vocabulary = new Vocabulary()
  /** Places in names, titles and what classes; and in texts. */
  readonly #core = new Postings()
  readonly #text = new Postings()
  readonly #bits = new TermBits([this.#core, this.#text])
  readonly #numbers = new Map<string, number>()
  readonly #keys: (string | undefined)[] = []
  /** Sort of each document; 255 for those that went. */
  #sorts = new Uint8Array(1 << 10)
  #nameLengths = new Uint8Array(1 << 10)
  readonly #hashes: number[] = []
  #totals = new Float32Array(1 << 10)
  #current = new Float32Array(1 << 10)
  #stamps = new Uint32Array(1 << 10)
  #list = new Uint32Array(1 << 10)
  #stamp = 0
  #dead = 0

  get size(): number {
    return this.#numbers.size
  }

  /** Whether so many documents were replaced that it is better made anew. */
  get isWorn(): boolean {
    return this.#dead > MIN_DEAD && this.#dead > this.size / 2
  }

  /** Adds or replaces a document; nothing happens when it has the same words as before. */
  put(document: SearchDocument): void {
    const terms = new Map<string, Band>()
    let nameLength = 0
    for (const { band, text } of document.fields) {
      const words = wordsOf(text, MAX_TERMS)
      if (band === 0) nameLength = Math.max(nameLength, words.length)
      if (band < 2 && words.length > 1 && words.length < 6) words.push(words.join('').slice(0, 40))
      for (const word of words) {
        if (terms.size >= MAX_TERMS) break
        const known = terms.get(word)
        if (known === undefined || band < known) terms.set(word, band)
      }
    }
    const hash = hashOf(terms, document.sort)
    const known = this.#numbers.get(document.key)
    if (known !== undefined && this.#hashes[known] === hash) return
    this.remove(document.key)
    const number = this.#keys.length
    this.#numbers.set(document.key, number)
    this.#keys.push(document.key)
    if (number >= this.#sorts.length) {
      this.#sorts = grown(this.#sorts)
      this.#nameLengths = grown(this.#nameLengths)
    }
    this.#sorts[number] = document.sort
    this.#nameLengths[number] = Math.min(255, Math.max(1, nameLength))
    this.#hashes.push(hash)
    for (const [word, band] of terms) (band === 3 ? this.#text : this.#core).add(this.#vocabulary.intern(word), number * 4 + band)
  }

  remove(key: string): void {
    const number = this.#numbers.get(key)
    if (number === undefined) return
    this.#numbers.delete(key)
    this.#keys[number] = undefined
    this.#sorts[number] = GONE
    this.#dead++
  }

  /** Keys of all documents. */
  keys(): IterableIterator<string> {
    return this.#numbers.keys()
  }

  /** The best hits, best first, and how many there are of each sort. */
  search(question: SearchQuestion): { hits: RankedHit[]; counts: Map<number, number> } {
    const words = [...new Set(question.words)].slice(0, MAX_WORDS)
    if (words.length === 0) return { hits: [], counts: new Map() }
    const countOf = (term: number): number => this.#core.countOf(term) + this.#text.countOf(term)
    const literal = words.map((word) => this.#vocabulary.beginningWith(word, countOf))
    const found = this.#found(literal, question)
    if (found.hits.length > 0) return found
    const forgiving = words.map((word, at) => merged(literal[at] ?? [], this.#vocabulary.resembling(word)))
    return this.#found(forgiving, question)
  }

  /** Those that have all words outside of their texts come first; texts are gone through only when these are too few. */
  #found(wanted: readonly Match[][], question: SearchQuestion): { hits: RankedHit[]; counts: Map<number, number> } {
    const core = this.#ranked(wanted, question, [this.#core])
    if (core.hits.length >= question.limit) return { hits: core.hits.map(ahead), counts: this.#countAll(wanted, question) }
    const all = this.#ranked(wanted, question, [this.#core, this.#text])
    const known = new Set(core.hits.map(({ key }) => key))
    const rest = all.hits.filter(({ key }) => !known.has(key)).map((hit) => ({ ...hit, score: hit.score / 2 }))
    return { hits: [...core.hits.map(ahead), ...rest].slice(0, question.limit), counts: all.counts }
  }

  #countAll(wanted: readonly Match[][], { weightOf }: SearchQuestion): Map<number, number> {
    const found = new Uint32Array(256)
    this.#bits.forEachWithAll(wanted, this.#keys.length, (number) => {
      found[this.#sorts[number]!]!++
    })
    const counts = new Map<number, number>()
    for (let sort = 0; sort < MAX_SORTS; sort++) if (found[sort]! > 0 && weightOf(sort) !== undefined) counts.set(sort, found[sort]!)
    return counts
  }

  #ranked(wanted: readonly Match[][], { limit, weightOf }: SearchQuestion, postings: readonly Postings[]): { hits: RankedHit[]; counts: Map<number, number> } {
    const counts = new Map<number, number>()
    const placesOf = (matches: readonly Match[]): number => {
      let sum = 0
      for (const { term } of matches) for (const some of postings) sum += some.countOf(term)
      return sum
    }
    const ordered = wanted.map((matches) => ({ matches, places: placesOf(matches) })).sort((a, b) => a.places - b.places)
    const candidates = this.#candidates(
      ordered.map(({ matches }) => matches),
      postings,
    )
    const best = new Best(limit)
    const weights = Float64Array.from({ length: MAX_SORTS }, (_, sort) => weightOf(sort) ?? -1)
    const found = new Uint32Array(MAX_SORTS)
    const [sorts, totals, nameLengths, length] = [this.#sorts, this.#totals, this.#nameLengths, wanted.length]
    for (let at = 0; at < candidates.length; at++) {
      const number = candidates[at]!
      const sort = sorts[number]!
      if (sort === GONE) continue
      const weight = weights[sort]!
      if (weight < 0) continue
      found[sort]!++
      const quality = totals[number]! / length
      // Whose name is nothing but what was typed comes first.
      const closeness = quality > 0.6 ? Math.min(1, length / nameLengths[number]!) : 0
      const score = 0.6 * quality + 0.25 * closeness + 0.15 * weight
      if (score > best.least) best.add(number, score)
    }
    for (let sort = 0; sort < MAX_SORTS; sort++) if (found[sort]! > 0) counts.set(sort, found[sort]!)
    const hits = best.items.map(({ number, score }) => ({ key: this.#keys[number] ?? '', sort: this.#sorts[number] ?? 0, score }))
    return { hits: hits.sort((a, b) => b.score - a.score || a.key.length - b.key.length || (a.key < b.key ? -1 : 1)), counts }
  }

  /** Numbers of the documents that have all words, their sums of weights in `#totals`. */
  #candidates(words: readonly (readonly Match[])[], postings: readonly Postings[]): Uint32Array {
    this.#makeRoom()
    const base = this.#stamp + 1
    this.#stamp += words.length + 1
    const [totals, current, stamps, list] = [this.#totals, this.#current, this.#stamps, this.#list]
    let count = 0
    for (let word = 0; word < words.length; word++) {
      const mark = base + word
      let left = MAX_PLACES
      count = 0
      for (const { term, quality } of words[word] ?? []) {
        for (const some of postings) {
          const places = some.read(term, left)
          left -= places.length
          for (let at = 0; at < places.length; at++) {
            const place = places[at]!
            const number = place >>> 2
            const stamp = stamps[number]!
            if (stamp !== mark && word > 0 && stamp !== mark - 1) continue
            const score = quality * BAND_WEIGHTS[(place & 3) as Band]
            if (stamp === mark) {
              const known = current[number]!
              if (score <= known) continue
              totals[number] = totals[number]! + score - known
            } else {
              stamps[number] = mark
              totals[number] = word === 0 ? score : totals[number]! + score
              list[count++] = number
            }
            current[number] = score
          }
        }
        if (left <= 0) break
      }
    }
    return list.subarray(0, count)
  }

  #makeRoom(): void {
    if (this.#totals.length < this.#keys.length) {
      const room = Math.ceil(this.#keys.length * 1.3)
      this.#totals = new Float32Array(room)
      this.#current = new Float32Array(room)
      this.#stamps = new Uint32Array(room)
      this.#list = new Uint32Array(room)
      this.#stamp = 0
    }
    if (this.#stamp > 4_000_000_000) {
      this.#stamps.fill(0)
      this.#stamp = 0
    }
  }
}

/** The best so far. */
class Best {
  readonly items: { number: number; score: number }[] = []
  readonly #limit: number
  /** What is not above this is not among the best. */
  least = -1

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @param score greater than `least`. */
  add(number: number, score: number): void {
    const { items } = this
    let low = 0
    let high = items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((items[middle]?.score ?? 0) >= score) low = middle + 1
      else high = middle
    }
    items.splice(low, 0, { number, score })
    if (items.length > this.#limit) items.pop()
    if (items.length === this.#limit) this.least = items.at(-1)?.score ?? 0
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.ceil(bytes.length * 1.5))
  larger.set(bytes)
  return larger
}

function ahead(hit: RankedHit): RankedHit {
  return { ...hit, score: 0.5 + hit.score / 2 }
}

function merged(literal: readonly Match[], similar: readonly Match[]): Match[] {
  const known = new Set(literal.map(({ term }) => term))
  return [...literal, ...similar.filter(({ term }) => !known.has(term))]
}

function hashOf(terms: ReadonlyMap<string, Band>, sort: number): number {
  let hash = 0x811c9dc5 ^ sort
  for (const [word, band] of terms) {
    for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193)
    hash = Math.imul(hash ^ (band + 1), 0x01000193)
  }
  return hash >>> 0
}
