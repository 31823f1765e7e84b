import { Link } from '@tanstack/react-router'
import type { Run } from '../../api/shapes.ts'
import { durationBetween } from '../../format/duration.ts'
import { runName, shortId } from '../../format/reference.ts'
import { Age } from '../../ui/age.tsx'
import { useNow } from '../../ui/clock.ts'
import { runLook } from '../../ui/looks.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'

const columns: readonly Column<Run>[] = [
  {
    key: 'run',
    title: 'Run',
    isMain: true,
    cell: (run) => (
      <TwoLines
        main={
          <Link to="/pipelines/$run" params={{ run: run.id }}>
            {run.commitMessage.split('\n')[0]}
          </Link>
        }
        sub={`${runName(run)} #${run.number} · ${run.event} on ${run.branch}`}
      />
    ),
  },
  { key: 'state', title: 'State', width: 120, cell: (run) => <StateMark look={runLook(run.state, run.conclusion)} /> },
  { key: 'repository', title: 'Repository', isWide: true, width: 160, cell: (run) => run.repository },
  { key: 'commit', title: 'Commit', isWide: true, width: 88, cell: (run) => <code>{shortId(run.commit)}</code> },
  { key: 'took', title: 'Took', isWide: true, align: 'right', width: 88, cell: (run) => <Took run={run} /> },
  { key: 'age', title: 'Started', isWide: true, align: 'right', width: 112, cell: (run) => <Age at={run.startedAt ?? run.createdAt} /> },
]

function Took({ run }: { run: Run }) {
  const now = useNow(1)
  return <span className="num">{durationBetween(run.startedAt, run.finishedAt, now) ?? '–'}</span>
}

/** Runs of pipelines, newest first. */
export function RunTable({ runs, label, isOfOne = false }: { runs: readonly Run[]; label: string; isOfOne?: boolean }) {
  return (
    <Table
      label={label}
      rows={runs}
      columns={isOfOne ? columns.filter((column) => column.key !== 'repository') : columns}
      rowKey={(run) => run.id}
      href={(run) => `/pipelines/${run.id}`}
    />
  )
}
