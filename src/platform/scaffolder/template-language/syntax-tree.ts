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

/** A row of blanks longer than that is refused: the parser's trimming backtracks. */
const MAX_BLANKS = 4_000
const MAX_TEMPLATE_LENGTH = 1_000_000
/** With tags that trim, each run of blanks costs its length squared: about a nanosecond apiece. */
const MAX_TRIMMING = 50_000_000
/** What parses within 100 ms. */
const MAX_TAGS = 25_000
const MAX_TAG_LENGTH = 50_000
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
  assertParsable(text, options.where)
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

/** Refuses what nunjucks' parser would take long for. */
function assertParsable(text: string, where: string): void {
  let tags = 0
  for (let at = nextOf(TAG_START, text, 0); at < text.length; at = nextOf(TAG_START, text, at)) {
    const end = nextOf(TAG_END, text, at)
    if (++tags > MAX_TAGS) throw scaffolderFaults.expression({ where, what: `there are more than ${MAX_TAGS} tags` })
    if (end - at > MAX_TAG_LENGTH) throw scaffolderFaults.expression({ where, what: `there is a tag of more than ${MAX_TAG_LENGTH} characters` })
    at = end
  }
  const isTrimming = /\{[{%#]-/.test(text)
  let cost = 0
  // A row is taken whole, so this look itself takes time linear to the text.
  for (const [blanks] of text.matchAll(/\s{50,}/g)) {
    if (blanks.length > MAX_BLANKS) throw scaffolderFaults.expression({ where, what: `there are more than ${MAX_BLANKS} blanks in a row` })
    cost += blanks.length ** 2
  }
  if (isTrimming && cost > MAX_TRIMMING) throw scaffolderFaults.expression({ where, what: 'there are too many long rows of blanks' })
}

const TAG_START = /\{[{%#]/g
const TAG_END = /[}%#]\}/g

/** Where the next one is; the text's end when there is none. */
function nextOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
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
