import type { Clock } from '#kernel/common/clock'
import type { PipelineSource } from '../pipeline-source.ts'
import type { Conclusion, RunRecord } from '../run/run.ts'
import type { ArtifactStore } from './artifact-store.ts'

/** What an action may touch: its inputs, the job's folders, and the runner's own services. */
export interface ActionContext {
  /** `with`, names in lower case, defaults filled in. */
  inputs: Readonly<Record<string, string>>
  run: RunRecord
  /** `GITHUB_WORKSPACE`. */
  workspace: string
  /** `RUNNER_TEMP`. */
  temp: string
  /** The step's environment. */
  env: Readonly<Record<string, string>>
  signal: AbortSignal
  log: (text: string) => void
  annotate: (level: 'warning' | 'notice', message: string) => void
  setOutput: (name: string, value: string) => void
  /** For the steps that follow. */
  exportVariable: (name: string, value: string) => void
  /** In front of `PATH`, for the steps that follow. */
  addPath: (folder: string) => void
  /** From `run` to `post` of the same step. */
  state: Map<string, string>
  /** How the job stands. */
  jobStatus: () => Conclusion
  services: ActionServices
}

/** What built-in actions may use of the engine. */
export interface ActionServices {
  source: PipelineSource
  artifacts: ArtifactStore
  /** Folder of this runner's caches. */
  cacheDir: string
  /** Folder of tools that the platform installed itself; looked through before `PATH`. */
  toolsDir?: string
  clock: Clock
}

/** An action of GitHub's that runs inside the engine. */
export interface BuiltInAction {
  /** Inputs that are known, with their defaults; `required` ones without one. */
  inputs: Readonly<Record<string, { default?: string; required?: boolean }>>
  /** @throws a fault `delivery.pipeline.*` that says what is wrong. */
  run: (context: ActionContext) => Promise<void>
  /** At the end of the job, in reverse order of the steps, when `run` was reached. */
  post?: { name: string; onlyOnSuccess: boolean; run: (context: ActionContext) => Promise<void> }
}
