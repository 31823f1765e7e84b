import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { Environment, MatrixRow } from '../../api/shapes.ts'
import { formatCount, formatLatency, formatPercent } from '../../format/quantity.ts'
import { Choice, FilterBar } from '../../ui/filters.tsx'
import { healthLook } from '../../ui/looks.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { Sparkline } from '../../ui/sparkline.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { summarise } from './signals.ts'
import { timeRange } from './time-range.ts'

const route = getRouteApi('/app/observe')

/** Is it healthy: each component's last hour in one environment. */
export function ObservePage() {
  const { environment: wanted } = route.useSearch()
  const navigate = route.useNavigate()
  const matrix = useQuery(queries.matrix())
  const environments = [...(matrix.data?.environments ?? [])].sort((a, b) => b.order - a.order)
  const environment = wanted ?? environments[0]?.name ?? 'production'
  return (
    <Page title="Observe" about="Requests, errors and latency as the ingress measures them; the last hour.">
      <QueryView query={matrix} what="components" skeleton={<RowSkeletons rows={6} height={56} />}>
        {({ rows }) => (
          <>
            <FilterBar>
              <Choice
                label="Environment"
                value={environment}
                choices={toChoices(environments)}
                onChange={(value) => void navigate({ search: { environment: value }, replace: true })}
              />
            </FilterBar>
            <Components rows={rows.filter((row) => row.cells[environment] !== null && row.cells[environment] !== undefined)} environment={environment} />
          </>
        )}
      </QueryView>
    </Page>
  )
}

function toChoices(environments: readonly Environment[]): { value: string; title: string }[] {
  return environments.map((environment) => ({ value: environment.name, title: environment.title }))
}

function Components({ rows, environment }: { rows: readonly MatrixRow[]; environment: string }) {
  if (rows.length === 0)
    return <EmptyState title={`Nothing runs in ${environment}`}>Promote a release there, and its signals show up here by themselves.</EmptyState>
  const columns: readonly Column<MatrixRow>[] = [
    {
      key: 'name',
      title: 'Component',
      width: 200,
      cell: (row) => (
        <TwoLines
          main={
            <Link to="/observe/$name" params={{ name: row.component }} search={{ environment }}>
              {row.component}
            </Link>
          }
        />
      ),
    },
    { key: 'health', title: 'Health', width: 120, cell: (row) => <StateMark look={healthLook(row.cells[environment]?.health ?? 'unknown')} /> },
    {
      key: 'signals',
      title: 'Requests, errors, latency',
      isWide: true,
      isMain: true,
      cell: (row) => <Signals component={row.component} environment={environment} />,
    },
  ]
  return (
    <Table label={`Components in ${environment}`} rows={rows} columns={columns} rowKey={(row) => row.component} href={(row) => `/observe/${row.component}`} />
  )
}

function Signals({ component, environment }: { component: string; environment: string }) {
  const subject = { component, environment }
  const requests = useQuery(queries.requests('1h', () => ({ ...subject, ...timeRange('1h', Date.now()) }), subject))
  if (requests.data === undefined) return <span className="dim">{requests.isError ? 'not to be had' : '…'}</span>
  const sum = summarise(requests.data)
  return (
    <span className="num" style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '2px 20px' }}>
      <Sparkline values={sum.perStep} label={`Requests of ${component} over the last hour`} />
      <span>{formatCount(sum.requests)}</span>
      <span style={{ color: sum.errorRatio > 0.01 ? 'var(--fw-red)' : undefined }}>{formatPercent(sum.errorRatio)} errors</span>
      <span>p95 {formatLatency(sum.p95Ms)}</span>
    </span>
  )
}
