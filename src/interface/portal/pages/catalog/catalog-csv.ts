import type { CatalogRow } from './catalog-rows.ts'

const columns: readonly [string, (row: CatalogRow) => string][] = [
  ['ref', (row) => row.ref],
  ['kind', (row) => row.kind],
  ['namespace', (row) => row.namespace],
  ['name', (row) => row.name],
  ['title', (row) => row.title],
  ['type', (row) => row.type],
  ['owner', (row) => row.owner],
  ['lifecycle', (row) => row.lifecycle],
  ['system', (row) => row.system],
  ['tags', (row) => row.tags.join(' ')],
  ['description', (row) => row.description],
  ['problems', (row) => row.problems.join('; ')],
  ['orphan', (row) => (row.isOrphan ? 'yes' : '')],
]

/** The head line, with its line end. */
export const csvHead = `${columns.map(([name]) => name).join(',')}\r\n`

/** Rows as CSV (RFC 4180), each with its line end. A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection). */
export function csvLines(rows: readonly CatalogRow[]): string {
  return rows.map((row) => `${columns.map(([, read]) => cell(read(row))).join(',')}\r\n`).join('')
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
