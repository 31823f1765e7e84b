import type { Clock } from '#kernel/common/clock'
import { identityFaults } from './identity-faults.ts'

/** Lets `max` failures through in any `windowMs`; then everything waits, good or bad, until the window has room again. */
export class AttemptLimit {
  readonly #options: { clock: Clock; max: number; windowMs: number }
  #failedAtMs: number[] = []

  constructor(options: { clock: Clock; max: number; windowMs: number }) {
    this.#options = options
  }

  /** @throws `platform.identity.too_many_attempts` with `retryAfterSeconds`. */
  assertOpen(): void {
    const nowMs = this.#options.clock.now().getTime()
    this.#failedAtMs = this.#failedAtMs.filter((atMs) => nowMs - atMs < this.#options.windowMs)
    if (this.#failedAtMs.length < this.#options.max) return
    const seconds = Math.ceil(((this.#failedAtMs[0] ?? nowMs) + this.#options.windowMs - nowMs) / 1000)
    throw identityFaults.too_many_attempts({ seconds }, { retryAfterSeconds: seconds })
  }

  noteFailure(): void {
    this.#failedAtMs.push(this.#options.clock.now().getTime())
  }
}
