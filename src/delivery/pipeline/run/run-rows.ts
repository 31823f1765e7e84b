import type { Selectable } from 'kysely'
import type { Conclusion, Job, JobRecord, Run, RunArtifact, RunRecord, Step } from './run.ts'
import type { PipelineTables } from './run-table.ts'

/** A row of `pipeline_run`. */
export type RunRow = Selectable<PipelineTables['pipeline_run']>
type JobRow = Selectable<PipelineTables['pipeline_job']>

/** What people see of a run: not its source and payload, which may be large. */
export const SHOWN_COLUMNS = [
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

/** A job as the engine works with it. */
export function toJobRecord(row: JobRow): JobRecord {
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

/** A run as people see it. */
export function toRun(row: Pick<RunRow, (typeof SHOWN_COLUMNS)[number]>, jobs: Job[], artifacts: RunArtifact[]): Run {
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

/** A job as people see it. */
export function toJob(row: JobRow): Job {
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

/** An artifact as people see it. */
export function toArtifact(row: { name: string; size_bytes: number; digest: string }): RunArtifact {
  return { name: row.name, sizeBytes: row.size_bytes, digest: row.digest }
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null
}
