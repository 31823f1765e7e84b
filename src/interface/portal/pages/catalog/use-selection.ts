import { useCallback, useMemo, useState } from 'react'
import type { CatalogRow } from './catalog-rows.ts'

/** Rows that are marked, by ref: they stay marked while the filter changes. */
export interface Selection {
  rows: ReadonlyMap<string, CatalogRow>
  toggle: (row: CatalogRow) => void
  /** Marks all of these; all being marked, none of them. */
  toggleAll: (rows: readonly CatalogRow[]) => void
  clear: () => void
}

export function useSelection(): Selection {
  const [rows, setRows] = useState<ReadonlyMap<string, CatalogRow>>(() => new Map())
  const toggle = useCallback((row: CatalogRow) => {
    setRows((old) => {
      const next = new Map(old)
      if (!next.delete(row.ref)) next.set(row.ref, row)
      return next
    })
  }, [])
  const toggleAll = useCallback((some: readonly CatalogRow[]) => {
    setRows((old) => {
      const next = new Map(old)
      if (some.every((row) => old.has(row.ref))) for (const row of some) next.delete(row.ref)
      else for (const row of some) next.set(row.ref, row)
      return next
    })
  }, [])
  const clear = useCallback(() => setRows(new Map()), [])
  return useMemo(() => ({ rows, toggle, toggleAll, clear }), [rows, toggle, toggleAll, clear])
}
