const FIRST_CHUNK = 2
const LARGEST_CHUNK = 512
const NONE = 0

/** Numbers by term, in one block of memory: each term has a chain of chunks that double in size. */
export class Postings {
  /** Chunks: the next one's place, how many numbers it has room for, and the numbers. Place 0 is no chunk. */
  #block = new Uint32Array(1 << 12)
  #used = 1
  readonly #heads: number[] = []
  readonly #tails: number[] = []
  readonly #counts: number[] = []
  #read = new Uint32Array(1 << 10)
  /** Numbers in the last chunk of each term. */
  readonly #fill: number[] = []

  get sizeBytes(): number {
    return this.#block.byteLength + 4 * 8 * this.#heads.length
  }

  countOf(term: number): number {
    return this.#counts[term] ?? 0
  }

  add(term: number, value: number): void {
    while (this.#heads.length <= term) {
      this.#heads.push(NONE)
      this.#tails.push(NONE)
      this.#counts.push(0)
      this.#fill.push(0)
    }
    let tail = this.#tails[term] ?? NONE
    if (tail === NONE || (this.#fill[term] ?? 0) === (this.#block[tail + 1] ?? 0)) {
      const room = tail === NONE ? FIRST_CHUNK : Math.min(LARGEST_CHUNK, 2 * (this.#block[tail + 1] ?? 0))
      const chunk = this.#allocate(room)
      if (tail === NONE) this.#heads[term] = chunk
      else this.#block[tail] = chunk
      this.#tails[term] = tail = chunk
      this.#fill[term] = 0
    }
    const at = this.#fill[term] ?? 0
    this.#block[tail + 2 + at] = value
    this.#fill[term] = at + 1
    this.#counts[term] = (this.#counts[term] ?? 0) + 1
  }

  /** The first numbers of a term, in the order of adding, at most `limit`. What is returned holds until the next call. */
  read(term: number, limit: number): Uint32Array {
    const count = Math.min(limit, this.countOf(term))
    if (this.#read.length < count) this.#read = new Uint32Array(Math.ceil(count * 1.5))
    const block = this.#block
    let filled = 0
    for (let chunk = this.#heads[term] ?? NONE; chunk !== NONE && filled < count; chunk = block[chunk] ?? NONE) {
      const end = Math.min(block[chunk + 1] ?? 0, count - filled)
      if (end > 16) this.#read.set(block.subarray(chunk + 2, chunk + 2 + end), filled)
      else for (let at = 0; at < end; at++) this.#read[filled + at] = block[chunk + 2 + at] ?? 0
      filled += end
    }
    return this.#read.subarray(0, count)
  }

  #allocate(room: number): number {
    const needed = this.#used + 2 + room
    if (needed > this.#block.length) {
      const block = new Uint32Array(Math.ceil(Math.max(needed, this.#block.length * 1.5)))
      block.set(this.#block)
      this.#block = block
    }
    const chunk = this.#used
    this.#used = needed
    this.#block[chunk + 1] = room
    return chunk
  }
}
