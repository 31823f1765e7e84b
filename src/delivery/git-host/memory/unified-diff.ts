import { diffIndices } from 'node-diff3'
import { linesOf } from './merge-lines.ts'

const CONTEXT = 3

/** The hunks of a unified diff between two texts, from the first `@@` on; empty when they are the same. */
export function unifiedDiff(before: string, after: string): string {
  const [old, now] = [linesOf(before), linesOf(after)]
  const changes = diffIndices(old, now).map(({ buffer1, buffer2 }) => ({ from: buffer1[0], removed: buffer1[1], to: buffer2[0], added: buffer2[1] }))
  const groups: (typeof changes)[] = []
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1)
    if (last && change.from - (last.from + last.removed) <= 2 * CONTEXT) groups.at(-1)?.push(change)
    else groups.push([change])
  }
  return groups.map((group) => hunkOf(group, old, now)).join('')
}

function hunkOf(group: readonly { from: number; removed: number; to: number; added: number }[], old: readonly string[], now: readonly string[]): string {
  const [first, last] = [group[0], group.at(-1)]
  if (!first || !last) return ''
  const start = Math.max(0, first.from - CONTEXT)
  const end = Math.min(old.length, last.from + last.removed + CONTEXT)
  const lines: string[] = []
  let at = start
  for (const change of group) {
    lines.push(...old.slice(at, change.from).map((line) => shown(' ', line)))
    lines.push(...old.slice(change.from, change.from + change.removed).map((line) => shown('-', line)))
    lines.push(...now.slice(change.to, change.to + change.added).map((line) => shown('+', line)))
    at = change.from + change.removed
  }
  lines.push(...old.slice(at, end).map((line) => shown(' ', line)))
  const newStart = first.to - (first.from - start)
  const grown = group.reduce((sum, change) => sum + change.added - change.removed, 0)
  return `@@ -${range(start, end - start)} +${range(newStart, end - start + grown)} @@\n${lines.join('')}`
}

function shown(sign: string, line: string): string {
  return line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`
}

/** As Git writes it: a range of one line has no length, an empty one stands behind the line before. */
function range(start: number, length: number): string {
  if (length === 0) return `${start},0`
  return length === 1 ? String(start + 1) : `${start + 1},${length}`
}
