/** Tells readers in this process that a log grew. */
export class LogSignal {
  readonly #waiting = new Map<string, Set<() => void>>()

  raise(file: string): void {
    const waiting = this.#waiting.get(file)
    this.#waiting.delete(file)
    for (const wake of waiting ?? []) wake()
  }

  /** Resolves when `file` grew, or after `timeoutMs` (another process may write it), or when aborted. */
  async next(file: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const waiting = this.#waiting.get(file) ?? new Set()
      const done = (): void => {
        clearTimeout(timer)
        waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      signal.addEventListener('abort', done, { once: true })
      this.#waiting.set(file, waiting.add(done))
      if (signal.aborted) done()
    })
  }
}
