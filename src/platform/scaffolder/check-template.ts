import type { SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { builtInActions } from './actions/index.ts'
import { readTemplate } from './template-document.ts'

/** What is wrong with a golden path, steps that no action carries out included, by file, line and field. Never throws. */
export function checkTemplate(document: SourceDocument): readonly FieldProblem[] {
  const { template, problems } = readTemplate(document)
  if (!template) return problems
  const known = builtInActions.map((action) => action.id).sort()
  return template.steps.flatMap((step, index) => {
    if (known.includes(step.action)) return []
    const path = ['spec', 'steps', index, 'action']
    const message = `there is no action "${step.action}"; there are: ${known.join(', ')}`
    return [{ field: `spec.steps[${index}].action`, message, file: document.file, ...document.locate(path) }]
  })
}
