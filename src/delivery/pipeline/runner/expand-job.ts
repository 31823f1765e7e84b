import { newId } from '#kernel/common/id'
import type { JsonObject } from '#kernel/common/json'
import { evaluateTemplate, evaluateText } from '../expression/evaluate-template.ts'
import type { ExpressionEvaluator, Scope } from '../expression/expression.ts'
import type { ExpandedJob } from '../run/progress-store.ts'
import { expandMatrix, matrixJobName } from '../workflow/matrix.ts'
import type { WorkflowJob } from '../workflow/workflow.ts'
import { runnerOs, strategyContexts } from './job-scope.ts'

/** Whether a job is wanted at all, and what its matrix turned it into. */
export interface Expansion {
  /** False when the job's condition is not met: it is skipped, whatever its matrix. */
  isWanted: boolean
  jobs: ExpandedJob[]
  maxParallel: number | null
  isFailFast: boolean
}

/**
 * Evaluates a job whose needs are over: its condition, its matrix, the name of each combination.
 * @param firstId id that the first combination keeps, so that links to the job go on to work.
 * @throws TemplateFailure, `delivery.pipeline.bad_expression`, `delivery.pipeline.bad_matrix`.
 */
export function expandJob(evaluator: ExpressionEvaluator, definition: WorkflowJob, scope: Scope, repository: string, firstId: string): Expansion {
  if (!evaluator.isTrue(definition.if, scope)) return { isWanted: false, jobs: [], maxParallel: null, isFailFast: true }
  const combinations = expandMatrix(definition.matrix && evaluateTemplate(evaluator, definition.matrix, scope))
  const maxParallel = Number(evaluateTemplate(evaluator, definition.maxParallel, scope))
  const isFailFast = evaluateTemplate(evaluator, definition.failFast, scope) !== false
  const limits = { maxParallel: Number.isInteger(maxParallel) && maxParallel > 0 ? maxParallel : null, isFailFast }
  const jobs = combinations.map((matrix, matrixIndex) => {
    const own: Scope = { ...scope, contexts: { ...scope.contexts, ...strategyContexts({ matrix, matrixIndex, matrixTotal: combinations.length, ...limits }) } }
    return {
      id: matrixIndex === 0 ? firstId : newId('job'),
      name: nameOf(evaluator, definition, matrix, own),
      matrix,
      concurrencyGroup: definition.concurrency ? `${repository} ${evaluateText(evaluator, definition.concurrency.group, own)}` : null,
    }
  })
  return { isWanted: true, jobs, ...limits }
}

function nameOf(evaluator: ExpressionEvaluator, definition: WorkflowJob, matrix: JsonObject, scope: Scope): string {
  if (!definition.name) return matrixJobName(definition.key, matrix)
  const name = evaluateText(evaluator, definition.name, scope)
  // A plain name gets the values too, or the jobs of a matrix could not be told apart.
  return definition.name.kind === 'literal' ? matrixJobName(name, matrix) : name
}

/** Why this machine can't run a job with such labels; undefined when it can. Labels of another system are the only ones that it refuses. */
export function refusalOf(evaluator: ExpressionEvaluator, definition: WorkflowJob, scope: Scope): string | undefined {
  const value = evaluateTemplate(evaluator, definition.runsOn, scope)
  const labels = (Array.isArray(value) ? value : [value]).map(String)
  const systems: Readonly<Record<string, RegExp>> = { Linux: /^(windows|macos)\b/i, macOS: /^(windows|ubuntu)\b/i, Windows: /^(ubuntu|macos)\b/i }
  const wrong = labels.find((label) => systems[runnerOs()]?.test(label))
  return wrong === undefined ? undefined : `no runner has the label "${wrong}": this one is ${runnerOs()}`
}
