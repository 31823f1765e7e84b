import { isFault, type FieldProblem } from '#kernel/common/fault'
import { newId } from '#kernel/common/id'
import type { Clock } from '#kernel/common/clock'
import { evaluateTemplate, evaluateText, TemplateFailure } from '../expression/evaluate-template.ts'
import { ExpressionEvaluator } from '../expression/expression.ts'
import { loadGithubExpressions } from '../expression/github-expressions.ts'
import { checkWorkflow, type RunnerCapabilities } from '../workflow/check-workflow.ts'
import { parseWorkflow } from '../workflow/parse-workflow.ts'
import type { Workflow } from '../workflow/workflow.ts'
import { builtInActions, isBuiltIn } from '../action/built-in-names.ts'
import { githubContext, refParts } from './github-context.ts'
import type { NewJob, NewRun } from './run-store.ts'
import type { Annotation, RunRecord } from './run.ts'

/** All that is known of a run before its file is read. */
export type RunSeed = Pick<
  RunRecord,
  'repository' | 'workflow' | 'event' | 'payload' | 'inputs' | 'ref' | 'isDefaultBranch' | 'commit' | 'commitMessage' | 'actor' | 'source'
> & {
  component: string | null
  dedupeKey: string | null
  variables: Readonly<Record<string, string>>
}

/** A run and its jobs, ready to be inserted. One whose workflow is wrong is complete already, with the problems as annotations. */
export interface PreparedRun {
  run: NewRun
  jobs: NewJob[]
  /** Whether this run stops the running ones of its concurrency group. */
  cancelsInProgress: boolean
}

/** Reads and checks a workflow and makes the rows of its run. What is wrong makes a failed run with annotations, and no job. */
export async function prepareRun(seed: RunSeed, deps: { clock: Clock; publicUrl: string; capabilities: RunnerCapabilities }): Promise<PreparedRun> {
  const evaluator = new ExpressionEvaluator(await loadGithubExpressions())
  const parsed = await parseWorkflow(seed.workflow, seed.source)
  const workflow = parsed.workflow
  const problems: FieldProblem[] = workflow
    ? checkWorkflow(workflow, { capabilities: deps.capabilities, isBuiltIn, builtIns: builtInActions, evaluator })
    : parsed.problems
  const id = newId('run', deps.clock.now().getTime())
  const scope = workflow && headScope(id, seed, workflow, deps.publicUrl)
  const head =
    workflow && scope && problems.length === 0
      ? evaluateHead(evaluator, workflow, scope)
      : { title: undefined, group: null, cancelsInProgress: false, problems: [] }
  const annotations = [...problems, ...head.problems].map(toAnnotation)
  const now = deps.clock.now()
  const isBroken = annotations.length > 0
  const firstLine = seed.commitMessage.split('\n')[0]
  return {
    cancelsInProgress: head.cancelsInProgress,
    run: {
      id,
      repository: seed.repository,
      component: seed.component,
      workflow: seed.workflow,
      workflow_name: workflow?.name ?? seed.workflow,
      name: head.title || (seed.event === 'push' && firstLine) || workflow?.name || seed.workflow,
      source: seed.source,
      event: seed.event,
      payload: seed.payload,
      inputs: seed.inputs,
      ref: seed.ref,
      branch: refParts(seed.ref).name,
      is_default_branch: seed.isDefaultBranch,
      commit_sha: seed.commit,
      commit_message: seed.commitMessage,
      actor: seed.actor,
      dedupe_key: seed.dedupeKey,
      concurrency_group: isBroken ? null : head.group,
      state: isBroken ? 'completed' : 'queued',
      conclusion: isBroken ? 'failure' : null,
      annotations,
      created_at: now,
      started_at: null,
      finished_at: isBroken ? now : null,
      finish_due_at: null,
    },
    jobs:
      isBroken || !workflow
        ? []
        : workflow.jobs.map((job, position) => ({ id: newId('job', now.getTime()), key: job.key, name: plainName(job), position, needs: job.needs })),
  }
}

function headScope(id: string, seed: RunSeed, workflow: Workflow, publicUrl: string) {
  const record: RunRecord = { ...seed, id, number: 0, attempt: 1, workflowName: workflow.name, branch: refParts(seed.ref).name, isCancelRequested: false }
  return { contexts: { github: githubContext(record, publicUrl), inputs: seed.inputs, vars: seed.variables } }
}

function evaluateHead(evaluator: ExpressionEvaluator, workflow: Workflow, scope: ReturnType<typeof headScope>) {
  const result = { title: undefined as string | undefined, group: null as string | null, cancelsInProgress: false, problems: [] as FieldProblem[] }
  try {
    if (workflow.runName) result.title = evaluateText(evaluator, workflow.runName, scope).trim()
    if (workflow.concurrency) {
      result.group = evaluateText(evaluator, workflow.concurrency.group, scope) || null
      result.cancelsInProgress = evaluateTemplate(evaluator, workflow.concurrency.cancelInProgress, scope) === true
    }
  } catch (error) {
    result.problems.push(toProblem(workflow.file, error))
  }
  return result
}

/** A name with expressions is known when the job is expanded; until then its key stands for it. */
function plainName(job: Workflow['jobs'][number]): string {
  return job.name?.kind === 'literal' && job.name.value !== null ? String(job.name.value) : job.key
}

/** A failure of a template as a problem with its place; anything else is not the author's. */
export function toProblem(file: string, error: unknown): FieldProblem {
  if (error instanceof TemplateFailure) return { field: '', message: error.message, file, line: error.line, column: error.column }
  if (isFault(error)) return { field: '', message: error.message, file, line: 1, column: 1 }
  throw error
}

/** A problem of a file as an annotation of a run. */
export function toAnnotation(problem: FieldProblem): Annotation {
  return {
    level: 'error',
    message: problem.message,
    ...(problem.file === undefined ? {} : { file: problem.file }),
    ...(problem.line === undefined ? {} : { line: problem.line }),
  }
}
