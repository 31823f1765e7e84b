import { parseCron } from '../cron.ts'
import type { InstanceStatus, WorkloadSpec } from '../runtime.ts'
import type { ProcessRuntimeDeps } from './process-deps.ts'
import { RunClock } from './run-clock.ts'
import type { RecordedRun, RunStore } from './run-store.ts'

/** The runs of one replica of a scheduled workload: when the next one is due, and how the newest one went. */
export class ScheduledRuns {
  readonly #spec: WorkloadSpec
  readonly #instance: string
  readonly #deps: ProcessRuntimeDeps
  readonly #store: RunStore
  readonly #clock: RunClock
  #run: RecordedRun | undefined

  private constructor(spec: WorkloadSpec, instance: string, clock: RunClock, deps: ProcessRuntimeDeps, store: RunStore) {
    this.#spec = spec
    this.#instance = instance
    this.#clock = clock
    this.#deps = deps
    this.#store = store
  }

  /** Undefined for a workload without a schedule. */
  static of(spec: WorkloadSpec, instance: string, deps: ProcessRuntimeDeps, store: RunStore): ScheduledRuns | undefined {
    const cron = spec.schedule && parseCron(spec.schedule.cron).cron
    return cron && new ScheduledRuns(spec, instance, new RunClock({ cron, ref: spec.ref, instance }, { store, clock: deps.clock, log: deps.log }), deps, store)
  }

  /** Of the run that lasts, its time. */
  get scheduledAt(): Date | undefined {
    return this.#run?.scheduledAt
  }

  /** Asks for a run now; while one lasts, for one when it is over. */
  runNow(): void {
    this.#clock.runNow()
  }

  /** Takes up what is known of the newest run; one that was cut off with the platform has ended. @returns why it did not end well. */
  async recall(isRunning: boolean): Promise<string | undefined> {
    this.#run = await this.#store.newest(this.#instance).catch(() => undefined)
    if (this.#run?.endedAt === null && !isRunning) return await this.end('ended while the platform was away')
    return this.#run?.exit ?? undefined
  }

  /** Resolves when a run is this replica's to do; false: it is to stop. */
  async next(signal: AbortSignal): Promise<boolean> {
    try {
      this.#run = { ...(await this.#clock.next(signal)), endedAt: null, exit: null }
      return true
    } catch {
      return false
    }
  }

  /** Records how the run ended, e.g. `exited with 0`. @returns why it did not end well. */
  async end(ending: string): Promise<string | undefined> {
    const run = this.#run
    if (!run) return undefined
    const exit = /^exited with 0(:|$)/.test(ending) ? undefined : ending
    const endedAt = this.#deps.clock.now()
    this.#run = { ...run, endedAt, exit: exit ?? null }
    this.#deps.log[exit === undefined ? 'info' : 'warn'](`a run ${ending}`, { workload: this.#instance, ...this.#spec.ref })
    await this.#store
      .finish(this.#instance, endedAt, exit ?? null)
      .catch((error: unknown) => this.#deps.log.warn('the end of a run could not be written', { workload: this.#instance, error }))
    const durationMs = endedAt.getTime() - run.startedAt.getTime()
    this.#deps.onRun?.({ ref: this.#spec.ref, version: this.#spec.labels.version, endedAt, durationMs, isGood: exit === undefined })
    return exit
  }

  status(): Pick<InstanceStatus, 'nextRunAt' | 'lastRun'> {
    const nextRunAt = this.#clock.nextAt?.toISOString()
    const run = this.#run
    const ended = run?.endedAt ? { endedAt: run.endedAt.toISOString(), isGood: run.exit === null } : {}
    return {
      ...(nextRunAt === undefined ? {} : { nextRunAt }),
      ...(run ? { lastRun: { scheduledAt: run.scheduledAt.toISOString(), startedAt: run.startedAt.toISOString(), ...ended } } : {}),
    }
  }
}
