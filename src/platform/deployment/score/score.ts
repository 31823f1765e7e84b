import { checkDocument, parseSource, pathText, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { parsePlaceholders } from './placeholder.ts'
import { scoreSchema, type Score } from './score-schema.ts'

export type ScoreParse = { score: Score; problems: [] } | { score?: undefined; problems: FieldProblem[] }

/**
 * Reads a Score file strictly. Each problem names file, line, field and what would be right; also a placeholder that leads nowhere is one.
 * Never throws.
 */
export function parseScore(file: string, text: string): ScoreParse {
  const { documents, problems } = parseSource(file, text)
  if (problems.length > 0) return { problems }
  const [document, ...others] = documents
  if (!document)
    return { problems: [{ field: '', message: 'the file is empty; a Score file starts with apiVersion: score.dev/v1b1', file, line: 1, column: 1 }] }
  if (others.length > 0)
    return { problems: [{ field: '', message: 'a Score file describes one workload: there is more than one document', file, line: 1, column: 1 }] }
  const checked = checkDocument(document, scoreSchema)
  if (checked.value === undefined) return { problems: checked.problems }
  const wrong = [...placeholderProblems(document, checked.value), ...orderProblems(document, checked.value)]
  return wrong.length > 0 ? { problems: wrong } : { score: checked.value, problems: [] }
}

/** Every text of a Score file in which placeholders stand for values. */
function expandableTexts(score: Score): { path: (string | number)[]; text: string }[] {
  return Object.entries(score.containers).flatMap(([name, container]) => {
    const at = (...path: (string | number)[]): (string | number)[] => ['containers', name, ...path]
    return [
      ...Object.entries(container.variables ?? {}).map(([key, text]) => ({ path: at('variables', key), text })),
      ...Object.entries(container.volumes ?? {}).map(([key, volume]) => ({
        path: at('volumes', Array.isArray(container.volumes) ? Number(key) : key, 'source'),
        text: (volume as { source: string }).source,
      })),
      ...Object.entries(container.files ?? {}).flatMap(([key, file]) => {
        const { content, noExpand } = file as { content?: string; noExpand?: boolean }
        return content === undefined || noExpand === true
          ? []
          : [{ path: at('files', Array.isArray(container.files) ? Number(key) : key, 'content'), text: content }]
      }),
    ]
  })
}

function placeholderProblems(document: SourceDocument, score: Score): FieldProblem[] {
  const resources = Object.keys(score.resources ?? {})
  return expandableTexts(score).flatMap(({ path, text }) => {
    const message = placeholderFault(text, score, resources)
    return message === undefined ? [] : [{ field: pathText(path), message, file: document.file, ...document.locate(path) }]
  })
}

function placeholderFault(text: string, score: Score, resources: readonly string[]): string | undefined {
  const parsed = parsePlaceholders(text)
  if (parsed.outcome === 'wrong') return parsed.message
  for (const piece of parsed.pieces) {
    if (!('placeholder' in piece)) continue
    const [root, first = ''] = piece.placeholder
    if (root === 'resources' && !resources.includes(first))
      return `${piece.source}: there is no resource "${first}"; there are: ${resources.join(', ') || 'none'}`
    if (root === 'metadata' && metadataAt(score, piece.placeholder.slice(1)) === undefined) return `${piece.source}: the metadata have no such value`
  }
  return undefined
}

/** A value of the metadata as text; what is no text is JSON. Undefined when absent. */
function metadataAt(score: Score, path: readonly string[]): string | undefined {
  let value: unknown = score.metadata
  for (const part of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string, unknown>)[part]
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function orderProblems(document: SourceDocument, score: Score): FieldProblem[] {
  const names = Object.keys(score.containers)
  return Object.entries(score.containers).flatMap(([name, container]) =>
    Object.keys(container.before ?? {})
      .filter((other) => !names.includes(other) || other === name)
      .map((other) => {
        const path = ['containers', name, 'before', other]
        return { field: pathText(path), message: `there is no other container "${other}"`, file: document.file, ...document.locate(path) }
      }),
  )
}
