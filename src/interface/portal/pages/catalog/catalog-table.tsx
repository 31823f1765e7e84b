import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTable } from '@tanstack/react-table'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { entityHref } from '../../format/reference.ts'
import { columns, columnTitles, features, widths } from './catalog-columns.tsx'
import type { CatalogRow } from './catalog-rows.ts'
import css from './catalog.module.css'

interface CatalogTableProps {
  rows: CatalogRow[]
  shown: readonly string[]
  /** `name` or `-name` for descending. */
  sort: string
  onSort: (sort: string) => void
}

/** The catalog's table: sorted and drawn by need, so that 20,000 rows scroll as 20 do. */
export function CatalogTable({ rows, shown, sort, onSort }: CatalogTableProps) {
  const navigate = useNavigate()
  const body = useRef<HTMLDivElement>(null)
  const [offset, setOffset] = useState(0)
  const sorting = useMemo(() => [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }], [sort])
  const columnVisibility = useMemo(() => Object.fromEntries(columnTitles.map(({ id }) => [id, shown.includes(id)])), [shown])
  const table = useTable({ features, columns, data: rows, state: { sorting, columnVisibility }, getRowId: (row) => row.ref })
  const sorted = table.getRowModel().rows
  useLayoutEffect(() => {
    const measure = (): void => setOffset((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY)
    measure()
    window.addEventListener('resize', measure)
    return () => window.removeEventListener('resize', measure)
  }, [])
  const virtual = useWindowVirtualizer({ count: sorted.length, estimateSize: () => 41, overscan: 12, scrollMargin: offset })
  const template = ['name', ...shown].map((id) => widths[id] ?? '1fr').join(' ')
  return (
    <div role="table" aria-label="Catalog" aria-rowcount={sorted.length + 1} className={css['table']} style={{ '--columns': template } as React.CSSProperties}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={css['headRow']}>
          {table.getHeaderGroups().flatMap((group) =>
            group.headers.map((header) => {
              const isSorted = sorting[0]?.id === header.column.id
              const isDown = isSorted && sorting[0]?.desc === true
              const label = String(header.column.columnDef.header)
              return (
                <div key={header.id} role="columnheader" aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : 'none'} data-column={header.column.id}>
                  {header.column.getCanSort() ? (
                    <button type="button" onClick={() => onSort(isSorted && !isDown ? `-${header.column.id}` : header.column.id)}>
                      {label}
                      {isSorted ? isDown ? <IconArrowDown size={14} aria-hidden="true" /> : <IconArrowUp size={14} aria-hidden="true" /> : null}
                    </button>
                  ) : (
                    label
                  )}
                </div>
              )
            }),
          )}
        </div>
      </div>
      <div role="rowgroup" ref={body} className={css['body']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = sorted[item.index]
          if (row === undefined) return null
          const href = entityHref(row.original.ref)
          return (
            <div
              key={row.id}
              role="row"
              aria-rowindex={item.index + 2}
              tabIndex={-1}
              data-row={href}
              className={css['row']}
              style={{ transform: `translateY(${item.start - offset}px)` }}
              onClick={(event) => {
                if ((event.target as HTMLElement).closest('a') === null) void navigate({ to: href as '/' })
              }}
            >
              {row.getVisibleCells().map((cell) => (
                <div key={cell.id} role="cell" data-column={cell.column.id}>
                  <table.FlexRender cell={cell} />
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}
