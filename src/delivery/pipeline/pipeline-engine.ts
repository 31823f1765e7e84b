import type { LogLine } from './log/read-log.ts'
import type { Run, StartRequest } from './run/run.ts'

/**
 * Runs workflows: the embedded adapter is our runner of GitHub Actions syntax; others are GitHub Actions, Azure Pipelines and the like.
 *
 * Promises that every adapter keeps; `pipeline-engine-contract.ts` tests each:
 * - `start` answers when the run is recorded; it then runs without the caller, and survives a restart of the platform.
 * - `start` twice with one idempotency key is one run.
 * - A workflow that can't run becomes a run that failed, with annotations that name file and line; none of its jobs runs.
 * - A run ends once: `state` goes queued, running, completed and never back, but by `rerun`.
 * - `cancel` of a run that is over, and `rerun` of one that is not, are refused and alter nothing; `cancel` twice is one cancel.
 * - Lines of a log are numbered from 1 without gaps, never alter, and never hold a secret of the repository.
 */
export interface PipelineEngine {
  readonly name: string
  readonly capabilities: PipelineCapabilities

  /** @throws `delivery.pipeline.unknown_source`, `delivery.pipeline.not_triggered`, `delivery.pipeline.wrong_inputs` (with a problem for each input). */
  start(request: StartRequest): Promise<Run>

  /** @throws `delivery.pipeline.not_found`. */
  get(id: string): Promise<Run>

  /**
   * Asks a run to stop: running steps get SIGTERM, then SIGKILL; jobs and steps with `always()` still run.
   * @param actor entity ref of who asks.
   * @throws `delivery.pipeline.not_found`, `delivery.pipeline.not_active`.
   */
  cancel(id: string, actor: string): Promise<Run>

  /**
   * Runs a completed run again as its next attempt, all jobs or those that failed.
   * @throws `delivery.pipeline.not_found`, `delivery.pipeline.still_active`.
   */
  rerun(id: string, actor: string, options?: { onlyFailed?: boolean }): Promise<Run>

  /**
   * A page of a job's log. `isComplete` says that the job is over and these were its last lines.
   * @param job id of the job.
   * @throws `delivery.pipeline.not_found`, `delivery.pipeline.job_not_found`.
   */
  logs(id: string, job: string, options: { from: number; limit: number }): Promise<LogPage>
}

/** Lines of a job's log, and where to go on. */
export interface LogPage {
  lines: LogLine[]
  /** Where the next page begins. */
  nextFrom: number
  isComplete: boolean
}

/** What an adapter can't do, said aloud. */
export interface PipelineCapabilities {
  /** Job containers, services and docker actions. */
  containers: boolean
  /** Actions beyond the built-in ones. */
  marketplaceActions: boolean
  rerun: boolean
}
