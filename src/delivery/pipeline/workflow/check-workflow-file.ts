import type { FieldProblem } from '#kernel/common/fault'
import { builtInActions, isBuiltIn } from '../action/built-in-names.ts'
import { ExpressionEvaluator } from '../expression/expression.ts'
import { loadGithubExpressions } from '../expression/github-expressions.ts'
import { checkWorkflow } from './check-workflow.ts'
import { parseWorkflow } from './parse-workflow.ts'

/** What is wrong with a workflow file, for GitHub's parser or for what this platform's runner can do. Nothing runs. */
export async function checkWorkflowFile(file: string, text: string): Promise<FieldProblem[]> {
  const { workflow, problems } = await parseWorkflow(file, text)
  if (!workflow) return problems
  const evaluator = new ExpressionEvaluator(await loadGithubExpressions())
  return checkWorkflow(workflow, { capabilities: { containers: false }, isBuiltIn, builtIns: builtInActions, evaluator })
}
