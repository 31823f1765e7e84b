/** Keeps the last few results of questions whose answers never change. What fails is asked again. */
export class LastOnes<T> {
  readonly #limit: number
  readonly #made = new Map<string, Promise<T>>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The answer, made by `make` when it is not kept; callers at the same time share one. */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const found = this.#made.get(key) ?? make()
    this.#made.delete(key)
    this.#made.set(key, found)
    found.catch(() => this.#made.delete(key))
    if (this.#made.size > this.#limit) this.#made.delete(this.#made.keys().next().value as string)
    return found
  }
}
