import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node } from 'yaml'
import type { z } from 'zod'
import type { FieldProblem } from '../fault/index.ts'

/** One YAML document of a file, with the way back from a field to its line. */
export interface SourceDocument {
  file: string
  value: unknown
  /** Line and column (from 1) of the field at `path`, or of its nearest ancestor that exists. */
  locate(path: readonly PropertyKey[]): { line: number; column: number }
}

export interface ParsedSource {
  documents: SourceDocument[]
  problems: FieldProblem[]
}

/** At most this many alias expansions: a "billion laughs" file is refused, not expanded. */
const MAX_ALIASES = 100

/**
 * Parses a YAML (or JSON) file that may hold several documents. Never throws: syntax errors come back as problems with file, line and column.
 * Empty documents are left out.
 */
export function parseSource(file: string, text: string): ParsedSource {
  const lines = new LineCounter()
  const documents: SourceDocument[] = []
  const problems: FieldProblem[] = []
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, logLevel: 'error' })
  for (const document of Array.isArray(parsed) ? (parsed as Document.Parsed[]) : []) {
    // What follows a syntax error is mostly its echo: thirty more lines that help nobody.
    for (const error of document.errors.slice(0, 1)) {
      const { line, col } = lines.linePos(error.pos[0])
      problems.push({ field: '', message: error.message, file, line, column: col })
    }
    if (document.errors.length > 0 || isEmpty(document)) continue
    try {
      const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
      documents.push({ file, value, locate: (path) => locate(document, lines, path) })
    } catch (error) {
      problems.push({ field: '', message: error instanceof Error ? error.message : 'can not be read', file, line: 1, column: 1 })
    }
  }
  return { documents, problems }
}

/** Checks one document against a schema; each problem names file, line, column, field and what would be right. */
export function checkDocument<T>(document: SourceDocument, schema: z.ZodType<T>): { value: T; problems: [] } | { value?: undefined; problems: FieldProblem[] } {
  const result = schema.safeParse(document.value)
  if (result.success) return { value: result.data, problems: [] }
  return {
    problems: result.error.issues.flatMap((issue) =>
      // The words of an object's schema are for an object that is none; here it is one, with a key too many.
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => problemAt(document, [...issue.path, key], 'there is no such field here: leave it out, or look at its spelling'))
        : [problemAt(document, issue.path, issue.message)],
    ),
  }
}

function problemAt(document: SourceDocument, path: readonly PropertyKey[], message: string): FieldProblem {
  return { field: pathText(path), message, file: document.file, ...document.locate(path) }
}

/** `['spec', 'steps', 0, 'id']` as `spec.steps[0].id`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`), '')
}

/** `file:line:column: field: message`, the form that editors make clickable. */
export function problemText(problem: FieldProblem): string {
  const place = problem.file === undefined ? '' : `${problem.file}:${problem.line ?? 1}:${problem.column ?? 1}: `
  return `${place}${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`
}

function locate(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): { line: number; column: number } {
  let node: Node | null = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const part of path) {
    const next: { at: number; node: Node | null } | undefined = step(node, part)
    if (!next) break
    offset = next.at
    node = next.node
  }
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

function step(node: Node | null, part: PropertyKey): { at: number; node: Node | null } | undefined {
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part] as Node | null | undefined
    return item?.range ? { at: item.range[0], node: item } : undefined
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find((candidate) => isScalar(candidate.key) && String(candidate.key.value) === String(part))
  const key = pair?.key as Node | undefined
  return key?.range ? { at: key.range[0], node: (pair?.value as Node | null) ?? null } : undefined
}

/** Nothing but comments and blanks between two separators. */
function isEmpty(document: Document.Parsed): boolean {
  return document.contents === null || (isScalar(document.contents) && document.contents.value === null && document.contents.source === '')
}
