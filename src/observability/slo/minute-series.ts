/** Minutes that are kept one by one; of what is older, whole hours. */
const MINUTES = 3 * 1_440
const HOURS = 36 * 24

/** Of the many objectives of what never gets a request. */
const NOTHING = { good: new Float64Array(0), total: new Float64Array(0) }

/**
 * Counts of good and all events by minute as running totals, so that the sum over any window costs two look-ups, however long it is.
 * About 80 KB from the first event on, nothing before. Windows up to three days are exact to the minute; the start of a longer one is moved back to the full hour.
 */
export class MinuteSeries {
  #minutes = NOTHING
  #hours = NOTHING
  #first = Number.NaN
  #last = Number.NaN

  /** Adds to a minute (since 1970), in any order; what is older than 36 days is ignored. */
  add(minute: number, good: number, total: number): void {
    if (Number.isNaN(this.#last)) {
      this.#minutes = { good: new Float64Array(MINUTES + 1), total: new Float64Array(MINUTES + 1) }
      this.#hours = { good: new Float64Array(HOURS + 1), total: new Float64Array(HOURS + 1) }
      this.#first = minute
      this.#last = minute
    }
    this.#advance(minute)
    const hour = Math.floor(minute / 60)
    if (hour <= this.#lastHour - HOURS) return
    for (const [key, value] of [['good', good] as const, ['total', total] as const]) {
      for (let at = Math.max(minute, this.#last - MINUTES); at <= this.#last; at++) increase(this.#minutes[key], at % (MINUTES + 1), value)
      for (let at = hour; at <= this.#lastHour; at++) increase(this.#hours[key], at % (HOURS + 1), value)
    }
    this.#first = Math.min(this.#first, minute)
  }

  /** Sum over the `minutes` minutes that end with minute `last` (inclusive). */
  sum(last: number, minutes: number): { good: number; total: number } {
    if (Number.isNaN(this.#last)) return { good: 0, total: 0 }
    return { good: this.#until('good', last) - this.#until('good', last - minutes), total: this.#until('total', last) - this.#until('total', last - minutes) }
  }

  get #lastHour(): number {
    return Math.floor(this.#last / 60)
  }

  /** Running total up to and including `minute`. */
  #until(key: 'good' | 'total', minute: number): number {
    if (minute < this.#first) return 0
    const at = Math.min(minute, this.#last)
    if (at >= this.#last - MINUTES) return this.#minutes[key][at % (MINUTES + 1)] ?? 0
    const hour = Math.max(Math.floor((at + 1) / 60) - 1, this.#lastHour - HOURS)
    return hour < Math.floor(this.#first / 60) ? 0 : (this.#hours[key][hour % (HOURS + 1)] ?? 0)
  }

  #advance(minute: number): void {
    const from = this.#last
    if (minute <= from) return
    for (const key of ['good', 'total'] as const) {
      const minutes = this.#minutes[key]
      const hours = this.#hours[key]
      const current = minutes[from % (MINUTES + 1)] ?? 0
      for (let at = Math.max(from + 1, minute - MINUTES); at <= minute; at++) minutes[at % (MINUTES + 1)] = current
      for (let at = Math.max(Math.floor(from / 60) + 1, Math.floor(minute / 60) - HOURS); at <= Math.floor(minute / 60); at++) hours[at % (HOURS + 1)] = current
    }
    this.#last = minute
  }
}

function increase(sums: Float64Array, index: number, by: number): void {
  sums[index] = (sums[index] ?? 0) + by
}
