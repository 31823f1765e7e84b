import type { Clock } from '#kernel/common/clock'
import { isFault } from '#kernel/common/fault'
import type { Secret } from '#kernel/common/secret'
import { isConnectionFailure, type Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import type { ActionServices } from '../action/action.ts'
import { ExpressionEvaluator } from '../expression/expression.ts'
import { loadGithubExpressions } from '../expression/github-expressions.ts'
import { JobLog } from '../log/job-log.ts'
import type { LogSignal } from '../log/log-signal.ts'
import { SecretMask } from '../log/secret-mask.ts'
import { parseWorkflow } from '../workflow/parse-workflow.ts'
import type { Workflow, WorkflowJob } from '../workflow/workflow.ts'
import { toAnnotation, toProblem } from '../run/prepare-run.ts'
import type { JobOutcome, ProgressStore } from '../run/progress-store.ts'
import { loadJobRecords } from '../run/run-store.ts'
import type { Conclusion, JobRecord, RunRecord } from '../run/run.ts'
import { ancestorResults, decideSchedule, needsOf } from '../run/schedule.ts'
import { expandJob, refusalOf } from './expand-job.ts'
import { JobExecution } from './job-execution.ts'
import { JobOutput } from './job-output.ts'
import { jobScope, strategyContexts, type RunValues } from './job-scope.ts'
import { createWorkspace, removeWorkspace } from './job-workspace.ts'
import { clearOrphans, killLeftovers } from './orphans.ts'
import type { Slots } from './slots.ts'

/** What carries a run to its end. */
export interface RunExecutionDeps {
  db: Database
  progress: ProgressStore
  clock: Clock
  log: Logger
  logSignal: LogSignal
  slots: Slots
  services: ActionServices
  dataDir: string
  toolCache: string
  publicUrl: string
  logFile: (runId: string, jobId: string) => string
  secretsFor: (repository: string) => Promise<Record<string, Secret>>
  variablesOf?: (repository: string) => Promise<Record<string, string>>
}

/** How often a job asks again whether its concurrency group is free. */
const GROUP_POLL_MS = 500

/** Carries one run from where it stands to its end: expands, starts and finishes its jobs as `decideSchedule` says. */
export class RunExecution {
  readonly #run: RunRecord
  readonly #deps: RunExecutionDeps
  readonly #cancel = new AbortController()
  readonly #abandon: AbortSignal
  readonly #atWork = new Map<string, { cancel: AbortController; done: Promise<void> }>()
  #jobs: JobRecord[] = []
  #changed = Promise.withResolvers<void>()
  #failure: unknown

  constructor(run: RunRecord, deps: RunExecutionDeps, abandon: AbortSignal) {
    this.#run = run
    this.#deps = deps
    this.#abandon = abandon
    if (run.isCancelRequested) this.#cancel.abort()
  }

  /** Asks the run to stop; its jobs end in their own time. */
  cancel(): void {
    this.#cancel.abort()
    this.#notify()
  }

  /** Resolves when the run is over, or was abandoned: then it can be taken up again from the database. @throws what the database throws. */
  async execute(): Promise<void> {
    const { workflow } = await parseWorkflow(this.#run.workflow, this.#run.source)
    if (!workflow) throw new Error(`the workflow ${this.#run.workflow} was readable when the run was made`)
    const evaluator = new ExpressionEvaluator(await loadGithubExpressions())
    const variables = (await this.#deps.variablesOf?.(this.#run.repository)) ?? {}
    const values: RunValues = { run: this.#run, publicUrl: this.#deps.publicUrl, variables, secrets: await this.#deps.secretsFor(this.#run.repository) }
    this.#jobs = await loadJobRecords(this.#deps.db, this.#run.id)
    await this.#recover()
    this.#abandon.addEventListener('abort', () => this.#notify(), { once: true })
    try {
      await this.#advance(workflow, evaluator, values)
    } finally {
      // Normally there is none left; after a failure nothing goes on alone.
      for (const job of this.#atWork.values()) job.cancel.abort()
      await Promise.all([...this.#atWork.values()].map(async (job) => await job.done))
    }
  }

  async #advance(workflow: Workflow, evaluator: ExpressionEvaluator, values: RunValues): Promise<void> {
    while (!this.#abandon.aborted) {
      if (this.#failure !== undefined) throw this.#failure as Error
      this.#changed = Promise.withResolvers()
      const schedule = decideSchedule(this.#jobs)
      if (schedule.conclusion !== undefined) return await this.#finish(schedule.conclusion)
      for (const key of schedule.expandable) await this.#expand(workflow, evaluator, values, key)
      for (const id of schedule.failedFast) await this.#stopJob(id)
      if (schedule.expandable.length > 0) continue
      if (this.#cancel.signal.aborted) await this.#stopAll(workflow)
      for (const id of schedule.startable) this.#start(workflow, evaluator, values, id)
      await this.#changed.promise
    }
  }

  async #finish(conclusion: Conclusion): Promise<void> {
    await this.#persist(() => this.#deps.progress.finishRun(this.#run, this.#cancel.signal.aborted && conclusion !== 'failure' ? 'cancelled' : conclusion))
  }

  /** Jobs that were at work when an executor died start again from their beginning; nothing of the dead one's may run beside them. */
  async #recover(): Promise<void> {
    for (const job of this.#jobs.filter((candidate) => candidate.state === 'running')) {
      const hadOrphans = await clearOrphans(this.#deps.dataDir, this.#run.id, job.id)
      this.#deps.log.info('an interrupted job starts again', {
        run: this.#run.id,
        job: job.id,
        attempt: job.attempt + 1,
        ...(hadOrphans ? { code: 'orphans_killed' } : {}),
      })
      await this.#persist(() => this.#deps.progress.requeueJob(this.#run, job.id))
      this.#replace({ ...job, state: 'queued', attempt: job.attempt + 1, outputs: {} })
    }
  }

  async #expand(workflow: Workflow, evaluator: ExpressionEvaluator, values: RunValues, key: string): Promise<void> {
    const placeholder = this.#jobs.find((job) => job.key === key)
    const definition = workflow.jobs.find((job) => job.key === key)
    if (!placeholder || !definition) return
    const scope = jobScope(values, needsOf(key, this.#jobs), ancestorResults(key, this.#jobs), this.#cancel.signal.aborted)
    try {
      const expansion = expandJob(evaluator, definition, scope, this.#run.repository, placeholder.id)
      if (!expansion.isWanted)
        return await this.#conclude(placeholder, {
          conclusion: this.#cancel.signal.aborted ? 'cancelled' : 'skipped',
          isTolerated: false,
          outputs: {},
          annotations: [],
        })
      await this.#persist(() => this.#deps.progress.expandJob(this.#run, placeholder, expansion.jobs, expansion))
      this.#jobs = await loadJobRecords(this.#deps.db, this.#run.id)
    } catch (error) {
      if (this.#isOurs(error)) throw error
      await this.#conclude(placeholder, {
        conclusion: 'failure',
        isTolerated: false,
        outputs: {},
        annotations: [toAnnotation(toProblem(workflow.file, error))],
      })
    }
  }

  #isOurs(error: unknown): boolean {
    return isFault(error, 'delivery.pipeline.lease_lost') || isConnectionFailure(error)
  }

  #start(workflow: Workflow, evaluator: ExpressionEvaluator, values: RunValues, id: string): void {
    const job = this.#jobs.find((candidate) => candidate.id === id)
    const definition = workflow.jobs.find((candidate) => candidate.key === job?.key)
    if (!job || !definition || this.#atWork.has(id)) return
    const cancel = new AbortController()
    if (this.#cancel.signal.aborted && !wantsToRunWhenCancelled(definition)) cancel.abort()
    const done = this.#runJob(workflow, definition, evaluator, values, job, cancel.signal)
      .catch((error: unknown) => {
        if (!this.#abandon.aborted) this.#failure ??= error
      })
      .finally(() => {
        this.#atWork.delete(id)
        this.#notify()
      })
    this.#atWork.set(id, { cancel, done })
  }

  async #runJob(
    workflow: Workflow,
    definition: WorkflowJob,
    evaluator: ExpressionEvaluator,
    values: RunValues,
    job: JobRecord,
    cancel: AbortSignal,
  ): Promise<void> {
    const { progress, slots, clock } = this.#deps
    const needs = needsOf(job.key, this.#jobs)
    const refusal = refusalOf(evaluator, definition, { contexts: { ...jobScope(values, needs, [], false).contexts, ...strategyContexts(job) } })
    if (refusal !== undefined)
      return await this.#conclude(job, {
        conclusion: 'failure',
        isTolerated: false,
        outputs: {},
        annotations: [{ level: 'error', message: refusal, file: workflow.file, line: definition.at.line }],
      })
    const give = await slots.take(AbortSignal.any([cancel, this.#abandon])).catch(() => undefined)
    if (give === undefined) return await this.#concludeUnlessAbandoned(job)
    try {
      while (!(await this.#persist(() => progress.startJob(this.#run, job, [])))) await clock.sleep(GROUP_POLL_MS, AbortSignal.any([cancel, this.#abandon]))
      this.#replace({ ...job, state: 'running' })
      await this.#persist(() => progress.startRun(this.#run))
      const outcome = await this.#runSteps({ values, workflow, definition, job, needs }, evaluator, cancel)
      if (!this.#abandon.aborted) await this.#conclude(job, outcome)
    } catch (error) {
      if (this.#abandon.aborted || this.#isOurs(error)) throw error
      if (cancel.aborted) return await this.#concludeUnlessAbandoned(job)
      this.#deps.log.error('a job failed inside the engine', { run: this.#run.id, job: job.id, error })
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'internal error'
      const message = `The runner itself failed (${code === 'ENOSPC' ? 'the disk is full' : code}); the platform log has it under the id of this run.`
      await this.#conclude(job, { conclusion: 'failure', isTolerated: false, outputs: {}, annotations: [{ level: 'error', message }] })
    } finally {
      give()
    }
  }

  async #runSteps(
    input: { values: RunValues; workflow: Workflow; definition: WorkflowJob; job: JobRecord; needs: ReturnType<typeof needsOf> },
    evaluator: ExpressionEvaluator,
    cancel: AbortSignal,
  ): Promise<JobOutcome> {
    const { dataDir, clock, services, toolCache, progress } = this.#deps
    const { job } = input
    const log = await JobLog.open({ file: this.#deps.logFile(this.#run.id, job.id), clock, signal: this.#deps.logSignal })
    const output = new JobOutput(log, new SecretMask(Object.values(input.values.secrets)), { isDebug: input.values.variables['ACTIONS_STEP_DEBUG'] === 'true' })
    if (job.attempt > 1) output.write(`##[notice]The job starts again from its beginning (attempt ${job.attempt} of run attempt ${this.#run.attempt}).`)
    const workspace = await createWorkspace(dataDir, this.#run, job.id)
    try {
      const execution = new JobExecution(input, {
        evaluator,
        services,
        clock,
        output,
        workspace,
        toolCache,
        save: async (steps) => {
          if (!this.#abandon.aborted) await this.#persist(() => progress.saveSteps(this.#run, job.id, steps, output.annotations))
        },
      })
      return await execution.execute(cancel, this.#abandon)
    } finally {
      killLeftovers(dataDir, this.#run.id, job.id)
      await removeWorkspace(workspace.root)
      await log[Symbol.asyncDispose]()
    }
  }

  async #concludeUnlessAbandoned(job: JobRecord): Promise<void> {
    if (!this.#abandon.aborted) await this.#conclude(job, { conclusion: 'cancelled', isTolerated: false, outputs: {}, annotations: [] })
  }

  async #conclude(job: JobRecord, outcome: JobOutcome): Promise<void> {
    await this.#persist(() => this.#deps.progress.finishJob(this.#run, job, outcome))
    this.#replace({ ...job, state: 'completed', conclusion: outcome.conclusion, isTolerated: outcome.isTolerated, outputs: outcome.outputs, isExpanded: true })
    this.#notify()
  }

  /** Of a matrix where one failed: the others stop, and those that wait never start. */
  async #stopJob(id: string): Promise<void> {
    const atWork = this.#atWork.get(id)
    const job = this.#jobs.find((candidate) => candidate.id === id)
    if (atWork) atWork.cancel.abort()
    else if (job?.state === 'queued') await this.#concludeUnlessAbandoned(job)
  }

  async #stopAll(workflow: Workflow): Promise<void> {
    for (const [id, atWork] of this.#atWork) {
      const key = this.#jobs.find((job) => job.id === id)?.key
      const definition = workflow.jobs.find((candidate) => candidate.key === key)
      if (definition && !wantsToRunWhenCancelled(definition)) atWork.cancel.abort()
    }
  }

  #replace(job: JobRecord): void {
    this.#jobs = this.#jobs.map((candidate) => (candidate.id === job.id ? job : candidate))
  }

  #notify(): void {
    this.#changed.resolve()
  }

  /** A database that goes away for a while stops nothing: what is to be written waits for it. */
  async #persist<T>(write: () => Promise<T>): Promise<T> {
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        return await write()
      } catch (error) {
        if (!isConnectionFailure(error) || this.#abandon.aborted) throw error
        this.#deps.log.warn('the database is away; the run waits for it', { run: this.#run.id, error })
        await this.#deps.clock.sleep(waitMs, this.#abandon).catch(() => {})
      }
    }
  }
}

/** A job with `always()` or `cancelled()` in its condition is for just that case: a cancel of the run does not stop it. */
function wantsToRunWhenCancelled(definition: WorkflowJob): boolean {
  return /\b(always|cancelled)\s*\(\s*\)/i.test(definition.if)
}
