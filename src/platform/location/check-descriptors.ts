import { parseSource, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { checkEntity, type DocumentChecks } from '#platform/catalog'

/** A file's entities by ref, with where each is named, and all that is wrong in it. */
export interface CheckedFile {
  entities: { ref: string; kind: string; line: number; column: number }[]
  problems: FieldProblem[]
}

/**
 * Checks a descriptor file as the catalog would, without the catalog: syntax, envelope, fields of the kind, and what the kind's feature demands. Placeholders
 * (`$text: ./a.json`) count as given. Pure; never throws.
 * @param checks what features say of documents of their kinds.
 */
export function checkDescriptors(file: string, text: string, checks: DocumentChecks = {}): CheckedFile {
  let source: ReturnType<typeof parseSource>
  try {
    source = parseSource(file, text)
  } catch {
    return { entities: [], problems: [{ field: '', message: 'the file can not be read: it is nested too deeply', file, line: 1, column: 1 }] }
  }
  const checked: CheckedFile = { entities: [], problems: [...source.problems] }
  for (const found of source.documents) {
    const document: SourceDocument = { ...found, value: isTemplate(found.value) ? found.value : withoutPlaceholders(found.value) }
    const verdict = checkEntity(document)
    checked.problems.push(...(verdict.entity ? (checks[verdict.entity.kind.toLowerCase()]?.(document) ?? []) : verdict.problems))
    if (verdict.entity) checked.entities.push({ ref: verdict.ref, kind: verdict.entity.kind, ...document.locate(['metadata', 'name']) })
  }
  if (source.documents.length === 0 && source.problems.length === 0)
    checked.problems.push({ field: '', message: 'there is no document in this file', file, line: 1, column: 1 })
  return checked
}

/** Problems of refs that several files declare. Pure. */
export function duplicateProblems(files: ReadonlyMap<string, CheckedFile>): FieldProblem[] {
  const first = new Map<string, string>()
  const problems: FieldProblem[] = []
  for (const [file, { entities }] of files) {
    for (const { ref, line, column } of entities) {
      const holder = first.get(ref)
      if (holder === undefined) first.set(ref, file)
      else
        problems.push({
          field: 'metadata.name',
          message: `"${ref}" is declared in ${holder === file ? 'this file' : holder} already; choose another name`,
          file,
          line,
          column,
        })
    }
  }
  return problems
}

function isTemplate(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Template'
}

/** The same value with a text where a placeholder stands. */
function withoutPlaceholders(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 100) return value
  if (Array.isArray(value)) return value.map((item) => withoutPlaceholders(item, depth + 1))
  const entries = Object.entries(value)
  const [only] = entries
  if (entries.length === 1 && only && /^\$[a-z]+$/.test(only[0]) && typeof only[1] === 'string') return `(${only[0]} ${only[1]})`
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutPlaceholders(member, depth + 1)]))
}
