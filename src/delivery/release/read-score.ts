import { parseSource } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'

/** Reads a score file as YAML. What its fields mean is not looked at here. */
export function readScore(text: string, file = 'score.yaml'): { score: JsonObject; problems: [] } | { score?: undefined; problems: FieldProblem[] } {
  const { documents, problems } = parseSource(file, text)
  if (problems.length > 0) return { problems }
  const [document, second] = documents
  if (!document) return { problems: [{ field: '', message: 'the file is empty; it begins with "apiVersion: score.dev/v1b1"', file, line: 1, column: 1 }] }
  if (second) return { problems: [{ field: '', message: 'one workload a file: there is a second document', file, ...second.locate([]) }] }
  if (typeof document.value !== 'object' || document.value === null || Array.isArray(document.value))
    return { problems: [{ field: '', message: 'must be an object with apiVersion, metadata, containers', file, line: 1, column: 1 }] }
  return { score: JSON.parse(JSON.stringify(document.value)) as JsonObject, problems: [] }
}
