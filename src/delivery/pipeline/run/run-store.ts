import { sql } from 'kysely'
import type { Queryable, Transaction } from '#kernel/node/database'
import type { Annotation, JobRecord, Run, RunRecord } from './run.ts'
import { SHOWN_COLUMNS, toArtifact, toJob, toJobRecord, toRun, type RunRow } from './run-rows.ts'
import type { PipelineTables, RunTable } from './run-table.ts'

/** How long an executor may be silent before another takes its runs. */
export const LEASE_MS = 30_000

/** A run's row before it has its number. */
export type NewRun = Omit<
  RunTable,
  'attempt' | 'payload' | 'inputs' | 'annotations' | 'finish_attempts' | 'number' | 'executor' | 'lease_until' | 'release_id' | 'cancel_requested_at'
> & {
  payload: RunRecord['payload']
  inputs: RunRecord['inputs']
  annotations: readonly Annotation[]
}
/** A job's row before it was expanded. */
export type NewJob = Pick<JobRecord, 'id' | 'key' | 'name' | 'position' | 'needs'>

const tables = (db: Queryable) => db.withTables<PipelineTables>()

/** Inserts a run with the next number of its workflow. @returns undefined when its `dedupe_key` is taken. */
export async function insertRun(tx: Transaction, run: NewRun, jobs: readonly NewJob[]): Promise<number | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`pipeline ${run.repository} ${run.workflow}`}, 0))`.execute(tx)
  const { rows } = await sql<{ next: number }>`
    select coalesce(max(number), 0) + 1 as next from pipeline_run where repository = ${run.repository} and workflow = ${run.workflow}`.execute(tx)
  const number = rows[0]?.next ?? 1
  const inserted = await tables(tx)
    .insertInto('pipeline_run')
    .values({ ...run, number, payload: JSON.stringify(run.payload), inputs: JSON.stringify(run.inputs), annotations: JSON.stringify(run.annotations) })
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 0n) return undefined
  if (jobs.length > 0)
    await tables(tx)
      .insertInto('pipeline_job')
      .values(jobs.map((job) => newJobRow(run.id, job)))
      .execute()
  return number
}

function newJobRow(runId: string, job: NewJob) {
  const blank = {
    matrix: '{}',
    matrix_index: 0,
    matrix_total: 1,
    is_expanded: false,
    max_parallel: null,
    is_fail_fast: true,
    outputs: '{}',
    steps: '[]',
    annotations: '[]',
  }
  const { needs, ...rest } = job
  return {
    ...blank,
    ...rest,
    run_id: runId,
    needs: JSON.stringify(needs),
    state: 'queued' as const,
    conclusion: null,
    concurrency_group: null,
    started_at: null,
    finished_at: null,
  }
}

/** The row of a run. */
export async function findRunRow(db: Queryable, id: string): Promise<RunRow | undefined> {
  return await tables(db).selectFrom('pipeline_run').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The run that has this dedupe key. */
export async function findRunIdByKey(db: Queryable, dedupeKey: string): Promise<string | undefined> {
  return (await tables(db).selectFrom('pipeline_run').select('id').where('dedupe_key', '=', dedupeKey).executeTakeFirst())?.id
}

/** Whole runs with their jobs and artifacts, in the order of `ids`. Three queries, however many runs. */
export async function loadRuns(db: Queryable, ids: readonly string[]): Promise<Run[]> {
  if (ids.length === 0) return []
  // Runs before jobs: a run that is read as completed then never shows a job that is not.
  const runs = await tables(db)
    .selectFrom('pipeline_run')
    .select(SHOWN_COLUMNS)
    .where('id', 'in', [...ids])
    .execute()
  const [jobs, artifacts] = await Promise.all([
    tables(db)
      .selectFrom('pipeline_job')
      .selectAll()
      .where('run_id', 'in', [...ids])
      .orderBy('position')
      .orderBy('matrix_index')
      .execute(),
    tables(db)
      .selectFrom('pipeline_artifact')
      .select(['run_id', 'name', 'size_bytes', 'digest'])
      .where('run_id', 'in', [...ids])
      .orderBy('name')
      .execute(),
  ])
  return ids.flatMap((id) => {
    const row = runs.find((candidate) => candidate.id === id)
    if (!row) return []
    const ownArtifacts = artifacts.filter((artifact) => artifact.run_id === id)
    return [toRun(row, jobs.filter((job) => job.run_id === id).map(toJob), ownArtifacts.map(toArtifact))]
  })
}

/** Which runs to list. `before` is the id of the last one seen. */
export interface RunFilter {
  repository?: string | undefined
  component?: string | undefined
  branch?: string | undefined
  commit?: string | undefined
  state?: Run['state'] | undefined
  /** Runs older than this id. */
  before?: string | undefined
  limit: number
}

/** Ids of runs, the newest first. */
export async function listRunIds(db: Queryable, filter: RunFilter): Promise<string[]> {
  let query = tables(db).selectFrom('pipeline_run').select('id').orderBy('id', 'desc').limit(filter.limit)
  if (filter.repository !== undefined) query = query.where('repository', '=', filter.repository)
  if (filter.component !== undefined) query = query.where('component', '=', filter.component)
  if (filter.branch !== undefined) query = query.where('branch', '=', filter.branch)
  if (filter.commit !== undefined) query = query.where('commit_sha', '=', filter.commit)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  return (await query.execute()).map((row) => row.id)
}

/** The jobs of a run, in the order of the workflow. */
export async function loadJobRecords(db: Queryable, runId: string): Promise<JobRecord[]> {
  const rows = await tables(db).selectFrom('pipeline_job').selectAll().where('run_id', '=', runId).orderBy('position').orderBy('matrix_index').execute()
  return rows.map(toJobRecord)
}
