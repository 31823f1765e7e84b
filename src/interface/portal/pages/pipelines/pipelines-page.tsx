import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { queries } from '../../api/queries.ts'
import { Choice, FilterBar, FilterInput } from '../../ui/filters.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { RunTable } from './run-table.tsx'

const route = getRouteApi('/app/pipelines')

/** Runs of all pipelines. */
export function PipelinesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const pages = useInfiniteQuery(queries.runPages(search))
  const set = useCallback(
    (name: 'component' | 'branch' | 'state', value: string): void => {
      void navigate({
        search: (old) => Object.fromEntries(Object.entries({ ...old, [name]: value }).filter(([, each]) => each !== '' && each !== 'all')),
        replace: true,
      })
    },
    [navigate],
  )
  const onComponent = useCallback((value: string) => set('component', value), [set])
  const isFiltered = Object.keys(search).length > 0
  return (
    <Page title="Pipelines" about="Runs of the workflows in your repositories.">
      <FilterBar>
        <FilterInput label="Component" placeholder="Component  /" value={search.component ?? ''} delayMs={250} onChange={onComponent} />
        <Choice
          label="State"
          value={search.state ?? 'all'}
          choices={[
            { value: 'all', title: 'All' },
            { value: 'queued', title: 'Queued' },
            { value: 'running', title: 'Running' },
            { value: 'completed', title: 'Ended' },
          ]}
          onChange={(value) => set('state', value)}
        />
      </FilterBar>
      <QueryView query={pages} what="runs" skeleton={<RowSkeletons rows={8} height={56} />}>
        {({ pages: all }) => {
          const runs = all.flatMap((page) => page.items)
          if (runs.length === 0) {
            return isFiltered ? (
              <EmptyState
                title="No run is like that"
                action={
                  <Button variant="default" onClick={() => void navigate({ search: {} })}>
                    Clear the filters
                  </Button>
                }
              />
            ) : (
              <EmptyState
                title="Nothing has run yet"
                action={
                  <Button component={Link} to="/create">
                    Create a service
                  </Button>
                }
              >
                A push to a repository with .github/workflows starts a run; it shows up here by itself.
              </EmptyState>
            )
          }
          return (
            <>
              <RunTable runs={runs} label="Runs" />
              {pages.hasNextPage ? (
                <Button variant="default" mt={12} loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                  Load older ones
                </Button>
              ) : null}
            </>
          )
        }}
      </QueryView>
    </Page>
  )
}
