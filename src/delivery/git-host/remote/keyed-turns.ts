/** One at a time for each key, in the order of asking; different keys don't wait for each other. */
export class KeyedTurns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `work` after what was asked for before it with this key, whatever became of that. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).catch(() => {}).then(work)
    this.#last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }
}
