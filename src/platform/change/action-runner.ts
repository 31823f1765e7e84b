import type { Clock } from '#kernel/common/clock'
import type { Driver, Outcome, PlannedAction, Progress } from '#kernel/common/driver'
import { isFault } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import { isConnectionFailure } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import { changeFaults } from './change-faults.ts'
import { Abandoned } from './patience.ts'

/** How one action ended. */
export type ActionEnd =
  | { outcome: 'done'; message: string; outputs: JsonObject }
  | { outcome: 'refused'; message: string }
  | { outcome: 'failed'; message: string; code: string }
  | { outcome: 'cancelled'; message: string }

/** A transient fault is tried so often in all, after 0.5, 1, 2 and 4 s. */
const MAX_ATTEMPTS = 5
const FIRST_DELAY_MS = 500

export interface ActionRun {
  driver: Driver
  action: PlannedAction
  /** Idempotency key of the effect. */
  key: string
  outputs: Readonly<Record<string, JsonObject>>
  /** Aborted when a person cancels. */
  cancel: AbortSignal
  /** Aborted when the process stops. */
  stop: AbortSignal
  clock: Clock
  log: Logger
  report: (progress: Progress) => void
}

/**
 * Applies one action through its driver. A transient fault (`retry: 'backoff'` or `'after'`) is tried again a bounded number of times,
 * and each wait is reported; while our own database is away, waiting costs no attempt. Never throws for what the driver does.
 * @throws {Abandoned} when the process stops meanwhile.
 */
export async function runAction(run: ActionRun): Promise<ActionEnd> {
  const signal = AbortSignal.any([run.cancel, run.stop])
  for (let attempt = 1; ;) {
    const end = await tryOnce(run, signal)
    if (run.stop.aborted) throw new Abandoned()
    if ('outcome' in end) return end
    if (run.cancel.aborted) return { outcome: 'cancelled', message: 'cancelled' }
    const { error } = end
    const isDatabaseAway = isConnectionFailure(error)
    if (!isDatabaseAway && (!isFault(error) || error.retry === 'no' || attempt >= MAX_ATTEMPTS)) return failure(run, error, attempt)
    const delayMs = isDatabaseAway ? FIRST_DELAY_MS : delayOf(error, attempt)
    if (!isDatabaseAway) attempt++
    run.report({ message: `${messageOf(run, error)}; attempt ${attempt} of ${MAX_ATTEMPTS} in ${Math.ceil(delayMs / 100) / 10} s` })
    // A wait that is cut short ends the loop above.
    await run.clock.sleep(delayMs, signal).catch(() => {})
    if (run.stop.aborted) throw new Abandoned()
    if (run.cancel.aborted) return { outcome: 'cancelled', message: 'cancelled' }
  }
}

async function tryOnce(run: ActionRun, signal: AbortSignal): Promise<ActionEnd | { error: unknown }> {
  try {
    const outcome: Outcome = await run.driver.apply(run.action, { key: run.key, signal, outputs: run.outputs, progress: run.report })
    return outcome.outcome === 'done' ? outcome : { outcome: 'refused', message: outcome.message === '' ? outcome.reason : outcome.message }
  } catch (error) {
    return { error }
  }
}

function delayOf(error: unknown, attempt: number): number {
  const asked = isFault(error) && error.retryAfterSeconds !== undefined ? error.retryAfterSeconds * 1_000 : 0
  return Math.min(60_000, Math.max(asked, FIRST_DELAY_MS * 2 ** (attempt - 1)))
}

function failure(run: ActionRun, error: unknown, attempts: number): ActionEnd {
  if (!isFault(error)) run.log.error('an action failed inside the platform', { action: run.action.id, driver: run.driver.name, error })
  const tried = attempts > 1 ? ` (after ${attempts} attempts)` : ''
  return { outcome: 'failed', message: `${messageOf(run, error)}${tried}`, code: isFault(error) ? error.code : changeFaults.internal.code }
}

/** A fault's text is public; any other error's stays in the log. */
function messageOf(run: ActionRun, error: unknown): string {
  if (isFault(error)) return error.message
  if (isConnectionFailure(error)) return 'the database can not be reached now'
  return changeFaults.internal({ where: `"${run.action.title}"` }).message
}
