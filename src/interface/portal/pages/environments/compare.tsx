import { Select } from '@mantine/core'
import type { Matrix, MatrixCell, MatrixRow } from '../../api/shapes.ts'
import { shortId, versionLabel } from '../../format/reference.ts'
import { EntityLink } from '../../ui/links.tsx'
import { healthLook } from '../../ui/looks.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, type Column } from '../../ui/table.tsx'

interface CompareProps {
  matrix: Matrix
  /** `staging..production`. */
  pair: string
  onChange: (pair: string) => void
}

/** Two environments side by side: only what differs. */
export function Compare({ matrix, pair, onChange }: CompareProps) {
  const [left = '', right = ''] = pair.split('..')
  const names = matrix.environments.map((environment) => ({ value: environment.name, label: environment.title }))
  const rows = matrix.rows.filter((row) => row.cells[left]?.release !== row.cells[right]?.release)
  const columns: Column<MatrixRow>[] = [
    { key: 'component', title: 'Component', isMain: true, cell: (row) => <EntityLink of={row.component} /> },
    { key: 'left', title: left, cell: (row) => <Version cell={row.cells[left]} /> },
    { key: 'right', title: right, cell: (row) => <Version cell={row.cells[right]} /> },
  ]
  return (
    <Section
      title="Differences"
      id="compare"
      count={rows.length}
      actions={
        <>
          <Select
            aria-label="First environment"
            data={names}
            value={left}
            allowDeselect={false}
            size="xs"
            w={140}
            onChange={(value) => onChange(`${value}..${right}`)}
          />
          <Select
            aria-label="Second environment"
            data={names}
            value={right}
            allowDeselect={false}
            size="xs"
            w={140}
            onChange={(value) => onChange(`${left}..${value}`)}
          />
        </>
      }
    >
      {rows.length === 0 ? (
        <EmptyState title={`${left} and ${right} run the same releases`} />
      ) : (
        <Table label={`Differences between ${left} and ${right}`} rows={rows} columns={columns} rowKey={(row) => row.component} />
      )}
    </Section>
  )
}

function Version({ cell }: { cell: MatrixCell | null | undefined }) {
  if (cell === null || cell === undefined) return <span className="dim">Not there</span>
  return (
    <span style={{ display: 'inline-flex', gap: 12, alignItems: 'center' }}>
      <strong className="num">{versionLabel(cell.version)}</strong>
      <code>{shortId(cell.commit)}</code>
      <StateMark look={healthLook(cell.health)} />
    </span>
  )
}
