/** How much waits, and when it goes out. */
export interface BatchQueueOptions<T> {
  intervalMs: number
  maxItems: number
  isReady: () => boolean
  send: (items: readonly T[]) => Promise<void>
}

/**
 * Collects items and hands them on in batches, `intervalMs` after the first: nothing ticks while nothing happens. The queue is bounded: what does
 * not fit, and what could not be handed on, is dropped and counted. Until `isReady` all waits. Never throws, never blocks.
 */
export class BatchQueue<T> {
  readonly #options: BatchQueueOptions<T>
  #items: T[] = []
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> = Promise.resolve()
  #droppedCount = 0

  constructor(options: BatchQueueOptions<T>) {
    this.#options = options
  }

  get droppedCount(): number {
    return this.#droppedCount
  }

  push(item: T): void {
    if (this.#items.length >= this.#options.maxItems) {
      this.#droppedCount++
      return
    }
    this.#items.push(item)
    if (this.#timer) return
    this.#timer = setTimeout(() => void this.flush(), this.#options.intervalMs)
    this.#timer.unref()
  }

  /** Hands on all that was pushed before; resolves when it arrived or was dropped. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#options.isReady()) return Promise.resolve()
    const items = this.#items
    this.#items = []
    if (items.length === 0) return this.#sending
    this.#sending = this.#sending.then(async () => {
      try {
        await this.#options.send(items)
      } catch {
        this.#droppedCount += items.length
      }
    })
    return this.#sending
  }
}
