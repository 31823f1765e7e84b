import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import css from './table.module.css'

export interface Column<T> {
  key: string
  title: string
  /** Hidden on narrow screens. */
  isWide?: boolean
  align?: 'right'
  /** Takes the room that the others leave. */
  isMain?: boolean
  width?: number | string
  cell: (row: T) => ReactNode
}

interface TableProps<T> {
  label: string
  rows: readonly T[]
  columns: readonly Column<T>[]
  rowKey: (row: T) => string
  /** Where `enter` on a row, or a click beside its links, leads. */
  href?: (row: T) => string
  isHeadless?: boolean
}

/** A plain table: rows take focus by `j` and `k`, `enter` opens. For thousands of rows there is the catalog's own. */
export function Table<T>({ label, rows, columns, rowKey, href, isHeadless = false }: TableProps<T>) {
  const navigate = useNavigate()
  const classOf = (column: Column<T>): string =>
    [column.isWide === true ? css['wide'] : '', column.align === 'right' ? css['right'] : '', column.isMain === true ? css['mainColumn'] : ''].join(' ')
  return (
    <div className={css['scroll']} tabIndex={-1}>
      <table className={css['table']} aria-label={label}>
        <thead className={isHeadless ? 'sr' : undefined}>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)} style={column.width === undefined ? undefined : { width: column.width }}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const to = href?.(row)
            return (
              <tr
                key={rowKey(row)}
                {...(to === undefined ? {} : { 'data-row': to, tabIndex: -1, style: { cursor: 'pointer' } })}
                onClick={(event) => {
                  if (to === undefined || (event.target as HTMLElement).closest('a,button,input,label') !== null) return
                  if (window.getSelection()?.isCollapsed === false) return
                  void navigate({ to })
                }}
              >
                {columns.map((column) => (
                  <td key={column.key} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** The main word of a row with a dim line under it. */
export function TwoLines({ main, sub }: { main: ReactNode; sub?: ReactNode }) {
  return (
    <div style={{ minWidth: 0 }}>
      <div className={css['main']}>{main}</div>
      {sub === undefined || sub === null || sub === '' ? null : <div className={css['sub']}>{sub}</div>}
    </div>
  )
}
