import type { FieldProblem } from '#kernel/common/fault'
import { isFault } from '#kernel/common/fault'
import type { ExpressionEvaluator } from '../expression/expression.ts'
import { evaluateTemplate } from '../expression/evaluate-template.ts'
import { expandMatrix } from './matrix.ts'
import { expressionsOf, type Position, type Template } from './template.ts'
import type { Workflow, WorkflowJob } from './workflow.ts'

/** What this runner can do beyond steps on the machine itself. */
export interface RunnerCapabilities {
  /** `container` and `services` of jobs, and `docker://` actions. */
  containers: boolean
}

/** `owner/name[/path]@ref` in its parts. */
export interface ActionReference {
  /** `actions/checkout`, `actions/cache/restore`. */
  name: string
  ref: string
}

/** The parts of `uses`, e.g. `actions/cache/save@v4`; undefined when it is none. */
export function parseActionReference(reference: string): ActionReference | undefined {
  const match = /^((?!\.)[\w.-]+\/(?!\.)[\w.-]+(?:\/[\w./-]+)?)@([\w./-]+)$/.exec(reference)
  return match ? { name: (match[1] as string).toLowerCase(), ref: match[2] as string } : undefined
}

/**
 * Finds what a workflow asks for that this runner does not have, before anything starts: actions, containers, reusable workflows,
 * a matrix that is wrong whatever happens. Each problem names its line.
 */
export function checkWorkflow(
  workflow: Workflow,
  runner: { capabilities: RunnerCapabilities; isBuiltIn: (action: string) => boolean; builtIns: readonly string[]; evaluator: ExpressionEvaluator },
): FieldProblem[] {
  return workflow.jobs.flatMap((job) => {
    const problem = (field: string, at: Position, message: string): FieldProblem => ({ field: `jobs.${job.key}${field}`, message, file: workflow.file, ...at })
    const problems: FieldProblem[] = []
    if (job.uses)
      problems.push(problem('.uses', job.uses.at, `the reusable workflow "${job.uses.reference}" can't run: this runner has no reusable workflows yet`))
    for (const [name, template] of [['container', job.container] as const, ['services', job.services] as const]) {
      if (template && !runner.capabilities.containers && !isEmpty(template))
        problems.push(problem(`.${name}`, template.at, `"${name}" needs a container runtime, and this runner has none: leave it out, or add one`))
    }
    job.steps.forEach((step, index) => {
      const message = step.uses && problemOfAction(step.uses.reference, runner)
      if (step.uses && message !== undefined) problems.push(problem(`.steps[${index}].uses`, step.uses.at, message))
    })
    const matrix = matrixProblem(job, runner.evaluator)
    if (matrix !== undefined && job.matrix) problems.push(problem('.strategy.matrix', job.matrix.at, matrix))
    return problems
  })
}

function problemOfAction(reference: string, runner: { isBuiltIn: (action: string) => boolean; builtIns: readonly string[] }): string | undefined {
  if (reference.startsWith('docker://')) return `the action "${reference}" needs a container runtime, and this runner has none`
  if (reference.startsWith('./')) return `the local action "${reference}" can't run: this runner has no composite actions yet`
  const action = parseActionReference(reference)
  if (!action) return `"${reference}" is no action: expected owner/name@ref, e.g. actions/checkout@v4`
  if (runner.isBuiltIn(action.name)) return undefined
  return `the action "${reference}" is not built in: this runner has ${runner.builtIns.join(', ')}`
}

/** Only a matrix without expressions can be judged before the run. */
function matrixProblem(job: WorkflowJob, evaluator: ExpressionEvaluator): string | undefined {
  if (!job.matrix || expressionsOf(job.matrix).length > 0) return undefined
  try {
    expandMatrix(evaluateTemplate(evaluator, job.matrix, { contexts: {} }))
    return undefined
  } catch (error) {
    if (isFault(error)) return error.message
    throw error
  }
}

function isEmpty(template: Template): boolean {
  return (template.kind === 'literal' && (template.value === null || template.value === '')) || (template.kind === 'mapping' && template.entries.length === 0)
}
