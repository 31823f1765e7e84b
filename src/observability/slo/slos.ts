import type { Clock } from '#kernel/common/clock'
import { canonicalJson } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import type { Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import { REQUEST_STEP_SECONDS, type RequestRow, type TelemetryStore } from '#observability/store'
import { MinuteSeries } from './minute-series.ts'
import type { Objective } from './objective.ts'
import { countEvents } from './sli.ts'
import { SloReader, type SloProblem, type SloSource } from './slo-source.ts'
import { SloStateStore } from './slo-state-store.ts'
import { sloRoutes } from './slo-routes.ts'
import { sloStatus, type SloState, type SloStatus } from './slo-status.ts'

/** What objectives are measured with. */
export interface SloDeps {
  /** All SLOs, wherever they hold. Asked every round: answer from memory. */
  slos: () => Promise<readonly SloSource[]>
  store: TelemetryStore
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
}

interface Tracked {
  objective: Objective
  fingerprint: string
  counts: MinuteSeries
  /** Rows before this second come from the store, later ones from `feed`. */
  cutoffSeconds: number
  isFilled: boolean
}

const ROUND_MS = 15_000
/** The store is opened, and the past read, this long after the start. */
const FIRST_AFTER_MS = 3_000
const RECENT_SECONDS = 300
const DAY_SECONDS = 86_400

/** Makes the measuring of objectives. It begins with `start`. */
export function createSlos(deps: SloDeps): Slos {
  return new Slos(deps)
}

/** Measures the objectives of all components: counts in memory, the past from the store, a change of state as an event. */
export class Slos {
  readonly #deps: SloDeps
  readonly #states: SloStateStore
  readonly #reader = new SloReader()
  readonly #watched = new MinuteSeries()
  readonly #startedAtSeconds: number
  #tracked = new Map<string, Tracked>()
  #problems: SloProblem[] = []
  #recent: RequestRow[] = []
  #lastWatched = 0
  #isWatchedFilled = false
  #known: Map<string, SloState> | undefined
  #syncing: Promise<void> | undefined

  constructor(deps: SloDeps) {
    this.#deps = deps
    this.#states = new SloStateStore(deps)
    this.#startedAtSeconds = stepOf(this.#nowSeconds())
  }

  get routes(): Route[] {
    return sloRoutes(this)
  }

  /** Takes request counts as they are stored; give it to `startRequestFlush` as `onFlush`. */
  feed(rows: readonly RequestRow[], watchedMinute: number): void {
    if (watchedMinute > this.#lastWatched) this.#watched.add(watchedMinute, 1, 1)
    this.#lastWatched = Math.max(this.#lastWatched, watchedMinute)
    const oldest = this.#nowSeconds() - RECENT_SECONDS
    this.#recent = [...this.#recent.filter((row) => row.atSeconds >= oldest), ...rows]
    for (const tracked of this.#tracked.values()) {
      for (const row of rows) if (tracked.isFilled || row.atSeconds >= tracked.cutoffSeconds) count(tracked, row)
    }
  }

  /** How every objective stands now, and what is wrong with those that can't be measured. */
  async list(): Promise<{ statuses: SloStatus[]; problems: readonly SloProblem[] }> {
    await this.#sync()
    const minute = Math.floor(this.#nowSeconds() / 60)
    return {
      statuses: [...this.#tracked.values()].map(({ objective, counts }) => sloStatus(objective, counts, this.#watched, minute)),
      problems: this.#problems,
    }
  }

  /** The strictest objective about answers without errors that holds for a component in an environment; null without one. */
  async objective(query: { component: string; environment: string }): Promise<{ slo: string; target: number } | null> {
    await this.#sync()
    const fitting = [...this.#tracked.values()]
      .map((tracked) => tracked.objective)
      .filter((one) => one.component === query.component && one.environment === query.environment && one.part.maxDurationMs === undefined)
    const strictest = fitting.sort((a, b) => b.target - a.target)[0]
    return strictest ? { slo: strictest.name, target: strictest.target } : null
  }

  /** Judges all objectives and records changes of state. */
  async evaluate(): Promise<SloStatus[]> {
    const { statuses } = await this.list()
    this.#known ??= new Map((await this.#states.list()).map((row) => [keyOf(row), row.state]))
    for (const status of statuses) {
      // A judgement without the past would be a false one.
      if (this.#tracked.get(keyOf(status))?.isFilled !== true || this.#known.get(keyOf(status)) === status.state) continue
      await this.#states.change(status)
      this.#known.set(keyOf(status), status.state)
      this.#deps.log.info(`the objective "${status.name}" is now ${status.state}`, { component: status.component, environment: status.environment })
    }
    return statuses
  }

  /** Evaluates every 15 seconds. */
  start(): AsyncDisposable {
    let isFirst = true
    return startLoop({
      name: 'evaluating objectives',
      intervalMs: ROUND_MS,
      log: this.#deps.log,
      work: async (signal) => {
        if (isFirst) await this.#deps.clock.sleep(FIRST_AFTER_MS, signal).catch(() => {})
        isFirst = false
        if (!signal.aborted) await this.evaluate()
      },
    })
  }

  /** Takes over the SLOs as they are now, and fills new ones from the store. Calls at the same time share one round. */
  #sync(): Promise<void> {
    this.#syncing ??= this.#syncNow().finally(() => (this.#syncing = undefined))
    return this.#syncing
  }

  async #syncNow(): Promise<void> {
    const problems: SloProblem[] = []
    const tracked = new Map<string, Tracked>()
    for (const source of await this.#deps.slos()) {
      const result = this.#reader.read(source)
      if ('problems' in result) {
        problems.push(...result.problems)
        continue
      }
      const key = keyOf(result.objective)
      const fingerprint = canonicalJson(result.objective)
      const before = this.#tracked.get(key)
      tracked.set(key, before?.fingerprint === fingerprint ? before : this.#track(result.objective, fingerprint))
    }
    this.#tracked = tracked
    this.#problems = problems
    const unfilled = [...tracked.values()].filter((one) => !one.isFilled)
    if (unfilled.length === 0) return
    try {
      await this.#fillWatched()
      for (const one of unfilled) await this.#fill(one)
    } catch (error) {
      this.#deps.log.warn('the past of some objectives can not be read yet', { error, count: unfilled.length })
    }
  }

  #track(objective: Objective, fingerprint: string): Tracked {
    const cutoffSeconds = Math.max(this.#startedAtSeconds, stepOf(this.#nowSeconds()) - 60)
    const made = { objective, fingerprint, counts: new MinuteSeries(), cutoffSeconds, isFilled: false }
    for (const row of this.#recent) if (row.atSeconds >= cutoffSeconds) count(made, row)
    return made
  }

  /** Whole hours of the past, and the last three days by the minute. */
  async #fill(tracked: Tracked): Promise<void> {
    const { component, environment, windowMinutes } = tracked.objective
    const toUs = tracked.cutoffSeconds * 1e6
    const fromUs = toUs - Math.max(windowMinutes * 60, DAY_SECONDS) * 1e6
    const finerUs = Math.max(fromUs, (Math.floor(tracked.cutoffSeconds / 3_600) * 3_600 - 3 * DAY_SECONDS) * 1e6)
    const { store } = this.#deps
    const hours = finerUs > fromUs ? await store.requests({ component, environment, fromUs, toUs: finerUs, stepSeconds: 3_600 }) : []
    const minutes = await store.requests({ component, environment, fromUs: finerUs, toUs, stepSeconds: 60 })
    for (const row of [...hours, ...minutes]) count(tracked, row)
    tracked.isFilled = true
  }

  async #fillWatched(): Promise<void> {
    if (this.#isWatchedFilled) return
    const toMinute = Math.floor(this.#startedAtSeconds / 60)
    const range = { fromUs: (toMinute - 35 * 1_440) * 60e6, toUs: toMinute * 60e6 }
    for (const minute of await this.#deps.store.watchedMinutes(range)) this.#watched.add(minute, 1, 1)
    this.#isWatchedFilled = true
  }

  #nowSeconds(): number {
    return this.#deps.clock.now().getTime() / 1000
  }
}

function count(tracked: Tracked, row: RequestRow): void {
  const { objective } = tracked
  if (row.component !== objective.component || row.environment !== objective.environment) return
  const { good, total } = countEvents(objective, row)
  if (total > 0) tracked.counts.add(Math.floor(row.atSeconds / 60), good, total)
}

function keyOf(one: { component: string; environment: string; name: string }): string {
  return `${one.component}/${one.environment}/${one.name}`
}

function stepOf(second: number): number {
  return Math.floor(second / REQUEST_STEP_SECONDS) * REQUEST_STEP_SECONDS
}
