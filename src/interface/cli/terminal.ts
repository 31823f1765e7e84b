import pc from 'picocolors'
import { stringify } from 'yaml'

/** Where commands write. `out` is what a pipe takes; `note` is for the person and goes to stderr. */
export interface Terminal {
  out(text: string): void
  note(text: string): void
  /** Columns of the terminal, or 120 when it is none. */
  width: number
  isInteractive: boolean
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
  width: process.stdout.columns ?? 120,
  isInteractive: process.stdout.isTTY,
}

export type Format = 'table' | 'json' | 'yaml'

export interface Column<Row> {
  title: string
  value: (row: Row) => string
}

/** Prints rows in the asked form: JSON and YAML carry everything, the table what fits a reader. An empty table says so on stderr. */
export function printRows<Row>(terminal: Terminal, format: Format, rows: readonly Row[], columns: readonly Column<Row>[], whenEmpty: string): void {
  if (format !== 'table') return printValue(terminal, format, rows)
  if (rows.length === 0) return terminal.note(whenEmpty)
  terminal.out(
    tableText(
      columns.map((column) => column.title),
      rows.map((row) => columns.map((column) => column.value(row))),
    ),
  )
}

export function printValue(terminal: Terminal, format: 'json' | 'yaml', value: unknown): void {
  terminal.out(format === 'json' ? JSON.stringify(value, null, 2) : stringify(value).trimEnd())
}

/** Columns aligned by what they hold; no trailing blanks. Colour codes do not count as width. */
export function tableText(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, index) => Math.max(title.length, ...rows.map((row) => visibleLength(row[index] ?? ''))))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - visibleLength(cell))))
      .join('  ')
      .trimEnd()
  return [pc.dim(line(titles.map((title) => title.toUpperCase()))), ...rows.map(line)].join('\n')
}

function visibleLength(text: string): number {
  // oxlint-disable-next-line no-control-regex -- the escape character begins a colour code
  return text.replaceAll(/\u001B\[[0-9;]*m/g, '').length
}

const GOOD = new Set(['done', 'healthy', 'ready', 'success', 'ok'])
const BUSY = new Set(['planning', 'checking', 'applying', 'verifying', 'running', 'queued', 'progressing', 'starting'])
const WAITING = new Set(['waiting'])
const BAD = new Set(['failed', 'denied', 'rejected', 'rolled_back', 'degraded', 'failure', 'expired'])

/** A state in its colour; the word stays, so that colour is never all. */
export function stateText(state: string): string {
  const words = state.replaceAll('_', ' ')
  if (GOOD.has(state)) return pc.green(words)
  if (BUSY.has(state)) return pc.blue(words)
  if (WAITING.has(state)) return pc.magenta(words)
  return BAD.has(state) ? pc.red(words) : pc.dim(words)
}

/** `3m ago`, `in 2h`, `just now`. */
export function ageText(iso: string, now: Date): string {
  const seconds = Math.round((now.getTime() - Date.parse(iso)) / 1000)
  if (Math.abs(seconds) < 5) return 'just now'
  return seconds >= 0 ? `${durationText(seconds)} ago` : `in ${durationText(-seconds)}`
}

/** The largest two units: `42s`, `1m 12s`, `3h 5m`, `2d`. */
export function durationText(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'm'],
    [1, 's'],
  ]
  const parts: string[] = []
  let rest = Math.round(seconds)
  for (const [size, unit] of units) {
    if (rest >= size && parts.length < 2) parts.push(`${Math.floor(rest / size)}${unit}`)
    rest %= size
  }
  return parts.join(' ') || '0s'
}
