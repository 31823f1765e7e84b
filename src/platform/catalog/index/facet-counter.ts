import type { FactColumn } from './fact-column.ts'
import type { SlotSet } from './slot-set.ts'
import { NO_TEXT, type TextPool } from './text-pool.ts'

/** A value, and how many entities have it. */
export interface FacetCount {
  value: string
  count: number
}

/** Of keys with more values than this no order is kept: names and the like, which nobody counts twice. */
const MAX_KEPT_VALUES = 20_000

/** Counts the values of one key among some slots, by whichever way touches least: the slots, the pairs, or the bits of values that many have. */
export class FacetCounter {
  readonly #pool: TextPool
  readonly #column: FactColumn
  #revision = -1
  /** Texts of the runs in order, and which run each is. */
  #order: { texts: readonly string[]; runs: Uint32Array } | undefined

  constructor(pool: TextPool, column: FactColumn) {
    this.#pool = pool
    this.#column = column
  }

  isOf(column: FactColumn): boolean {
    return this.#column === column
  }

  /** By value. Without `among`, of all. */
  count(among: SlotSet | undefined): FacetCount[] {
    const counts = this.#column.countRuns(among)
    if (among !== undefined && among.size * 8 < counts.length) return this.#few(counts)
    const order = this.#inOrder()
    if (!order) return this.#few(counts)
    const found: FacetCount[] = []
    for (let at = 0; at < order.runs.length; at++) {
      const count = counts[order.runs[at]!]!
      if (count > 0) found.push({ value: order.texts[at]!, count })
    }
    return found
  }

  #few(counts: Uint32Array): FacetCount[] {
    const found: FacetCount[] = []
    for (let run = 0; run < counts.length; run++) {
      if (counts[run] === 0) continue
      const value = this.#column.valueOfRun(run)
      if (value !== NO_TEXT) found.push({ value: this.#pool.text(value), count: counts[run]! })
    }
    return found.sort(byValue)
  }

  #inOrder(): { texts: readonly string[]; runs: Uint32Array } | undefined {
    const count = this.#column.runCount
    if (this.#revision === this.#column.revision) return this.#order
    this.#revision = this.#column.revision
    this.#order = undefined
    if (count > MAX_KEPT_VALUES) return undefined
    const sorted: { value: string; run: number }[] = []
    for (let run = 0; run < count; run++) {
      const value = this.#column.valueOfRun(run)
      if (value !== NO_TEXT) sorted.push({ value: this.#pool.text(value), run })
    }
    sorted.sort(byValue)
    this.#order = { texts: sorted.map(({ value }) => value), runs: Uint32Array.from(sorted, ({ run }) => run) }
    return this.#order
  }
}

function byValue(a: { value: string }, b: { value: string }): number {
  return a.value < b.value ? -1 : 1
}
