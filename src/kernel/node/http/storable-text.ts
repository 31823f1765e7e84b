import type { FieldProblem } from '#kernel/common/fault'
import { pathText } from '#kernel/common/document'

/**
 * Finds texts in JSON data that no database stores: with NUL, or with half of a surrogate pair.
 * Keys count too. @returns one problem for each, by its path; none for what is fine.
 */
export function unstorableTexts(value: unknown, path: readonly PropertyKey[] = []): FieldProblem[] {
  if (typeof value === 'string')
    return isStorable(value) ? [] : [{ field: pathText(path), message: 'has a NUL character or half of a surrogate pair; leave it out' }]
  if (Array.isArray(value)) return value.flatMap((member, index) => unstorableTexts(member, [...path, index]))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, member]) =>
    isStorable(key)
      ? unstorableTexts(member, [...path, key])
      : [{ field: pathText(path), message: 'has a key with a NUL character or half of a surrogate pair' }],
  )
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
