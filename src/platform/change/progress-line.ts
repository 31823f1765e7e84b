import type { Progress } from '#kernel/common/driver'

/** How often a running step may write a sign of life: four times a second. */
const PROGRESS_INTERVAL_MS = 250

/**
 * Keeps the latest progress of a running step and hands it to `write` at most once per interval; what was overtaken is never written.
 * A failing write is left to the next one: progress is a courtesy, not a fact.
 */
export class ProgressLine {
  #latest: Progress | undefined
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  readonly #write: (progress: Progress) => Promise<void>

  constructor(write: (progress: Progress) => Promise<void>) {
    this.#write = write
  }

  readonly report = (progress: Progress): void => {
    this.#latest = progress
    this.#timer ??= setTimeout(() => this.#flush(), PROGRESS_INTERVAL_MS)
  }

  #flush(): void {
    this.#timer = undefined
    const progress = this.#latest
    this.#latest = undefined
    if (progress) this.#writing = this.#writing.then(() => this.#write(progress)).catch(() => {})
  }

  /** Drops what is not written yet, and waits for the write under way, so that none lands after the step's end. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#latest = undefined
    await this.#writing
  }
}
