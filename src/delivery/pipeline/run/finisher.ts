import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import { problemText } from '#kernel/common/document'
import { isFault, type Fault } from '#kernel/common/fault'
import type { Database } from '#kernel/node/database'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import { loadRuns } from './run-store.ts'
import type { Annotation, Run } from './run.ts'

/** What tells of finished runs. */
export interface FinisherDeps {
  db: Database
  clock: Clock
  log: Logger
  /**
   * Told of each green run of the default branch, at least once: after a crash or a failure again, so it must be idempotent by the run's id.
   * What it answers is kept with the run. A fault that trying again would not mend is kept with it too, as its annotations, and is not told again.
   */
  onRunFinished: (run: Run) => Promise<{ release?: string } | undefined>
}

const POLL_MS = 10_000
/** While one executor tells, no other does; after a crash in the middle it is told again then. */
const HOLD_MS = 5 * 60_000
const MAX_BACKOFF_MS = 10 * 60_000

/** Tells of finished runs, until each was heard. */
export function startFinisher(deps: FinisherDeps): AsyncDisposable & { wake(): void } {
  const loop = startLoop({
    name: 'pipeline results',
    intervalMs: POLL_MS,
    log: deps.log,
    work: async (signal) => {
      while (!signal.aborted && (await tellNext(deps)));
    },
  })
  return loop
}

async function tellNext(deps: FinisherDeps): Promise<boolean> {
  const now = deps.clock.now()
  const { rows } = await sql<{ id: string; finish_attempts: number }>`
    update pipeline_run set finish_due_at = ${new Date(now.getTime() + HOLD_MS)}, finish_attempts = finish_attempts + 1
    where id = (select id from pipeline_run where finish_due_at <= ${now} order by finish_due_at limit 1 for update skip locked)
    returning id, finish_attempts`.execute(deps.db)
  const due = rows[0]
  if (!due) return false
  const [run] = await loadRuns(deps.db, [due.id])
  if (!run) return true
  try {
    const answer = await deps.onRunFinished(run)
    await sql`update pipeline_run set finish_due_at = null, release_id = coalesce(${answer?.release ?? null}, release_id) where id = ${run.id}`.execute(deps.db)
  } catch (error) {
    if (isFault(error) && error.retry === 'no') {
      deps.log.info(`the result of a run was refused: ${error.message}`, { run: run.id })
      const annotations = JSON.stringify([...run.annotations, ...annotationsOf(error)])
      await sql`update pipeline_run set finish_due_at = null, annotations = ${annotations}::jsonb where id = ${run.id}`.execute(deps.db)
      return true
    }
    const delayMs = Math.min(1_000 * 2 ** Math.min(due.finish_attempts, 16), MAX_BACKOFF_MS)
    deps.log.warn('the result of a run was not taken; it is told again', { run: run.id, attempt: due.finish_attempts, error })
    await sql`update pipeline_run set finish_due_at = ${new Date(deps.clock.now().getTime() + delayMs)} where id = ${run.id}`.execute(deps.db)
  }
  return true
}

function annotationsOf(fault: Fault): Annotation[] {
  const places = fault.errors.map((problem) => ({
    level: 'error' as const,
    message: problemText({ field: problem.field, message: problem.message }),
    ...(problem.file === undefined ? {} : { file: problem.file, line: problem.line ?? 1 }),
  }))
  return [{ level: 'error', message: `No release was made: ${fault.message}` }, ...places]
}
