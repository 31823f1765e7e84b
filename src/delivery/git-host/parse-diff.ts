import type { FileDiff } from './pull-request.ts'

/** One file of a diff, before its hunks are read. Line counts are null for a binary file. */
export interface DiffEntry {
  path: string
  previousPath?: string
  status: FileDiff['status']
  addedLines: number | null
  removedLines: number | null
}

const STATUSES: Record<string, FileDiff['status']> = { A: 'added', D: 'removed', R: 'renamed' }

/** Reads `git diff-tree -r -M -z --raw --numstat` (git-diff(1), RAW OUTPUT FORMAT and `--numstat` with `-z`). */
export function parseDiffEntries(output: string): DiffEntry[] {
  const fields = output.split('\0')
  const entries: DiffEntry[] = []
  const counts = new Map<string, [number | null, number | null]>()
  for (let index = 0; index < fields.length;) {
    const field = fields[index++] ?? ''
    const raw = /^:\d+ \d+ [0-9a-f]+ [0-9a-f]+ ([A-Z])\d*$/.exec(field)
    const counted = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(field)
    if (raw) {
      const first = fields[index++] ?? ''
      const status = STATUSES[raw[1] ?? ''] ?? 'altered'
      const entry = status === 'renamed' ? { path: fields[index++] ?? '', previousPath: first } : { path: first }
      // A file that becomes a link is two patches in one: told by name only.
      const lines = raw[1] === 'T' ? null : 0
      entries.push({ ...entry, status, addedLines: lines, removedLines: lines })
    } else if (counted) {
      // A renamed file has an empty name here, then both names.
      const path = counted[3] === '' ? (fields[(index += 2) - 1] ?? '') : (counted[3] ?? '')
      counts.set(path, [numberOf(counted[1]), numberOf(counted[2])])
    }
  }
  return entries.map((entry) => {
    const [addedLines = 0, removedLines = 0] = counts.get(entry.path) ?? []
    return entry.addedLines === null ? entry : { ...entry, addedLines, removedLines }
  })
}

function numberOf(text: string | undefined): number | null {
  return text === undefined || text === '-' ? null : Number(text)
}

/** Splits `git diff-tree -p` into one patch a file, in order, each from its first `@@` on. No line of a patch begins with `diff --git`. */
export function splitPatches(output: string): string[] {
  return output
    .split(/^diff --git .*$/m)
    .slice(1)
    .map((part) => {
      const start = /^@@ /m.exec(part)
      return start ? part.slice(start.index) : ''
    })
}
