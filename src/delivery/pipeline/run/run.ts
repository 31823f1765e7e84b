import type { Json, JsonObject } from '#kernel/common/json'

/** Where a run, job or step is. */
export type RunState = 'queued' | 'running' | 'completed'
/** How a run, job or step ended, in GitHub's words. */
export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out'

/** A remark of the runner or of a workflow command, with the place that it speaks of. */
export interface Annotation {
  level: 'error' | 'warning' | 'notice'
  message: string
  file?: string
  line?: number
}

/** A step of a job, and where its lines stand in the log. */
export interface Step {
  /** From 1, in the order of running. */
  number: number
  name: string
  /** `run`: the user's own command; `action`: one of the platform's, before, among or after them. */
  kind: 'run' | 'action'
  state: RunState
  conclusion: Conclusion | null
  startedAt: string | null
  finishedAt: string | null
  /** First and last line in the job's log; null while it has none. */
  logFrom: number | null
  logTo: number | null
}

/** A job of a run, as the API shows it. */
export interface Job {
  id: string
  /** Key below `jobs` in the file; the jobs of one matrix share it. */
  key: string
  name: string
  needs: readonly string[]
  state: RunState
  conclusion: Conclusion | null
  startedAt: string | null
  finishedAt: string | null
  matrix: JsonObject
  steps: readonly Step[]
  annotations: readonly Annotation[]
}

/** A file set that a run uploaded. */
export interface RunArtifact {
  name: string
  sizeBytes: number
  /** `sha256:` and lower-case hex, of the tar. */
  digest: string
}

/** One execution of one workflow for one commit, as everybody sees it. */
export interface Run {
  id: string
  /** Counts the runs of a workflow in its repository. */
  number: number
  attempt: number
  repository: string
  component: string | null
  /** Path of the file, e.g. `.github/workflows/ci.yml`. */
  workflow: string
  name: string
  event: string
  branch: string
  commit: string
  commitMessage: string
  actor: string
  state: RunState
  conclusion: Conclusion | null
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  /** What is wrong with the run as a whole, e.g. a workflow file that can't be read. */
  annotations: readonly Annotation[]
  jobs: readonly Job[]
  artifacts: readonly RunArtifact[]
  release: string | null
}

/** What starts a run. */
export interface StartRequest {
  /** `acme/orders`. */
  repository: string
  /** Full SHA. */
  commit: string
  /** `refs/heads/main`, `refs/tags/v1`, or a branch's short name. */
  ref: string
  event: 'push' | 'pull_request' | 'workflow_dispatch'
  /** Path of the file; the name alone means the one in `.github/workflows`. */
  workflowFile: string
  /** Entity ref, e.g. `user:default/ana`. */
  actor: string
  inputs?: Readonly<Record<string, string | number | boolean>>
  /** What expressions see as `github.event`; made from the rest when absent. */
  payload?: JsonObject
  /** The same key never starts a second run. */
  idempotencyKey?: string
}

/** A run as the executor sees it. */
export interface RunRecord {
  id: string
  number: number
  attempt: number
  repository: string
  workflow: string
  workflowName: string
  source: string
  event: string
  payload: JsonObject
  inputs: JsonObject
  ref: string
  branch: string
  isDefaultBranch: boolean
  commit: string
  commitMessage: string
  actor: string
  isCancelRequested: boolean
}

/** A job as the executor sees it. */
export interface JobRecord {
  id: string
  key: string
  name: string
  position: number
  needs: readonly string[]
  matrix: JsonObject
  matrixIndex: number
  matrixTotal: number
  isExpanded: boolean
  maxParallel: number | null
  isFailFast: boolean
  state: RunState
  conclusion: Conclusion | null
  isTolerated: boolean
  attempt: number
  outputs: Readonly<Record<string, string>>
}

/** `needs.<key>` of expressions: the jobs of one matrix count as one. */
export interface NeedResult {
  result: Conclusion
  outputs: Readonly<Record<string, Json>>
}
