import { Link } from '@tanstack/react-router'
import type { Matrix, MatrixRow } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'
import type { Intent } from '../../parts/promote/intent.ts'
import { EntityLink } from '../../ui/links.tsx'
import css from './environments.module.css'
import { MatrixCell } from './matrix-cell.tsx'
import { firstEnvironment, nextEnvironment } from './promotion.ts'

interface MatrixTableProps {
  matrix: Matrix
  rows: readonly MatrixRow[]
  onIntent: (intent: Intent) => void
}

/** Components down, environments across in their order of promotion. */
export function MatrixTable({ matrix, rows, onIntent }: MatrixTableProps) {
  const environments = [...matrix.environments].sort((a, b) => a.order - b.order)
  return (
    <div className={css['scroll']} tabIndex={0} role="region" aria-label="What runs where">
      <table className={css['matrix']} role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              <span className="dim">{plural(rows.length, 'component')}</span>
            </th>
            {environments.map((environment) => (
              <th key={environment.name} scope="col" role="columnheader">
                <span className={css['environment']}>{environment.title}</span>{' '}
                <span className={css['small']}>
                  {environment.region} · {environment.rollout.strategy.replaceAll('-', ' ')}
                  {environment.approval === null ? '' : ` · ${plural(environment.approval.required, 'approval')}`}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={row.component} role="row" tabIndex={-1} data-row={`/components/${row.component}`} data-component={row.component}>
              <th scope="row" role="rowheader" className={css['name']}>
                <Link to="/components/$name" params={{ name: row.component }}>
                  {row.component}
                </Link>
                <div className={css['small']} style={{ fontWeight: 400 }}>
                  <EntityLink of={row.owner} kind="group" />
                </div>
              </th>
              {environments.map((environment) => (
                <td key={environment.name} role="cell" data-environment={environment.title}>
                  <MatrixCell
                    component={row.component}
                    environment={environment.name}
                    cell={row.cells[environment.name]}
                    isFirst={environment.name === firstEnvironment(matrix)}
                    promoteTo={nextEnvironment(matrix, row, environment.name)}
                    onIntent={onIntent}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
