import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { ChangeState } from '../../api/shapes.ts'
import { without } from '../../app/search.ts'
import { Choice, FilterBar } from '../../ui/filters.tsx'
import { inFlightStates } from '../../ui/looks.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { ChangeTable } from './change-table.tsx'

const route = getRouteApi('/app/changes')

const states: Record<'open' | 'waiting' | 'done' | 'failed', ChangeState[]> = {
  open: inFlightStates,
  waiting: ['waiting'],
  done: ['done'],
  failed: ['failed', 'rolled_back', 'rejected', 'denied', 'expired', 'cancelled'],
}

const tabs = [
  { value: 'all', title: 'All' },
  { value: 'open', title: 'In flight' },
  { value: 'waiting', title: 'Waiting' },
  { value: 'done', title: 'Done' },
  { value: 'failed', title: 'Not done' },
] as const

/** Every change, by state, mine or everybody's. */
export function ChangesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const me = useQuery(queries.me()).data
  const pages = useInfiniteQuery(
    queries.changePages({
      state: search.show === undefined ? undefined : states[search.show],
      component: search.component,
      environment: search.environment,
      requestedBy: search.mine === 'yes' ? me?.principal : undefined,
      limit: 50,
    }),
  )
  const isFiltered = Object.keys(search).length > 0
  return (
    <Page title="Changes" about="Everything that alters the world, with who asked, what it would do, and how it went.">
      <FilterBar>
        <Choice
          label="State"
          value={search.show ?? 'all'}
          choices={tabs}
          onChange={(value) => void navigate({ search: (old) => (value === 'all' ? without(old, 'show') : { ...old, show: value as keyof typeof states }) })}
        />
        <Choice
          label="Whose"
          value={search.mine ?? 'no'}
          choices={[
            { value: 'no', title: "Everybody's" },
            { value: 'yes', title: 'Mine' },
          ]}
          onChange={(value) => void navigate({ search: (old) => (value === 'yes' ? { ...old, mine: 'yes' } : without(old, 'mine')) })}
        />
        {search.component === undefined && search.environment === undefined ? null : (
          <Button variant="default" onClick={() => void navigate({ search: (old) => without(old, 'component', 'environment') })}>
            Clear {[search.component, search.environment].filter(Boolean).join(' in ')}
          </Button>
        )}
      </FilterBar>
      <QueryView query={pages} what="changes" skeleton={<RowSkeletons rows={8} height={56} />}>
        {({ pages: all }) => {
          const changes = all.flatMap((page) => page.items)
          if (changes.length === 0) return <NoChanges isFiltered={isFiltered} />
          return (
            <>
              <ChangeTable changes={changes} label="Changes" />
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

function NoChanges({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <EmptyState
        title="No change is like that"
        action={
          <Button variant="default" component={Link} to="/changes">
            Clear the filters
          </Button>
        }
      >
        None is in this state with these filters.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="Nothing was changed yet"
      action={
        <Button component={Link} to="/create">
          Create a service
        </Button>
      }
    >
      Creating, deploying, promoting and rolling back each become a change here, with its plan and its course.
    </EmptyState>
  )
}
