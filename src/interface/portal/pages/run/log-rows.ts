import type { LogLine } from '../../api/shapes.ts'
import { stripAnsi } from './ansi.ts'

/** A line as it is shown: a group's head says how many lines it hides while it is folded. */
export interface LogRow {
  line: LogLine
  depth: number
  isHead: boolean
  isFolded: boolean
  hidden: number
}

/** Lines without the insides of folded groups. `folded` holds the numbers of the groups' first lines. */
export function visibleRows(lines: readonly LogLine[], folded: ReadonlySet<number>): LogRow[] {
  const rows: LogRow[] = []
  const open: { row: LogRow; isHidden: boolean }[] = []
  for (const line of lines) {
    const around = open.at(-1)
    const isHidden = around !== undefined && (around.isHidden || around.row.isFolded)
    if (line.group === 'end') {
      open.pop()
      continue
    }
    const isHead = line.group === 'start'
    const row: LogRow = { line, depth: open.length, isHead, isFolded: isHead && folded.has(line.n), hidden: 0 }
    if (isHidden) for (const each of open) each.row.hidden += 1
    else {
      rows.push(row)
      for (const each of open) each.row.hidden += 1
    }
    if (isHead) open.push({ row, isHidden })
  }
  return rows
}

/** Numbers of the lines that hold the text, without regard to case or colours. */
export function findLines(lines: readonly LogLine[], text: string): number[] {
  const wanted = text.toLowerCase()
  if (wanted === '') return []
  return lines.filter((line) => line.group !== 'end' && stripAnsi(line.text).toLowerCase().includes(wanted)).map((line) => line.n)
}

/** Groups (by the number of their first line) around a line, outermost first; the line that ends a group is in it. */
export function groupsAround(lines: readonly LogLine[], n: number): number[] {
  const open: number[] = []
  for (const line of lines) {
    if (line.n > n) break
    if (line.group === 'end') {
      if (line.n < n) open.pop()
    } else if (line.group === 'start' && line.n !== n) open.push(line.n)
  }
  return open
}
