import type { SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { actionProblems } from './action-problems.ts'
import { builtInActions } from './actions/index.ts'
import { readTemplate } from './template-document.ts'

/** What is wrong with a golden path, steps that no action carries out included, by file, line and field. Never throws. */
export function checkTemplate(document: SourceDocument): readonly FieldProblem[] {
  const { template, problems } = readTemplate(document)
  if (!template) return problems
  return actionProblems(template, builtInActions).map(({ problem }) => problem)
}
