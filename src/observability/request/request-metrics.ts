import type { Clock } from '#kernel/common/clock'
import { LATENCY_BOUNDS_MS, REQUEST_STEP_SECONDS, type RequestRow, type SourceFilter } from '#observability/store'
import type { RequestSample } from '#runtime/ingress'
import { latencyBucket } from './latency.ts'

/** Single seconds are kept this long, steps of ten an hour: a judge that looks back further asks the store. */
const FINE_SECONDS = 300
const HELD_SECONDS = 3_600

const STATUS_CLASSES = 5
const CELL_SIZE = STATUS_CLASSES + LATENCY_BOUNDS_MS.length + 1

/** Counts of an interval: five status classes, then the latency buckets. */
type Cell = Uint32Array

interface Series {
  component: string
  environment: string
  release: string
  version: string
  seconds: Map<number, Cell>
  steps: Map<number, Cell>
  /** What the store does not have yet, by step. */
  unstored: Map<number, Cell>
}

/** Counts requests in memory: by second for five minutes, by ten seconds for an hour, and until they are stored. About 160 KB for a release under steady load. */
export class RequestMetrics {
  readonly #clock: Clock
  readonly #series = new Map<string, Series>()
  readonly #startedAtSeconds: number

  constructor(deps: { clock: Clock }) {
    this.#clock = deps.clock
    this.#startedAtSeconds = stepOf(this.#nowSeconds())
  }

  /** From this second on everything is in memory. */
  get heldSinceSeconds(): number {
    return Math.max(this.#startedAtSeconds, stepOf(this.#nowSeconds() - HELD_SECONDS) + REQUEST_STEP_SECONDS)
  }

  /** Never throws and does no I/O: it runs in the path of each request. */
  recordRequest(sample: RequestSample): void {
    const series = this.#seriesOf(sample)
    const second = Math.floor(sample.at.getTime() / 1000)
    const statusClass = Math.min(STATUS_CLASSES, Math.max(1, Math.floor(sample.status / 100))) - 1
    const bucket = statusClass === STATUS_CLASSES - 1 ? undefined : STATUS_CLASSES + latencyBucket(sample.durationMs)
    for (const cell of [cellAt(series.seconds, second), cellAt(series.steps, stepOf(second)), cellAt(series.unstored, stepOf(second))]) {
      cell[statusClass] = (cell[statusClass] ?? 0) + 1
      if (bucket !== undefined) cell[bucket] = (cell[bucket] ?? 0) + 1
    }
  }

  /** Counts since an instant (to the second for five minutes, then to ten), of one release. */
  total(filter: Required<{ [K in keyof SourceFilter]: string }>, since: Date): { statuses: number[]; latencies: number[] } {
    const sinceSeconds = Math.floor(since.getTime() / 1000)
    const firstStep = stepOf(sinceSeconds + REQUEST_STEP_SECONDS - 1)
    const sum = new Uint32Array(CELL_SIZE)
    for (const series of this.#matching(filter)) {
      for (const [second, cell] of series.seconds) if (second >= sinceSeconds && second < firstStep) add(sum, cell)
      for (const [step, cell] of series.steps) if (step >= firstStep) add(sum, cell)
    }
    return { statuses: [...sum.subarray(0, STATUS_CLASSES)], latencies: [...sum.subarray(STATUS_CLASSES)] }
  }

  /** Rows of the steps in a range (in seconds), as the store would give them, for a range that is held. */
  rows(filter: SourceFilter, fromSeconds: number, toSeconds: number): RequestRow[] {
    return this.#matching(filter).flatMap((series) => rowsIn(series, series.steps, (step) => step >= fromSeconds && step < toSeconds))
  }

  /** Rows in a range that the store does not have yet. */
  unstoredRows(filter: SourceFilter, fromSeconds: number, toSeconds: number): RequestRow[] {
    return this.#matching(filter).flatMap((series) => rowsIn(series, series.unstored, (step) => step >= fromSeconds && step < toSeconds))
  }

  /** Takes out the rows that are to be stored now; `put` them back when that fails. `isAll` takes the step under way too. */
  takeUnstored(isAll = false): RequestRow[] {
    const doneBefore = isAll ? Number.POSITIVE_INFINITY : stepOf(this.#nowSeconds() - 1)
    const taken: RequestRow[] = []
    for (const series of this.#series.values()) {
      taken.push(...rowsIn(series, series.unstored, (step) => step < doneBefore))
      for (const step of series.unstored.keys()) if (step < doneBefore) series.unstored.delete(step)
    }
    return taken
  }

  put(rows: readonly RequestRow[]): void {
    for (const row of rows) add(cellAt(this.#seriesOf(row).unstored, row.atSeconds), Uint32Array.from([...row.statuses, ...row.latencies]))
  }

  /** Lets go of what is too old, and of releases that have been silent for an hour. */
  forgetOld(): void {
    const now = this.#nowSeconds()
    for (const [key, series] of this.#series) {
      for (const second of series.seconds.keys()) if (second < now - FINE_SECONDS) series.seconds.delete(second)
      for (const step of series.steps.keys()) if (step < now - HELD_SECONDS) series.steps.delete(step)
      if (series.steps.size === 0 && series.unstored.size === 0) this.#series.delete(key)
    }
  }

  #matching(filter: SourceFilter): Series[] {
    return [...this.#series.values()].filter((series) =>
      (['component', 'environment', 'release'] as const).every((key) => filter[key] === undefined || filter[key] === series[key]),
    )
  }

  #seriesOf({ component, environment, release, version }: Pick<RequestSample, 'component' | 'environment' | 'release' | 'version'>): Series {
    const key = `${component}\u0000${environment}\u0000${release}`
    const found = this.#series.get(key)
    if (found) return found
    const made = { component, environment, release, version, seconds: new Map(), steps: new Map(), unstored: new Map() }
    this.#series.set(key, made)
    return made
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.now().getTime() / 1000)
  }
}

function stepOf(second: number): number {
  return Math.floor(second / REQUEST_STEP_SECONDS) * REQUEST_STEP_SECONDS
}

function cellAt(cells: Map<number, Cell>, at: number): Cell {
  const found = cells.get(at)
  if (found) return found
  const made = new Uint32Array(CELL_SIZE)
  cells.set(at, made)
  return made
}

function add(sum: Cell, cell: Cell): void {
  for (let index = 0; index < CELL_SIZE; index++) sum[index] = (sum[index] ?? 0) + (cell[index] ?? 0)
}

function rowsIn(series: Series, cells: Map<number, Cell>, isWanted: (step: number) => boolean): RequestRow[] {
  const { component, environment, release, version } = series
  return [...cells]
    .filter(([step]) => isWanted(step))
    .map(([atSeconds, cell]) => ({
      atSeconds,
      component,
      environment,
      release,
      version,
      statuses: [...cell.subarray(0, STATUS_CLASSES)],
      latencies: [...cell.subarray(STATUS_CLASSES)],
    }))
}
