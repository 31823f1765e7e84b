import type { Clock } from '#kernel/common/clock'
import type { Logger } from '#kernel/node/log'
import { latestTime, nextTime, type Cron } from '../cron.ts'
import type { WorkloadRef } from '../runtime.ts'
import type { RunStore } from './run-store.ts'

/** A laptop that slept, or a clock that was set, is noticed this soon. */
const LOOK_EVERY_MS = 60_000
const RETRY_MS = 1_000

/** A run that nobody else will do. */
export interface ClaimedRun {
  scheduledAt: Date
  startedAt: Date
}

/**
 * Tells a replica when to run: at the times of a cron expression, and when asked. A time is missed while the platform is away, or while the run before
 * lasts; of those that were missed the newest is made up for, the others are not.
 */
export class RunClock {
  readonly #cron: Cron
  readonly #ref: WorkloadRef
  readonly #instance: string
  readonly #deps: { store: Pick<RunStore, 'seenUntil' | 'claim'>; clock: Clock; log: Logger }
  #isAsked = false
  #wake = new AbortController()
  #nextAt: Date | undefined

  constructor(subject: { cron: Cron; ref: WorkloadRef; instance: string }, deps: { store: Pick<RunStore, 'seenUntil' | 'claim'>; clock: Clock; log: Logger }) {
    this.#cron = subject.cron
    this.#ref = subject.ref
    this.#instance = subject.instance
    this.#deps = deps
  }

  /** When the next run is due. */
  get nextAt(): Date | undefined {
    return this.#nextAt ?? nextTime(this.#cron, this.#deps.clock.now())
  }

  /** Asks for a run now; while one lasts, for one when it is over. */
  runNow(): void {
    this.#isAsked = true
    this.#wake.abort()
  }

  /** Resolves with a run that is this replica's to do, and which nobody else will. Rejects when `signal` aborts. */
  async next(signal: AbortSignal): Promise<ClaimedRun> {
    const { clock, log } = this.#deps
    for (;;) {
      signal.throwIfAborted()
      this.#wake = new AbortController()
      let pauseMs = RETRY_MS
      try {
        const taken = await this.#take()
        if (taken) return taken
        const now = clock.now()
        this.#nextAt = nextTime(this.#cron, now)
        pauseMs = Math.min(LOOK_EVERY_MS, Math.max(1, (this.#nextAt?.getTime() ?? Number.POSITIVE_INFINITY) - now.getTime()))
      } catch (error) {
        // Without the database nobody knows whose run it is: later is better than twice.
        log.warn('the next run of a schedule could not be looked up; it is tried again', { error, workload: this.#instance, ...this.#ref })
      }
      if (!this.#isAsked) await clock.sleep(pauseMs, AbortSignal.any([signal, this.#wake.signal])).catch(() => {})
    }
  }

  async #take(): Promise<ClaimedRun | undefined> {
    const { store, clock } = this.#deps
    const now = clock.now()
    const due = this.#isAsked ? now : await this.#due(now)
    if (!due) return undefined
    const run = { scheduledAt: due, startedAt: now }
    const isMine = await store.claim(this.#ref, { ...run, instance: this.#instance })
    if (!isMine) return undefined
    this.#isAsked = false
    return run
  }

  async #due(now: Date): Promise<Date | undefined> {
    const latest = latestTime(this.#cron, now)
    const seenUntil = latest && (await this.#deps.store.seenUntil(this.#ref))
    return latest && seenUntil && latest > seenUntil ? latest : undefined
  }
}
