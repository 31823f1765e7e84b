/** An answer that the forge has given a tag: it may be asked whether it still holds. */
export interface TaggedAnswer {
  /** Value of `ETag`. */
  tag: string
  headers: Headers
  body: unknown
}

const MAX_CHARACTERS = 8_000_000

/** Keeps the answers that were used last. A 304 costs little, and on GitHub nothing of the hourly limit. */
export class TaggedAnswers {
  readonly #answers = new Map<string, { answer: TaggedAnswer; size: number }>()
  #size = 0

  find(url: string): TaggedAnswer | undefined {
    const found = this.#answers.get(url)
    if (!found) return undefined
    this.#answers.delete(url)
    this.#answers.set(url, found)
    return found.answer
  }

  /** @param size in characters. */
  keep(url: string, answer: TaggedAnswer, size: number): void {
    this.#size += size - (this.#answers.get(url)?.size ?? 0)
    this.#answers.delete(url)
    this.#answers.set(url, { answer, size })
    for (const [oldest, { size: freed }] of this.#answers) {
      if (this.#size <= MAX_CHARACTERS) return
      this.#answers.delete(oldest)
      this.#size -= freed
    }
  }
}
