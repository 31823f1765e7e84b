import { checkDocument, parseSource, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { openSloObject, type OpenSloObject } from './openslo-schema.ts'

/** Reads a file of OpenSLO v1 objects: documents, or lists of objects. Each problem names file, line, field and what would be right. */
export function parseOpenSlo(file: string, text: string): { objects: OpenSloObject[]; problems: FieldProblem[] } {
  const { documents, problems } = parseSource(file, text)
  const objects: OpenSloObject[] = []
  for (const document of documents.flatMap(membersOf)) {
    const checked = checkDocument(document, openSloObject)
    if (checked.value) objects.push(checked.value)
    problems.push(...checked.problems)
  }
  return { objects, problems }
}

function membersOf(document: SourceDocument): SourceDocument[] {
  if (!Array.isArray(document.value)) return [document]
  return document.value.map((value: unknown, index) => ({ ...document, value, locate: (path) => document.locate([index, ...path]) }))
}
