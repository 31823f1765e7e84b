import { parseSource } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import type { InteropFile } from './interop.ts'

/** One object of a file, as it was written. */
export interface ForeignObject {
  path: string
  value: Record<string, unknown>
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** All objects of YAML and JSON files, those in lists too. What can't be read is a problem of its file. Pure. */
export function readForeign(files: readonly InteropFile[]): { objects: ForeignObject[]; problems: FieldProblem[] } {
  const objects: ForeignObject[] = []
  const problems: FieldProblem[] = []
  for (const { path, text } of files) {
    const source = parseSource(path, text)
    problems.push(...source.problems)
    for (const document of source.documents) {
      const values = Array.isArray(document.value) ? (document.value as unknown[]) : [document.value]
      const good = values.filter(isObject)
      if (good.length < values.length) problems.push({ field: '', message: 'holds something that is no object', file: path, ...document.locate([]) })
      objects.push(...good.map((value) => ({ path, value })))
    }
  }
  return { objects, problems }
}

/** The texts among values of any kind. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value)
}

/** A value as a text: a number or a boolean as it is written, anything else as JSON; `fallback` when there is none. */
export function textOf(value: unknown, fallback = ''): string {
  if (value === undefined || value === null) return fallback
  return typeof value === 'string' ? value : JSON.stringify(value)
}
