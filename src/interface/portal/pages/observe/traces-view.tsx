import { Button, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { TraceSummary } from '../../api/shapes.ts'
import { without } from '../../app/search.ts'
import { formatLatency, plural } from '../../format/quantity.ts'
import { Age } from '../../ui/age.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import css from './observe.module.css'
import { timeRange, type RangeName } from './time-range.ts'
import { layOutTrace } from './waterfall.ts'

const route = getRouteApi('/app/observe/$name')

/** Traces as a list; the chosen one as a waterfall above it. */
export function TracesView({ component, environment, range }: { component: string; environment: string; range: RangeName }) {
  const { trace } = route.useSearch()
  const navigate = route.useNavigate()
  const subject = { component, environment }
  const traces = useQuery(
    queries.traces(
      range,
      () => {
        const { from, to } = timeRange(range, Date.now())
        return { ...subject, from, to }
      },
      subject,
    ),
  )
  const open = (id: string | undefined): void => {
    void navigate({ search: (old) => (id === undefined ? without(old, 'trace') : { ...old, trace: id }), resetScroll: false })
  }
  const columns: readonly Column<TraceSummary>[] = [
    {
      key: 'root',
      title: 'Trace',
      isMain: true,
      cell: (each) => (
        <TwoLines
          main={
            <UnstyledButton onClick={() => open(each.traceId)} fz={13} fw={500}>
              {each.root}
            </UnstyledButton>
          }
          sub={<code>{each.traceId.slice(0, 16)}</code>}
        />
      ),
    },
    {
      key: 'state',
      title: 'Result',
      width: 104,
      cell: (each) => <StateMark look={each.hasError ? { tone: 'red', shape: 'cross', word: 'Error' } : { tone: 'green', shape: 'check', word: 'Fine' }} />,
    },
    { key: 'spans', title: 'Spans', isWide: true, width: 72, align: 'right', cell: (each) => each.spanCount },
    { key: 'took', title: 'Took', width: 96, align: 'right', cell: (each) => formatLatency(each.durationMs) },
    { key: 'age', title: 'When', isWide: true, width: 112, align: 'right', cell: (each) => <Age at={each.startedAt} /> },
  ]
  return (
    <>
      {trace === undefined ? null : <Waterfall id={trace} onClose={() => open(undefined)} />}
      <QueryView query={traces} what="traces" skeleton={<RowSkeletons rows={8} height={56} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No trace in this time">Requests through the ingress are traced; choose a longer range, or send one.</EmptyState>
          ) : (
            <Table label="Traces" rows={items} columns={columns} rowKey={(each) => each.traceId} />
          )
        }
      </QueryView>
    </>
  )
}

function Waterfall({ id, onClose }: { id: string; onClose: () => void }) {
  const trace = useQuery(queries.trace(id))
  return (
    <Section
      title="Waterfall"
      id="waterfall"
      count={trace.data?.spans.length}
      actions={
        <Button variant="default" onClick={onClose}>
          Close the trace
        </Button>
      }
    >
      <QueryView query={trace} what="trace">
        {({ spans }) => (
          <ul className={css['waterfall']} aria-label={`Trace with ${plural(spans.length, 'span')}`}>
            {layOutTrace(spans).map(({ span, depth, offset, width }) => (
              <li key={span.spanId} className={css['span']}>
                <span className="cut" style={{ paddingLeft: depth * 12 }} title={span.name}>
                  <strong style={{ fontWeight: 500 }}>{span.name}</strong> <span className="dim">{span.component}</span>
                  {span.status === 'error' ? <span style={{ color: 'var(--fw-red)' }}> failed</span> : null}
                </span>
                <span className={css['track']} aria-hidden="true">
                  <span data-error={span.status === 'error'} style={{ left: `${offset * 100}%`, width: `${width * 100}%` }} />
                </span>
                <span className="num" style={{ textAlign: 'right' }}>
                  {formatLatency(span.durationMs)}
                </span>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Section>
  )
}
