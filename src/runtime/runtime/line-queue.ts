import type { LogLine } from './runtime.ts'

/** Lines that wait for a slow reader; beyond, the oldest go. */
const LIMIT = 10_000

/** New lines of a source as an async iterable that ends when `signal` aborts. Listens from its construction on. */
export class LineQueue implements AsyncIterable<LogLine> {
  readonly #lines: LogLine[] = []
  readonly #signal: AbortSignal
  readonly #unlisten: () => void
  #wake: () => void = () => {}

  constructor(source: { listen(listener: (line: LogLine) => void): () => void }, signal: AbortSignal) {
    this.#signal = signal
    this.#unlisten = source.listen((line) => {
      this.#lines.push(line)
      if (this.#lines.length > LIMIT) this.#lines.shift()
      this.#wake()
    })
    signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  close(): void {
    this.#unlisten()
  }

  async *[Symbol.asyncIterator](): AsyncIterator<LogLine> {
    try {
      while (!this.#signal.aborted) {
        const line = this.#lines.shift()
        if (line) yield line
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
      }
    } finally {
      this.#unlisten()
    }
  }
}
