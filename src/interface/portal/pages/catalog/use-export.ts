import { useCallback, useRef, useState } from 'react'
import { entitiesForExport } from '../../api/catalog-queries.ts'
import { csvHead, csvLines } from './catalog-csv.ts'
import { catalogRow, type CatalogRow } from './catalog-rows.ts'
import type { ApiFilter } from './catalog-search.ts'

/** How far an export is; `failed` with what happened. */
export type ExportState = { kind: 'idle' } | { kind: 'running'; done: number; total: number } | { kind: 'failed'; message: string }

/** Writes CSV files: of given rows at once, of all that match page by page, so that it can be watched and stopped. */
export function useExport() {
  const [state, setState] = useState<ExportState>({ kind: 'idle' })
  const running = useRef<AbortController>(undefined)
  const exportAll = useCallback(async (filter: ApiFilter, orderBy: string[]): Promise<void> => {
    running.current?.abort()
    const stop = new AbortController()
    running.current = stop
    const parts = [csvHead]
    let cursor: string | undefined
    let done = 0
    try {
      setState({ kind: 'running', done, total: 0 })
      do {
        const page = await entitiesForExport(filter, orderBy, cursor, stop.signal)
        parts.push(csvLines(page.items.map(catalogRow)))
        done += page.items.length
        cursor = page.nextCursor ?? undefined
        setState({ kind: 'running', done, total: page.total })
      } while (cursor !== undefined)
      download(parts)
      setState({ kind: 'idle' })
    } catch (error) {
      setState(stop.signal.aborted ? { kind: 'idle' } : { kind: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  }, [])
  const exportRows = useCallback((rows: readonly CatalogRow[]): void => download([csvHead, csvLines(rows)]), [])
  const stop = useCallback(() => running.current?.abort(), [])
  return { state, exportAll, exportRows, stop }
}

/** The mark in front tells spreadsheets that it is UTF-8. */
function download(parts: readonly string[]): void {
  const address = URL.createObjectURL(new Blob(['\uFEFF', ...parts], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `catalog-${new Date().toISOString().slice(0, 10)}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
