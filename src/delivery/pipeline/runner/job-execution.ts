import type { Clock } from '#kernel/common/clock'
import type { Json } from '#kernel/common/json'
import type { ActionServices } from '../action/action.ts'
import { evaluateTemplate, evaluateText, evaluateTexts } from '../expression/evaluate-template.ts'
import type { ExpressionEvaluator, Scope } from '../expression/expression.ts'
import type { Template } from '../workflow/template.ts'
import type { Workflow, WorkflowJob, WorkflowStep } from '../workflow/workflow.ts'
import { toProblem } from '../run/prepare-run.ts'
import type { JobOutcome } from '../run/progress-store.ts'
import type { Conclusion, JobRecord, NeedResult, Step } from '../run/run.ts'
import { baseEnvironment, githubEnvironment } from './job-environment.ts'
import type { JobOutput } from './job-output.ts'
import { runnerContext, secretsContext, sharedContexts, stepFunctions, strategyContexts, type RunValues } from './job-scope.ts'
import type { JobWorkspace } from './job-workspace.ts'
import { runAction, runScript, type StepOutcome } from './run-step.ts'
import { StepBoard } from './step-board.ts'

const DEFAULT_TIMEOUT_MINUTES = 360
/** How long the steps with `always()` may take after a cancel. */
const CLEANUP_BUDGET_MS = 5 * 60_000

/** What the steps of a job run with. */
export interface JobExecutionDeps {
  evaluator: ExpressionEvaluator
  services: ActionServices
  clock: Clock
  output: JobOutput
  workspace: JobWorkspace
  toolCache: string
  /** Called when steps changed. */
  save: (steps: readonly Step[]) => Promise<void>
}

/** A job and what it may know of its run. */
export interface JobInput {
  values: RunValues
  workflow: Workflow
  definition: WorkflowJob
  job: JobRecord
  needs: Readonly<Record<string, NeedResult>>
}

/** Runs the steps of one job, in its workspace, from the first to the last. One object a job; everything it knows is gone with it. */
export class JobExecution {
  readonly #deps: JobExecutionDeps
  readonly #input: JobInput
  readonly #board: StepBoard
  /** `env` of workflow and job, and what steps wrote to `GITHUB_ENV`. */
  readonly #env: Record<string, string> = {}
  readonly #paths: string[] = []
  readonly #stepsContext: Record<string, { outputs: Record<string, string>; outcome: string; conclusion: string }> = {}
  readonly #posts: { name: string; onlyOnSuccess: boolean; run: (signal: AbortSignal) => Promise<StepOutcome> }[] = []
  readonly #base: Record<string, string>
  readonly #github: Record<string, Json>
  readonly #fixed: Record<string, string>
  #status: Conclusion = 'success'

  constructor(input: JobInput, deps: JobExecutionDeps) {
    this.#deps = deps
    this.#input = input
    this.#board = new StepBoard({ clock: deps.clock, output: deps.output, save: deps.save })
    this.#base = baseEnvironment({ cacheDir: deps.services.cacheDir, repository: input.values.run.repository })
    const shared = sharedContexts(input.values)
    this.#github = { ...(shared['github'] as Record<string, Json>), job: input.job.key, workspace: deps.workspace.workspace, event_path: deps.workspace.event }
    this.#fixed = githubEnvironment({ run: input.values.run, job: input.job, github: this.#github, workspace: deps.workspace, toolCache: deps.toolCache })
  }

  /**
   * @param cancel somebody asked to stop: the step at work ends, and only steps that want to run after a cancel still do.
   * @param abandon the platform stops or lost the job: everything ends at once, and the result counts for nothing.
   */
  async execute(cancel: AbortSignal, abandon: AbortSignal): Promise<JobOutcome> {
    const { definition } = this.#input
    const deadline = this.#deadline(cancel, abandon)
    try {
      this.#evaluateEnv()
      this.#board.plan(definition.steps.map((step, index) => ({ name: this.#nameOf(step, index), kind: step.uses ? 'action' : 'run' })))
      for (const [index, step] of definition.steps.entries()) {
        await this.#runStep(step, index, deadline)
        if (abandon.aborted) break
      }
      await this.#runPosts(deadline, abandon)
    } catch (error) {
      this.#fail(error)
    } finally {
      deadline.dispose()
    }
    return this.#outcome()
  }

  #evaluateEnv(): void {
    const { workflow, definition } = this.#input
    for (const template of [workflow.env, definition.env]) Object.assign(this.#env, evaluateTexts(this.#deps.evaluator, template, this.#scope()))
  }

  async #runStep(step: WorkflowStep, index: number, deadline: Deadline): Promise<void> {
    const { evaluator, output } = this.#deps
    if (deadline.isOver()) this.#status = deadline.isTimedOut() ? 'timed_out' : 'cancelled'
    let isTolerated = false
    let outcome: StepOutcome = { conclusion: 'failure', outputs: {} }
    try {
      if (!evaluator.isTrue(step.if, this.#scope())) {
        this.#stepsContext[step.id] = { outputs: {}, outcome: 'skipped', conclusion: 'skipped' }
        return this.#board.skip(index)
      }
      await this.#board.start(index, this.#nameOf(step, index))
      const stepEnv = evaluateTexts(evaluator, step.env, this.#scope())
      const scope = this.#scope(stepEnv)
      this.#board.rename(index, this.#nameOf(step, index, scope))
      const timeoutMs = minutes(evaluateTemplate(evaluator, step.timeoutMinutes, scope)) ?? DEFAULT_TIMEOUT_MINUTES * 60_000
      isTolerated = evaluateTemplate(evaluator, step.continueOnError, scope) === true
      const frame = { ...this.#frame(step, stepEnv), timeoutMs, signal: deadline.stepSignal(), scope }
      if (step.run) {
        outcome = await runScript(
          {
            script: evaluateText(evaluator, step.run, scope),
            shell: this.#default('shell', step.shell, scope),
            workingDirectory: this.#default('workingDirectory', step.workingDirectory, scope),
          },
          frame,
        )
      } else {
        outcome = await runAction(step.uses?.reference ?? '', evaluateTexts(evaluator, step.with, scope), frame)
        if (outcome.post) this.#posts.push(outcome.post)
      }
    } catch (error) {
      const problem = toProblem(this.#input.workflow.file, error)
      output.annotate('error', problem.message, { file: this.#input.workflow.file, line: problem.line ?? step.at.line })
    }
    const conclusion = outcome.conclusion === 'failure' && isTolerated ? 'success' : outcome.conclusion
    this.#stepsContext[step.id] = { outputs: outcome.outputs, outcome: outcome.conclusion, conclusion }
    if (conclusion === 'failure' && this.#status === 'success') this.#status = 'failure'
    if (conclusion === 'cancelled') this.#status = deadline.isTimedOut() ? 'timed_out' : 'cancelled'
    await this.#board.finish(index, outcome.conclusion)
  }

  #frame(step: WorkflowStep, stepEnv: Record<string, string>) {
    return {
      stepId: step.id,
      line: step.at.line,
      file: this.#input.workflow.file,
      env: { ...this.#base, ...this.#env, ...stepEnv },
      shownEnv: { ...this.#env, ...stepEnv },
      fixedEnv: this.#fixed,
      jobEnv: this.#env,
      paths: this.#paths,
      output: this.#deps.output,
      workspace: this.#deps.workspace,
      run: this.#input.values.run,
      services: this.#deps.services,
      jobStatus: () => this.#status,
    }
  }

  async #runPosts(deadline: Deadline, abandon: AbortSignal): Promise<void> {
    for (const post of this.#posts.reverse()) {
      if (abandon.aborted || (post.onlyOnSuccess && this.#status !== 'success')) continue
      const index = this.#board.add(post.name, 'action')
      await this.#board.start(index, post.name)
      const outcome = await post.run(deadline.stepSignal())
      if (outcome.conclusion === 'failure' && this.#status === 'success') this.#status = 'failure'
      await this.#board.finish(index, outcome.conclusion)
    }
  }

  #outcome(): JobOutcome {
    const { evaluator, output } = this.#deps
    const { definition } = this.#input
    const outputs: Record<string, string> = {}
    let isTolerated = false
    try {
      for (const [name, value] of Object.entries(evaluateTexts(evaluator, definition.outputs, this.#scope()))) {
        if (output.hasSecret(value)) output.annotate('warning', `The output "${name}" is left out, since it may hold a secret.`)
        else outputs[name] = value
      }
      isTolerated = evaluateTemplate(evaluator, definition.continueOnError, this.#scope()) === true
    } catch (error) {
      this.#fail(error)
    }
    return { conclusion: this.#status, isTolerated, outputs, annotations: output.annotations, steps: this.#board.steps }
  }

  #fail(error: unknown): void {
    const problem = toProblem(this.#input.workflow.file, error)
    if (this.#status === 'success') this.#status = 'failure'
    this.#deps.output.annotate('error', problem.message, { file: this.#input.workflow.file, line: problem.line ?? this.#input.definition.at.line })
  }

  #scope(stepEnv: Readonly<Record<string, string>> = {}): Scope {
    const { values, job, needs } = this.#input
    const { workspace } = this.#deps
    const contexts = {
      ...sharedContexts(values),
      github: this.#github,
      ...strategyContexts(job),
      needs: needs as unknown as Json,
      env: { ...this.#env, ...stepEnv },
      secrets: secretsContext(values.secrets),
      job: { status: this.#status === 'timed_out' ? 'cancelled' : this.#status, container: {}, services: {} },
      runner: runnerContext(workspace.temp, this.#deps.toolCache),
      steps: this.#stepsContext as unknown as Json,
    }
    return { contexts, functions: stepFunctions(() => this.#status, workspace.workspace) }
  }

  #default(name: 'shell' | 'workingDirectory', own: Template | undefined, scope: Scope): string | undefined {
    const template = own ?? this.#input.definition.defaults[name] ?? this.#input.workflow.defaults[name]
    return template && (evaluateText(this.#deps.evaluator, template, scope) || undefined)
  }

  /** As GitHub names steps. A name that can't be evaluated yet is shown as it is written. */
  #nameOf(step: WorkflowStep, index: number, scope?: Scope): string {
    const template = step.name ?? step.run
    const plain =
      template?.kind === 'expression' && !scope
        ? `\${{ ${template.text} }}`
        : template?.kind === 'literal' || scope
          ? evaluateText(this.#deps.evaluator, template, scope ?? { contexts: {} })
          : undefined
    if (step.name) return this.#deps.output.mask(plain ?? `Step ${index + 1}`)
    if (step.uses) return `Run ${step.uses.reference}`
    return this.#deps.output.mask(`Run ${(plain ?? '').trim().split('\n')[0]}`)
  }

  #deadline(cancel: AbortSignal, abandon: AbortSignal): Deadline {
    const timeoutMs =
      minutes(evaluateTemplateOr(this.#deps.evaluator, this.#input.definition.timeoutMinutes, this.#scope())) ?? DEFAULT_TIMEOUT_MINUTES * 60_000
    return new Deadline(cancel, abandon, timeoutMs)
  }
}

/** Turns cancel, timeout and abandonment into one signal for each step. */
class Deadline {
  readonly #cancel: AbortSignal
  readonly #abandon: AbortSignal
  readonly #timeout = new AbortController()
  readonly #cleanup = new AbortController()
  readonly #timers: NodeJS.Timeout[] = []

  constructor(cancel: AbortSignal, abandon: AbortSignal, timeoutMs: number) {
    this.#cancel = cancel
    this.#abandon = abandon
    this.#timers.push(setTimeout(() => this.#timeout.abort(), Math.min(timeoutMs, 2 ** 31 - 1)))
    for (const signal of [cancel, this.#timeout.signal])
      signal.addEventListener('abort', () => this.#timers.push(setTimeout(() => this.#cleanup.abort(), CLEANUP_BUDGET_MS)), { once: true })
  }

  isTimedOut(): boolean {
    return this.#timeout.signal.aborted
  }

  isOver(): boolean {
    return this.#cancel.aborted || this.isTimedOut()
  }

  /** Ends the step that asks now when the job is cancelled; a step that starts after the cancel has the rest of the cleanup's budget. */
  stepSignal(): AbortSignal {
    return this.isOver() ? AbortSignal.any([this.#abandon, this.#cleanup.signal]) : AbortSignal.any([this.#abandon, this.#cancel, this.#timeout.signal])
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}

function minutes(value: Json): number | undefined {
  const number = Number(value)
  return value === null || value === '' || !Number.isFinite(number) || number <= 0 ? undefined : number * 60_000
}

function evaluateTemplateOr(evaluator: ExpressionEvaluator, template: Template | undefined, scope: Scope): Json {
  try {
    return evaluateTemplate(evaluator, template, scope)
  } catch {
    return null
  }
}
