/** A line of a unified diff as it is shown: with its number before and after. */
export interface PatchLine {
  kind: 'hunk' | 'same' | 'added' | 'removed' | 'note'
  text: string
  old: number | null
  now: number | null
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/

/** Reads the hunks of a unified diff. What it does not know it shows as it is. */
export function patchLines(patch: string): PatchLine[] {
  let [old, now] = [0, 0]
  return patch
    .replace(/\n$/, '')
    .split('\n')
    .map((line): PatchLine => {
      const hunk = HUNK.exec(line)
      if (hunk) {
        old = Number(hunk[1])
        now = Number(hunk[2])
        return { kind: 'hunk', text: line, old: null, now: null }
      }
      const text = line.slice(1)
      if (line.startsWith('+')) return { kind: 'added', text, old: null, now: now++ }
      if (line.startsWith('-')) return { kind: 'removed', text, old: old++, now: null }
      if (line.startsWith('\\')) return { kind: 'note', text: text.trim(), old: null, now: null }
      return { kind: 'same', text, old: old++, now: now++ }
    })
}

/** How many lines a patch adds and removes. */
export function patchCounts(patch: string | null): { added: number; removed: number } {
  const lines = patch === null || patch === '' ? [] : patchLines(patch)
  return { added: lines.filter((line) => line.kind === 'added').length, removed: lines.filter((line) => line.kind === 'removed').length }
}
