import parser from 'nunjucks/src/parser.js'
import { scaffolderFaults } from '../scaffolder-faults.ts'

/** A node of nunjucks' own syntax tree. Only `typename` decides what it is; unknown ones are refused by the evaluator. */
export interface SyntaxNode {
  readonly typename: string
  /** From 0. */
  readonly lineno: number
  readonly colno: number
  readonly children?: readonly SyntaxNode[]
  readonly [field: string]: unknown
}

/** Whitespace that long would make the parser's trimming slow without bound (it backtracks). */
const LONG_BLANK = /\s{4000}/
const MAX_TEMPLATE_LENGTH = 1_000_000
const JINJA_TAGS = { variableStart: '{{', variableEnd: '}}', blockStart: '{%', blockEnd: '%}', commentStart: '{#', commentEnd: '#}' }
const TAGS = { variableStart: '${{', variableEnd: '}}', blockStart: '{%', blockEnd: '%}', commentStart: '{#', commentEnd: '#}' }

export interface SyntaxOptions {
  /** Named in messages, e.g. `skeleton/package.json`. */
  where: string
  trimBlocks?: boolean
  lstripBlocks?: boolean
  /** `{{ }}` instead of `${{ }}`, as cookiecutter has it. */
  isJinja?: boolean
}

/**
 * Parses a template in nunjucks syntax with Backstage's `${{ }}` tags. Only nunjucks' parser is used, never its compiler, which makes code.
 * @throws `platform.scaffolder.expression` with line and column.
 */
export function parseTemplate(text: string, options: SyntaxOptions): SyntaxNode {
  if (text.length > MAX_TEMPLATE_LENGTH)
    throw scaffolderFaults.too_large({ what: `a template file of ${text.length} characters; ${MAX_TEMPLATE_LENGTH} is the limit` })
  if (LONG_BLANK.test(text)) throw scaffolderFaults.expression({ where: options.where, what: 'there are more than 4000 blanks in a row' })
  try {
    return parser.parse(text, [], {
      tags: options.isJinja ? JINJA_TAGS : TAGS,
      trimBlocks: options.trimBlocks ?? false,
      lstripBlocks: options.lstripBlocks ?? false,
    })
  } catch (error) {
    const at = error as { lineno?: number; colno?: number; message?: string }
    const place = at.lineno === undefined ? options.where : `${options.where}:${at.lineno}:${at.colno ?? 1}`
    const first = (at.message ?? 'can not be read').split('\n').at(-1)?.trim() ?? ''
    throw scaffolderFaults.expression(
      { where: place, what: error instanceof RangeError ? 'it is nested too deeply' : first.replace(/^parse\w+: /, '').slice(0, 200) },
      { cause: error },
    )
  }
}

/** True when the text has anything to evaluate; a cheap look before parsing. */
export function hasTemplateSyntax(text: string, isJinja = false): boolean {
  return text.includes(isJinja ? '{{' : '${{') || text.includes('{%') || text.includes('{#')
}

/** The expression when a text is exactly one `${{ … }}`, so that its value keeps its type. */
export function soleExpression(root: SyntaxNode): SyntaxNode | undefined {
  const outputs = root.children ?? []
  const parts = outputs[0]?.typename === 'Output' ? (outputs[0].children ?? []) : []
  return outputs.length === 1 && parts.length === 1 && parts[0]?.typename !== 'TemplateData' ? parts[0] : undefined
}
