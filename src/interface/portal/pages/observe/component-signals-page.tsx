import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { queries } from '../../api/queries.ts'
import { Choice, FilterBar } from '../../ui/filters.tsx'
import { Page } from '../../ui/page.tsx'
import { RowSkeletons } from '../../ui/query-view.tsx'
import { LogsView } from './logs-view.tsx'
import { rangeChoices } from './time-range.ts'
import { TracesView } from './traces-view.tsx'

const route = getRouteApi('/app/observe/$name')
const SignalsView = lazy(() => import('./signals-view.tsx').then((module) => ({ default: module.SignalsView })))

const views = [
  { value: 'signals', title: 'Charts' },
  { value: 'logs', title: 'Logs' },
  { value: 'traces', title: 'Traces' },
] as const

/** One component's signals: charts by release, logs, traces. What is looked at stands in the address. */
export function ComponentSignalsPage() {
  const { name } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const matrix = useQuery(queries.matrix())
  const environments = [...(matrix.data?.environments ?? [])].sort((a, b) => b.order - a.order)
  const row = matrix.data?.rows.find((each) => each.component === name)
  const environment =
    search.environment ??
    environments.find((each) => row?.cells[each.name] !== null && row?.cells[each.name] !== undefined)?.name ??
    environments[0]?.name ??
    'production'
  const view = search.view ?? 'signals'
  const range = search.range ?? '1h'
  const set = (change: Partial<typeof search>): void => {
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false })
  }
  return (
    <Page
      title={`${name}: ${views.find((each) => each.value === view)?.title ?? 'Signals'}`}
      heading={name}
      above={<Link to="/observe">Observe</Link>}
      actions={
        <Link to="/components/$name" params={{ name }}>
          Component page
        </Link>
      }
    >
      <FilterBar>
        <Choice label="View" value={view} choices={views} onChange={(value) => set({ view: value as 'logs' })} />
        <Choice
          label="Environment"
          value={environment}
          choices={environments.map((each) => ({ value: each.name, title: each.title }))}
          onChange={(value) => set({ environment: value })}
        />
        <Choice label="Time range" value={range} choices={rangeChoices} onChange={(value) => set({ range: value as '1h' })} />
      </FilterBar>
      {view === 'signals' ? (
        <Suspense fallback={<RowSkeletons rows={8} />}>
          <SignalsView component={name} environment={environment} range={range} />
        </Suspense>
      ) : null}
      {view === 'logs' ? <LogsView component={name} environment={environment} range={range} /> : null}
      {view === 'traces' ? <TracesView component={name} environment={environment} range={range} /> : null}
    </Page>
  )
}
