import type { Json } from '#kernel/common/json'
import type { Position, Template } from './template.ts'

/** A workflow file, checked and ready to be planned. */
export interface Workflow {
  /** Path in the repository, e.g. `.github/workflows/ci.yml`. */
  file: string
  name: string
  runName: Template | undefined
  on: Triggers
  env: Template | undefined
  defaults: RunDefaults
  concurrency: Concurrency | undefined
  /** As written; the runner has no token to limit, so it is for readers and policies. */
  permissions: Json | undefined
  jobs: readonly WorkflowJob[]
}

/** The `on` of a workflow, as far as our events go. */
export interface Triggers {
  push?: PatternFilter
  pull_request?: PatternFilter & { types?: string[] }
  workflow_dispatch?: { inputs?: Record<string, DispatchInput> }
  /** Cron lines in UTC. */
  schedule?: { cron: string }[]
  /** Other events by name: known, but nothing here raises them. */
  [event: string]: unknown
}

/** `branches`, `tags` or `paths` with their `-ignore`; patterns in GitHub's syntax. */
export interface PatternFilter {
  branches?: string[]
  'branches-ignore'?: string[]
  tags?: string[]
  'tags-ignore'?: string[]
  paths?: string[]
  'paths-ignore'?: string[]
}

/** An input that `workflow_dispatch` declares. */
export interface DispatchInput {
  type: 'string' | 'choice' | 'boolean' | 'number' | 'environment'
  description?: string
  required?: boolean
  default?: string | boolean | number
  options?: string[]
}

/** `defaults.run`. */
export interface RunDefaults {
  shell?: Template
  workingDirectory?: Template
}

/** `concurrency`: the group, and whether a newer run stops the one at work. */
export interface Concurrency {
  group: Template
  cancelInProgress: Template | undefined
  at: Position
}

/** A job as its file has it. What may hold expressions is a template. */
export interface WorkflowJob {
  /** Key below `jobs`, e.g. `build`. */
  key: string
  name: Template | undefined
  needs: readonly string[]
  /** Expression with a status function in it, e.g. `success() && (github.ref == 'refs/heads/main')`. */
  if: string
  env: Template | undefined
  defaults: RunDefaults
  runsOn: Template | undefined
  matrix: Template | undefined
  failFast: Template | undefined
  maxParallel: Template | undefined
  outputs: Template | undefined
  timeoutMinutes: Template | undefined
  continueOnError: Template | undefined
  concurrency: Concurrency | undefined
  environment: Template | undefined
  container: Template | undefined
  services: Template | undefined
  /** Reference of a reusable workflow, e.g. `./.github/workflows/build.yml`. */
  uses: { reference: string; at: Position } | undefined
  steps: readonly WorkflowStep[]
  at: Position
}

/** A step as its file has it: `run` or `uses`. */
export interface WorkflowStep {
  /** Given by the author, or made up with the prefix `__`. */
  id: string
  name: Template | undefined
  if: string
  env: Template | undefined
  continueOnError: Template | undefined
  timeoutMinutes: Template | undefined
  /** Exactly one of `run` and `uses` is there. */
  run: Template | undefined
  uses: { reference: string; at: Position } | undefined
  with: Template | undefined
  shell: Template | undefined
  workingDirectory: Template | undefined
  at: Position
}
