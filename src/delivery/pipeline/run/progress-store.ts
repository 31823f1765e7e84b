import { sql } from 'kysely'
import type { JsonObject } from '#kernel/common/json'
import type { EventDraft } from '#kernel/common/event'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import { assertLease } from './lease-store.ts'
import type { Annotation, Conclusion, JobRecord, RunRecord, Step } from './run.ts'
import type { PipelineTables } from './run-table.ts'

/** One job that a definition turned into, by its matrix. */
export interface ExpandedJob {
  id: string
  name: string
  matrix: JsonObject
  concurrencyGroup: string | null
}

/** Writes an executor's progress; each call is one transaction behind the fence, with its events. */
export class ProgressStore {
  readonly #db: Database
  readonly #journal: Journal
  readonly #executor: string
  readonly #now: () => Date

  constructor(deps: { db: Database; journal: Journal; executor: string; now: () => Date }) {
    this.#db = deps.db
    this.#journal = deps.journal
    this.#executor = deps.executor
    this.#now = deps.now
  }

  /** The first job starts: so does the run. Of a started run it does nothing. */
  async startRun(run: RunRecord): Promise<void> {
    await this.#write(run, async (tx) => {
      const updated = await sql`update pipeline_run set state = 'running', started_at = ${this.#now()} where id = ${run.id} and state = 'queued'`.execute(tx)
      if (updated.numAffectedRows === 1n) await this.#journal.append(tx, runEvent('started', run, {}))
    })
  }

  async finishRun(run: RunRecord, conclusion: Conclusion, annotations: readonly Annotation[] = []): Promise<void> {
    await this.#write(run, async (tx) => {
      const isGreen = conclusion === 'success' && run.isDefaultBranch && run.event !== 'pull_request'
      await sql`update pipeline_run set state = 'completed', conclusion = ${conclusion}, finished_at = ${this.#now()},
        started_at = coalesce(started_at, ${this.#now()}), annotations = annotations || ${JSON.stringify(annotations)}::jsonb,
        executor = null, lease_until = null, finish_due_at = ${isGreen ? this.#now() : null} where id = ${run.id}`.execute(tx)
      await this.#journal.append(tx, runEvent('finished', run, { conclusion }))
    })
  }

  /** Replaces the row that stood for a key by one row for each combination of its matrix; the first keeps the row. */
  async expandJob(run: RunRecord, job: JobRecord, jobs: readonly ExpandedJob[], limits: { maxParallel: number | null; isFailFast: boolean }): Promise<void> {
    await this.#write(run, async (tx) => {
      await sql`delete from pipeline_job where id = ${job.id}`.execute(tx)
      const rows = jobs.map((expanded, index) => ({
        id: expanded.id,
        run_id: run.id,
        key: job.key,
        name: expanded.name,
        position: job.position,
        needs: JSON.stringify(job.needs),
        matrix: JSON.stringify(expanded.matrix),
        matrix_index: index,
        matrix_total: jobs.length,
        is_expanded: true,
        max_parallel: limits.maxParallel,
        is_fail_fast: limits.isFailFast,
        state: 'queued' as const,
        conclusion: null,
        concurrency_group: expanded.concurrencyGroup,
        outputs: '{}',
        steps: '[]',
        annotations: '[]',
        started_at: null,
        finished_at: null,
      }))
      await tx.withTables<PipelineTables>().insertInto('pipeline_job').values(rows).execute()
    })
  }

  /** @returns false when another job of the same concurrency group is running: try again when one is over. */
  async startJob(run: RunRecord, job: JobRecord, steps: readonly Step[]): Promise<boolean> {
    return await this.#write(run, async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(concurrency_group, 1)) from pipeline_job where id = ${job.id} and concurrency_group is not null`.execute(
        tx,
      )
      const updated = await sql`
        update pipeline_job j set state = 'running', started_at = ${this.#now()}, steps = ${JSON.stringify(steps)}
        where j.id = ${job.id} and (j.concurrency_group is null or not exists (
          select 1 from pipeline_job o where o.concurrency_group = j.concurrency_group and o.state = 'running' and o.id <> j.id))`.execute(tx)
      return updated.numAffectedRows === 1n
    })
  }

  async saveSteps(run: RunRecord, jobId: string, steps: readonly Step[], annotations: readonly Annotation[]): Promise<void> {
    await this.#write(run, async (tx) => {
      await sql`update pipeline_job set steps = ${JSON.stringify(steps)}, annotations = ${JSON.stringify(annotations)} where id = ${jobId}`.execute(tx)
    })
  }

  async finishJob(run: RunRecord, job: JobRecord, result: JobOutcome): Promise<void> {
    await this.#write(run, async (tx) => {
      await sql`update pipeline_job set state = 'completed', conclusion = ${result.conclusion}, is_tolerated = ${result.isTolerated}, is_expanded = true,
        outputs = ${JSON.stringify(result.outputs)}, annotations = ${JSON.stringify(result.annotations)},
        steps = ${result.steps === undefined ? sql`steps` : JSON.stringify(result.steps)}, finished_at = ${this.#now()} where id = ${job.id}`.execute(tx)
      const data = { run: run.id, repository: run.repository, key: job.key, name: job.name, conclusion: result.conclusion }
      await this.#journal.append(tx, { type: 'delivery.job.finished', subject: `job/${job.id}`, actor: run.actor, data })
    })
  }

  /** A job that a dead executor left half-done goes back to its beginning, as another attempt. */
  async requeueJob(run: RunRecord, jobId: string): Promise<void> {
    await this.#write(run, async (tx) => {
      await sql`update pipeline_job set state = 'queued', started_at = null, attempt = attempt + 1, outputs = '{}', steps = '[]', annotations = '[]' where id = ${jobId}`.execute(
        tx,
      )
    })
  }

  async #write<T>(run: RunRecord, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return await this.#db.transaction().execute(async (tx) => {
      await assertLease(tx, this.#executor, run.id)
      return await work(tx)
    })
  }
}

/** How a job ended. */
export interface JobOutcome {
  conclusion: Conclusion
  isTolerated: boolean
  outputs: Readonly<Record<string, string>>
  annotations: readonly Annotation[]
  /** Left as they are when absent. */
  steps?: readonly Step[]
}

/** `delivery.run.queued`, `.started`, `.finished`, `.cancel-requested`. */
export function runEvent(
  verb: string,
  run: Pick<RunRecord, 'id' | 'repository' | 'workflow' | 'branch' | 'commit' | 'event' | 'actor' | 'attempt' | 'number'>,
  extra: JsonObject,
): EventDraft {
  const data = {
    repository: run.repository,
    workflow: run.workflow,
    number: run.number,
    branch: run.branch,
    commit: run.commit,
    event: run.event,
    attempt: run.attempt,
    ...extra,
  }
  return { type: `delivery.run.${verb}`, subject: `run/${run.id}`, actor: run.actor, data }
}
