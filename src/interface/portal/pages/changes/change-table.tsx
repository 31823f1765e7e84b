import { Link } from '@tanstack/react-router'
import type { Change } from '../../api/shapes.ts'
import { durationBetween } from '../../format/duration.ts'
import { Age } from '../../ui/age.tsx'
import { useNow } from '../../ui/clock.ts'
import { EntityLink, Who } from '../../ui/links.tsx'
import { changeLook } from '../../ui/looks.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'

const columns: readonly Column<Change>[] = [
  {
    key: 'title',
    title: 'Change',
    isMain: true,
    cell: (change) => (
      <TwoLines
        main={
          <Link to="/changes/$id" params={{ id: change.id }}>
            {change.title}
          </Link>
        }
        sub={change.result?.message ?? change.reason ?? change.plan?.summary}
      />
    ),
  },
  { key: 'state', title: 'State', width: 168, cell: (change) => <StateMark look={changeLook(change.state)} /> },
  {
    key: 'component',
    title: 'Component',
    isWide: true,
    width: 140,
    cell: (change) => (change.component === null ? '–' : <EntityLink of={change.component} />),
  },
  { key: 'environment', title: 'Environment', isWide: true, width: 112, cell: (change) => change.environment ?? '–' },
  { key: 'by', title: 'By', isWide: true, width: 96, cell: (change) => <Who principal={change.requestedBy} /> },
  { key: 'took', title: 'Took', isWide: true, align: 'right', width: 88, cell: (change) => <Took change={change} /> },
  { key: 'age', title: 'Asked', align: 'right', width: 104, isWide: true, cell: (change) => <Age at={change.requestedAt} /> },
]

function Took({ change }: { change: Change }) {
  const now = useNow(1)
  return <span className="num">{durationBetween(change.startedAt ?? change.requestedAt, change.finishedAt, now) ?? '–'}</span>
}

interface ChangeTableProps {
  changes: readonly Change[]
  label: string
  /** Columns that the place around it already says. */
  without?: readonly ('component' | 'environment' | 'by' | 'took')[]
}

/** Changes as rows, newest first. */
export function ChangeTable({ changes, label, without = [] }: ChangeTableProps) {
  const shown = columns.filter((column) => !without.some((key) => key === column.key))
  return <Table label={label} rows={changes} columns={shown} rowKey={(change) => change.id} href={(change) => `/changes/${change.id}`} />
}
