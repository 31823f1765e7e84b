import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { queries } from '../../api/queries.ts'
import { useKey } from '../../app/keys.ts'
import { IntentDialog } from '../../parts/promote/intent-dialog.tsx'
import type { Intent } from '../../parts/promote/intent.ts'
import { FilterBar, FilterInput } from '../../ui/filters.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { Compare } from './compare.tsx'
import { MatrixTable } from './matrix-table.tsx'
import { promotionOf } from './promotion.ts'

const route = getRouteApi('/app/environments')

/** What runs where; promote with a button or `p`. */
export function EnvironmentsPage() {
  const { q = '', compare } = route.useSearch()
  const navigate = route.useNavigate()
  const matrix = useQuery(queries.matrix())
  const [intent, setIntent] = useState<Intent | null>(null)
  const set = (name: 'q' | 'compare', value: string): void => {
    void navigate({
      search: (old) => Object.fromEntries(Object.entries({ ...old, [name]: value }).filter(([, each]) => each !== '')),
      replace: true,
      resetScroll: false,
    })
  }
  useKey('p', () => {
    const component = document.activeElement?.closest<HTMLElement>('[data-component]')?.dataset['component']
    const row = matrix.data?.rows.find((each) => each.component === component)
    const next = matrix.data === undefined || row === undefined ? undefined : promotionOf(matrix.data, row)
    if (next !== undefined) setIntent(next)
  })
  const ordered = [...(matrix.data?.environments ?? [])].sort((a, b) => a.order - b.order)
  const lastTwo = ordered.slice(-2).map((environment) => environment.name)
  return (
    <Page
      title="Environments"
      actions={
        lastTwo.length < 2 ? undefined : (
          <Button variant="default" aria-pressed={compare !== undefined} onClick={() => set('compare', compare === undefined ? lastTwo.join('..') : '')}>
            {compare === undefined ? 'Compare two' : 'End comparison'}
          </Button>
        )
      }
    >
      <QueryView query={matrix} what="environments" skeleton={<RowSkeletons rows={5} height={92} />}>
        {(data) => {
          if (data.environments.length === 0)
            return (
              <EmptyState title="There is no environment yet">
                The platform team declares environments in the organisation repository, as fairway.dev/v1 Environment.
              </EmptyState>
            )
          if (data.rows.length === 0) {
            return (
              <EmptyState
                title="Nothing runs yet"
                action={
                  <Button component={Link} to="/create">
                    Create a service
                  </Button>
                }
              >
                Deploy its first release to {data.environments[0]?.title}; from there you promote it.
              </EmptyState>
            )
          }
          const rows = data.rows.filter((row) => `${row.component} ${row.title} ${row.owner}`.toLowerCase().includes(q.toLowerCase()))
          return (
            <>
              {compare === undefined ? null : <Compare matrix={data} pair={compare} onChange={(pair) => set('compare', pair)} />}
              <FilterBar>
                <FilterInput label="Filter components" value={q} onChange={(value) => set('q', value)} />
              </FilterBar>
              {rows.length === 0 ? (
                <EmptyState
                  title="No component is like that"
                  action={
                    <Button variant="default" onClick={() => set('q', '')}>
                      Clear the filter
                    </Button>
                  }
                />
              ) : (
                <MatrixTable matrix={data} rows={rows} onIntent={setIntent} />
              )}
            </>
          )
        }}
      </QueryView>
      {intent === null ? null : <IntentDialog intent={intent} onClose={() => setIntent(null)} />}
    </Page>
  )
}
