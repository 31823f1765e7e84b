import { sql } from 'kysely'
import type { Database, Queryable, Transaction } from '#kernel/node/database'
import type { Annotation, Conclusion, Job, JobRecord, Run, RunArtifact, RunRecord, Step } from './run.ts'
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

type RunRow = Awaited<ReturnType<typeof selectRunRow>>
const selectRunRow = async (db: Queryable) => await tables(db).selectFrom('pipeline_run').selectAll().executeTakeFirstOrThrow()

/** The run that has this dedupe key. */
export async function findRunIdByKey(db: Queryable, dedupeKey: string): Promise<string | undefined> {
  return (await tables(db).selectFrom('pipeline_run').select('id').where('dedupe_key', '=', dedupeKey).executeTakeFirst())?.id
}

/** What people see of a run: not its source and payload, which may be large. */
const SHOWN_COLUMNS = [
  'id',
  'number',
  'attempt',
  'repository',
  'component',
  'workflow',
  'name',
  'event',
  'branch',
  'commit_sha',
  'commit_message',
  'actor',
  'state',
  'conclusion',
  'created_at',
  'started_at',
  'finished_at',
  'annotations',
  'release_id',
] as const

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
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  return (await query.execute()).map((row) => row.id)
}

/** The jobs of a run, in the order of the workflow. */
export async function loadJobRecords(db: Queryable, runId: string): Promise<JobRecord[]> {
  const rows = await tables(db).selectFrom('pipeline_job').selectAll().where('run_id', '=', runId).orderBy('position').orderBy('matrix_index').execute()
  return rows.map(toJobRecord)
}

/** A run as the engine works with it. */
export function toRunRecord(row: RunRow): RunRecord {
  return {
    id: row.id,
    number: row.number,
    attempt: row.attempt,
    repository: row.repository,
    workflow: row.workflow,
    workflowName: row.workflow_name,
    source: row.source,
    event: row.event,
    payload: row.payload,
    inputs: row.inputs,
    ref: row.ref,
    branch: row.branch,
    isDefaultBranch: row.is_default_branch,
    commit: row.commit_sha,
    commitMessage: row.commit_message,
    actor: row.actor,
    isCancelRequested: row.cancel_requested_at !== null,
  }
}

type JobRow = Awaited<ReturnType<typeof selectJobRow>>
const selectJobRow = async (db: Database) => await tables(db).selectFrom('pipeline_job').selectAll().executeTakeFirstOrThrow()

function toJobRecord(row: JobRow): JobRecord {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    position: row.position,
    needs: row.needs,
    matrix: row.matrix,
    matrixIndex: row.matrix_index,
    matrixTotal: row.matrix_total,
    isExpanded: row.is_expanded,
    maxParallel: row.max_parallel,
    isFailFast: row.is_fail_fast,
    state: row.state,
    conclusion: row.conclusion,
    isTolerated: row.is_tolerated,
    attempt: row.attempt,
    outputs: row.outputs,
  }
}

function toRun(row: Pick<RunRow, (typeof SHOWN_COLUMNS)[number]>, jobs: Job[], artifacts: RunArtifact[]): Run {
  return {
    id: row.id,
    number: row.number,
    attempt: row.attempt,
    repository: row.repository,
    component: row.component,
    workflow: row.workflow,
    name: row.name,
    event: row.event,
    branch: row.branch,
    commit: row.commit_sha,
    commitMessage: row.commit_message,
    actor: row.actor,
    state: row.state,
    conclusion: row.conclusion,
    createdAt: row.created_at.toISOString(),
    startedAt: iso(row.started_at),
    finishedAt: iso(row.finished_at),
    annotations: row.annotations,
    jobs,
    artifacts,
    release: row.release_id,
  }
}

function toJob(row: JobRow): Job {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    needs: row.needs,
    state: row.state,
    conclusion: row.conclusion as Conclusion | null,
    startedAt: iso(row.started_at),
    finishedAt: iso(row.finished_at),
    matrix: row.matrix,
    steps: row.steps as Step[],
    annotations: row.annotations,
  }
}

function toArtifact(row: { name: string; size_bytes: number; digest: string }): RunArtifact {
  return { name: row.name, sizeBytes: row.size_bytes, digest: row.digest }
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null
}
