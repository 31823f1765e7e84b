import type { ColumnType, Generated } from 'kysely'
import type { Json, JsonObject } from '#kernel/common/json'
import type { Annotation, Conclusion, RunState, Step } from './run.ts'

type JsonColumn<T> = ColumnType<T, string, string>

/** Columns of `pipeline_run`. */
export interface RunTable {
  id: string
  number: number
  repository: string
  component: string | null
  workflow: string
  workflow_name: string
  name: string
  source: string
  event: string
  payload: JsonColumn<JsonObject>
  inputs: JsonColumn<JsonObject>
  ref: string
  branch: string
  is_default_branch: boolean
  commit_sha: string
  commit_message: string
  actor: string
  dedupe_key: string | null
  concurrency_group: string | null
  state: RunState
  conclusion: Conclusion | null
  attempt: Generated<number>
  annotations: JsonColumn<Annotation[]>
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
  cancel_requested_at: Date | null
  executor: string | null
  lease_until: Date | null
  finish_due_at: Date | null
  finish_attempts: Generated<number>
  release_id: string | null
}

interface JobTable {
  id: string
  run_id: string
  key: string
  name: string
  position: number
  needs: JsonColumn<string[]>
  matrix: JsonColumn<JsonObject>
  matrix_index: number
  matrix_total: number
  is_expanded: boolean
  max_parallel: number | null
  is_fail_fast: boolean
  state: RunState
  conclusion: Conclusion | null
  is_tolerated: Generated<boolean>
  attempt: Generated<number>
  concurrency_group: string | null
  outputs: JsonColumn<Record<string, string>>
  steps: JsonColumn<Step[]>
  annotations: JsonColumn<Annotation[]>
  started_at: Date | null
  finished_at: Date | null
}

interface ArtifactTable {
  id: string
  run_id: string
  name: string
  blob_key: string
  size_bytes: number
  digest: string
  files: JsonColumn<Json>
  created_at: Date
}

/** Tables of the pipeline engine. */
export type PipelineTables = {
  pipeline_run: RunTable
  pipeline_job: JobTable
  pipeline_artifact: ArtifactTable
}
