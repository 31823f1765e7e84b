/** A bucket that fills steadily: how many spans may be recorded, so that a flood of requests is not also a flood of telemetry. */
export class SpanBudget {
  readonly #perSecond: number
  readonly #burst: number
  #left: number
  #filledAtMs: number

  /** @param options.burst how many may come at once after a quiet time. */
  constructor(options: { perSecond: number; burst: number; nowMs: number }) {
    this.#perSecond = options.perSecond
    this.#burst = options.burst
    this.#left = options.burst
    this.#filledAtMs = options.nowMs
  }

  /** Takes one; false when there is none left. `nowMs` never goes back. */
  take(nowMs: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond)
    this.#filledAtMs = nowMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
