import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { EvaluatorOptions } from './expressions.ts'
import { Scope } from './scope.ts'
import { StatementEvaluator, type TemplateLoader } from './statements.ts'
import { soleExpression, type SyntaxNode } from './syntax-tree.ts'
import { assertPrintable, concatenated, toValue, type Value } from './value.ts'

export type { OtherTemplate, TemplateLoader } from './statements.ts'

export interface EvaluateOptions extends EvaluatorOptions {
  /** Files for `include`, `import` and `extends`; none unless given. */
  load?: TemplateLoader | undefined
}

/** Renders a parsed template to text. @throws `platform.scaffolder.expression`, DeferredNeeded. */
export function renderTree(root: SyntaxNode, context: Record<string, unknown>, options: EvaluateOptions): string {
  return guarded(options.where, () => new StatementEvaluator(options).renderDocument(root, Scope.of(toValue(context))))
}

/**
 * The value of a text: of exactly one `${{ … }}` its own value with its type, else the rendered text. A text with secrets in it stays closed.
 * @throws `platform.scaffolder.expression`, DeferredNeeded.
 */
export function evaluateTree(root: SyntaxNode, context: Record<string, unknown>, options: EvaluateOptions): Value {
  const sole = soleExpression(root)
  const scope = Scope.of(toValue(context))
  return guarded(options.where, () => {
    const evaluator = new StatementEvaluator(options)
    const outputs = root.children ?? []
    if (!sole) {
      if (!outputs.every((node) => node.typename === 'Output')) return evaluator.renderDocument(root, scope)
      const parts = outputs.flatMap((node) => node.children ?? [])
      const values = parts.map((part) => (part.typename === 'TemplateData' ? (part['value'] as Value) : evaluator.value(part, scope)))
      return evaluator.settled(values.reduce<Value>(concatenated, ''))
    }
    const value = evaluator.value(sole, scope)
    assertPrintable(value, 'passing on')
    return value
  })
}

function guarded<T>(where: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw scaffolderFaults.expression({ where, what: 'it is nested too deeply' }, { cause: error })
    if (error instanceof TypeError) throw scaffolderFaults.expression({ where, what: 'a value can not be used like this' }, { cause: error })
    if (error instanceof Error && error.name === 'Refusal') throw scaffolderFaults.expression({ where, what: error.message }, { cause: error })
    throw error
  }
}
