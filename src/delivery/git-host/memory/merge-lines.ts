import { diff3Merge } from 'node-diff3'

/** Merges what two sides made of a text, by lines; undefined when both altered the same or neighbouring lines differently. */
export function mergeLines(base: string, ours: string, theirs: string): string | undefined {
  const regions = diff3Merge(linesOf(ours), linesOf(base), linesOf(theirs), { excludeFalseConflicts: true })
  if (regions.some((region) => region.conflict !== undefined)) return undefined
  return regions.flatMap((region) => region.ok ?? []).join('')
}

/** The lines of a text, each with its line end; the last may have none. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
