import { isFault } from '#kernel/common/fault'
import { isConnectionFailure, type Transaction } from '#kernel/node/database'
import { changeFaults } from './change-faults.ts'
import type { ChangeDeps } from './change-deps.ts'
import type { ChangeResult, ChangeSubject } from './change.ts'
import type { ChangeRow } from './change-tables.ts'
import { FenceLost, lockForExecution, type Execution } from './change-write.ts'
import { Abandoned, isContention } from './patience.ts'

/** One execution of one change in this process. */
export interface StepContext {
  deps: ChangeDeps
  execution: Execution
  /** Aborted when a person cancels this change. */
  cancel: AbortController
  /** Aborted when the process stops. */
  stop: AbortSignal
}

/** Runs `work` in a transaction that holds the change's row for this execution. @throws {FenceLost} */
export async function locked<T>(context: StepContext, work: (tx: Transaction, row: ChangeRow) => Promise<T>): Promise<T> {
  return await context.deps.db.transaction().execute(async (tx) => await work(tx, await lockForExecution(tx, context.execution)))
}

/** Marks a point at which a chaos test may kill the process. */
export async function chaos(context: StepContext, point: string): Promise<void> {
  await context.deps.chaosPoint?.(point)
}

/** True for what says nothing of the work itself: the database is away, another execution took over, the process stops. */
export function isPassing(error: unknown): boolean {
  return isConnectionFailure(error) || isContention(error) || error instanceof FenceLost || error instanceof Abandoned
}

/** The value, or the error that the work itself made. @throws what is passing. */
export async function settled<T>(work: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await work() }
  } catch (error) {
    if (isPassing(error)) throw error
    return { error }
  }
}

/** What people read of an error: a fault's text and code; anything else stays in the log. */
export function resultOfError(context: StepContext, where: string, error: unknown): ChangeResult {
  if (isFault(error)) {
    const fields = error.errors.map(
      (problem) => `${problem.file === undefined ? '' : `${problem.file}:${problem.line ?? 1}: `}${problem.field}: ${problem.message}`,
    )
    return { message: [error.message, ...fields].join('\n'), code: error.code }
  }
  context.deps.log.error(`a change failed inside the platform`, { change: context.execution.id, error })
  return { message: changeFaults.internal({ where }).message, code: changeFaults.internal.code }
}

export function subjectOf(row: ChangeRow): ChangeSubject {
  return {
    title: row.title,
    ...(row.component === null ? {} : { component: row.component }),
    ...(row.environment === null ? {} : { environment: row.environment }),
    ...(row.release === null ? {} : { release: row.release }),
  }
}
