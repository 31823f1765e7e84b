import type { Json } from '#kernel/common/json'
import { isFault } from '#kernel/common/fault'
import type { Template } from '../workflow/template.ts'
import type { ExpressionEvaluator, Scope } from './expression.ts'

/** A template that failed, with its place in the file. */
export class TemplateFailure extends Error {
  readonly line: number
  readonly column: number

  constructor(message: string, at: { line: number; column: number }, cause: unknown) {
    super(message, { cause })
    this.line = at.line
    this.column = at.column
  }
}

/** The value of a template in a scope. @throws TemplateFailure with the place of the expression that failed. */
export function evaluateTemplate(evaluator: ExpressionEvaluator, template: Template | undefined, scope: Scope): Json {
  if (template === undefined) return null
  switch (template.kind) {
    case 'literal':
      return template.value
    case 'expression':
      return located(template, () => evaluator.evaluate(template.text, scope))
    case 'sequence':
      return template.items.map((item) => evaluateTemplate(evaluator, item, scope))
    default: {
      const result: Record<string, Json> = {}
      for (const { key, value } of template.entries) {
        const evaluated = evaluateTemplate(evaluator, value, scope)
        if (key === 'insert') Object.assign(result, evaluated)
        else define(result, evaluateText(evaluator, key, scope), evaluated)
      }
      return result
    }
  }
}

/** The value as text: what a script, a name or a variable gets. @throws TemplateFailure. */
export function evaluateText(evaluator: ExpressionEvaluator, template: Template | undefined, scope: Scope): string {
  if (template === undefined) return ''
  if (template.kind === 'expression') return located(template, () => evaluator.text(template.text, scope))
  return textOf(evaluateTemplate(evaluator, template, scope))
}

/** A mapping whose values are text, such as `env` or `with`. @throws TemplateFailure. */
export function evaluateTexts(evaluator: ExpressionEvaluator, template: Template | undefined, scope: Scope): Record<string, string> {
  if (template === undefined) return {}
  const result: Record<string, string> = {}
  if (template.kind === 'mapping') {
    for (const { key, value } of template.entries) {
      if (key === 'insert') Object.assign(result, textsOf(evaluateTemplate(evaluator, value, scope)))
      else define(result, evaluateText(evaluator, key, scope), evaluateText(evaluator, value, scope))
    }
    return result
  }
  return textsOf(evaluateTemplate(evaluator, template, scope))
}

function textsOf(value: Json): Record<string, string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, textOf(member)]))
}

/** A value as GitHub writes it into text. */
export function textOf(value: Json): string {
  if (value === null) return ''
  if (typeof value === 'object') return Array.isArray(value) ? 'Array' : 'Object'
  return String(value)
}

/** An own property whatever its name is, also `__proto__`. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
}

function located<T>(template: Template, evaluate: () => T): T {
  try {
    return evaluate()
  } catch (error) {
    if (isFault(error)) throw new TemplateFailure(error.message, template.at, error)
    throw error
  }
}
