export type RunState = 'queued' | 'running' | 'completed'
export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out' | null

export interface RunStep {
  number: number
  name: string
  state: RunState
  conclusion: Conclusion
  startedAt: string | null
  finishedAt: string | null
  logFrom: number | null
  logTo: number | null
}

export interface RunJob {
  id: string
  key: string
  name: string
  needs: string[]
  state: RunState
  conclusion: Conclusion
  startedAt: string | null
  finishedAt: string | null
  matrix: Record<string, unknown> | null
  steps: RunStep[]
  annotations: RunAnnotation[]
}

export interface RunAnnotation {
  level: string
  message: string
  file?: string
  line?: number
}

export interface Run {
  id: string
  number: number
  repository: string
  component?: string | null
  workflow: string
  name: string
  event: string
  branch: string
  commit: string
  commitMessage: string
  actor: string
  state: RunState
  conclusion: Conclusion
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  jobs: RunJob[]
  /** What is wrong with the run as a whole, such as a broken workflow file: then it has no job. */
  annotations: RunAnnotation[]
  artifacts: { name: string; sizeBytes: number; digest?: string }[]
  release?: string | null
}

export interface LogLine {
  /** From 1. */
  n: number
  at: string
  text: string
  group?: 'start' | 'end'
  level?: 'error' | 'warning' | 'notice' | 'debug' | 'command'
}

export interface LogChunk {
  lines: LogLine[]
  nextFrom: number
  isComplete: boolean
}

export interface Release {
  id: string
  component: string
  version: string
  digest: string
  commit: string
  commitMessage: string
  repository: string
  runId: string
  score: unknown
  createdAt: string
  createdBy: string
  quarantine: { reason: string; at: string } | null
}

export interface Artifact {
  digest: string
  component: string
  repository: string
  commit: string
  runId: string
  sizeBytes: number
  createdAt: string
  sbom: { components: number } | null
  findings: { tool: string; count: number }[]
  provenance: { isVerified: boolean; reason: string; builder: string; keyId: string }
}
