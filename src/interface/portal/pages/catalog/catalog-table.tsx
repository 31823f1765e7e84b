import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTable } from '@tanstack/react-table'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useKey } from '../../app/keys.ts'
import { entityHref } from '../../format/reference.ts'
import { columns, columnTitles, features, widths } from './catalog-columns.tsx'
import type { CatalogRow } from './catalog-rows.ts'
import { sortFields } from './catalog-search.ts'
import css from './catalog.module.css'
import type { Selection } from './use-selection.ts'

interface CatalogTableProps {
  rows: CatalogRow[]
  /** How many match in all. */
  total: number
  shown: readonly string[]
  /** `name` or `-name` for descending. */
  sort: string
  onSort: (sort: string) => void
  selection: Selection
  /** Called as the last loaded rows come into sight. */
  onEnd: () => void
}

const ROW_HEIGHT = 41
const MARK_WIDTH = 20
const GAP = 12

/** The catalog's table: what is loaded is drawn by need, and the next page is asked for before one gets there. */
export function CatalogTable({ rows, total, shown, sort, onSort, selection, onEnd }: CatalogTableProps) {
  const navigate = useNavigate()
  const body = useRef<HTMLDivElement>(null)
  const [offset, setOffset] = useState(0)
  const columnVisibility = useMemo(() => Object.fromEntries(columnTitles.map(({ id }) => [id, shown.includes(id)])), [shown])
  const table = useTable({ features, columns, data: rows, state: { columnVisibility }, getRowId: (row) => row.ref })
  const drawn = table.getRowModel().rows
  useLayoutEffect(() => {
    const measure = (): void => setOffset((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [])
  const virtual = useWindowVirtualizer({ count: drawn.length, estimateSize: () => ROW_HEIGHT, overscan: 12, scrollMargin: offset })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= drawn.length - 30) onEnd()
  }, [last, drawn.length, onEnd])
  useKey('x', () => {
    const ref = document.activeElement?.closest<HTMLElement>('[data-ref]')?.dataset['ref']
    const row = rows.find((each) => each.ref === ref)
    if (row !== undefined) selection.toggle(row)
  })
  const isEach = rows.length > 0 && rows.every((row) => selection.rows.has(row.ref))
  const isSome = !isEach && rows.some((row) => selection.rows.has(row.ref))
  const shares = ['name', ...shown].map((id) => widths[id] ?? { minPx: 96, share: 1 })
  const style = {
    '--columns': `${MARK_WIDTH}px ${shares.map(({ minPx, share }) => `minmax(${minPx}px, ${share}fr)`).join(' ')}`,
    '--least': `${shares.reduce((sum, { minPx }) => sum + minPx + GAP, MARK_WIDTH + 2 * GAP)}px`,
  } as React.CSSProperties
  return (
    <div role="table" aria-label="Catalog" aria-rowcount={total + 1} className={css['table']} style={style}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={css['headRow']}>
          <div role="columnheader" data-column="mark">
            <input
              type="checkbox"
              aria-label="Select all that are loaded"
              checked={isEach}
              ref={(element) => {
                if (element !== null) element.indeterminate = isSome
              }}
              onChange={() => selection.toggleAll(rows)}
            />
          </div>
          {table
            .getHeaderGroups()
            .flatMap((group) =>
              group.headers.map((header) => (
                <HeadCell key={header.id} id={header.column.id} label={String(header.column.columnDef.header)} sort={sort} onSort={onSort} />
              )),
            )}
        </div>
      </div>
      <div role="rowgroup" ref={body} className={css['body']} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = drawn[item.index]
          if (row === undefined) return null
          const { ref, title } = row.original
          const href = entityHref(ref)
          const isMarked = selection.rows.has(ref)
          return (
            <div
              key={row.id}
              role="row"
              aria-rowindex={item.index + 2}
              tabIndex={-1}
              data-row={href}
              data-ref={ref}
              data-marked={isMarked ? 'true' : undefined}
              className={css['row']}
              style={{ transform: `translateY(${item.start - offset}px)` }}
              onClick={(event) => {
                if ((event.target as HTMLElement).closest('a,button,input,label') !== null || window.getSelection()?.isCollapsed === false) return
                void navigate({ to: href as '/' })
              }}
            >
              <div role="cell" data-column="mark">
                <label className={css['mark']}>
                  <input type="checkbox" aria-label={`Select ${title}`} checked={isMarked} onChange={() => selection.toggle(row.original)} />
                </label>
              </div>
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

function HeadCell({ id, label, sort, onSort }: { id: string; label: string; sort: string; onSort: (sort: string) => void }) {
  const canSort = sortFields[id] !== undefined
  const isSorted = sort.replace(/^-/, '') === id
  const isDown = isSorted && sort.startsWith('-')
  return (
    <div role="columnheader" data-column={id} {...(canSort ? { 'aria-sort': isSorted ? (isDown ? 'descending' : 'ascending') : 'none' } : {})}>
      {canSort ? (
        <button type="button" onClick={() => onSort(isSorted && !isDown ? `-${id}` : id)}>
          {label}
          {isSorted ? isDown ? <IconArrowDown size={14} aria-hidden="true" /> : <IconArrowUp size={14} aria-hidden="true" /> : null}
        </button>
      ) : (
        label
      )}
    </div>
  )
}
