import { formatClock } from '../../format/duration.ts'
import { seriesName } from './chart-palette.ts'
import css from './observe.module.css'

interface ChartTableProps {
  title: string
  times: readonly number[]
  columns: readonly (readonly (number | null)[])[]
  names: readonly string[]
  format: (value: number) => string
}

/** The numbers behind a chart. */
export function ChartTable({ title, times, columns, names, format }: ChartTableProps) {
  return (
    <details className={css['table']}>
      <summary>Show as a table</summary>
      <div tabIndex={0} role="region" aria-label={`${title} as a table`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {seriesName(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((time, row) => (
              <tr key={time}>
                <th scope="row">{formatClock(time * 1000)}</th>
                {columns.map((column, at) => (
                  <td key={names[at]}>{column[row] === null || column[row] === undefined ? '–' : format(column[row])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
