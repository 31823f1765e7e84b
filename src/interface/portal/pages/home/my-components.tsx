import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Matrix, MatrixRow } from '../../api/shapes.ts'
import { parseRef, versionLabel } from '../../format/reference.ts'
import { healthLook } from '../../ui/looks.ts'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { sortByNeed } from './sort-by-need.ts'

interface MyComponentsProps {
  matrix: UseQueryResult<Matrix>
  groups: readonly string[] | undefined
  principal: string | undefined
}

/** What the reader's teams own, the failing first, with its health in each environment. Without a team: everything. */
export function MyComponents({ matrix, groups = [], principal = '' }: MyComponentsProps) {
  const owners = new Set([...groups, principal].map((ref) => parseRef(ref, 'group').name))
  const own = (matrix.data?.rows ?? []).filter((row) => owners.has(parseRef(row.owner, 'group').name))
  const isMine = own.length > 0
  return (
    <Section
      title={isMine ? 'Your components' : 'Components'}
      id="components"
      count={isMine ? own.length : matrix.data?.rows.length}
      actions={<Link to="/environments">All environments</Link>}
    >
      <QueryView query={matrix} what="components">
        {(data) => (
          <Table
            label="Your components"
            rows={sortByNeed(isMine ? own : data.rows).slice(0, 25)}
            columns={columnsOf(data)}
            rowKey={(row) => row.component}
            href={(row) => `/components/${row.component}`}
          />
        )}
      </QueryView>
    </Section>
  )
}

function columnsOf({ environments }: Matrix): Column<MatrixRow>[] {
  return [
    {
      key: 'component',
      title: 'Component',
      isMain: true,
      cell: (row) => (
        <TwoLines
          main={
            <Link to="/components/$name" params={{ name: row.component }}>
              {row.component}
            </Link>
          }
        />
      ),
    },
    ...environments.map((environment, at) => ({
      key: environment.name,
      title: environment.title,
      isWide: at < environments.length - 1,
      width: 168,
      cell: (row: MatrixRow) => {
        const cell = row.cells[environment.name]
        if (cell === null || cell === undefined) return <span className="dim">Not there</span>
        return (
          <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
            <StateMark look={healthLook(cell.health)} />
            <span className="num dim">{versionLabel(cell.version)}</span>
          </span>
        )
      },
    })),
  ]
}
