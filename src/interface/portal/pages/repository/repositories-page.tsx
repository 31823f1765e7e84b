import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { repositoryQueries, type Repository } from '../../api/repository-queries.ts'
import { Age } from '../../ui/age.tsx'
import { FilterBar, FilterInput } from '../../ui/filters.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'

const route = getRouteApi('/app/repositories')

const columns: readonly Column<Repository>[] = [
  {
    key: 'repository',
    title: 'Repository',
    isMain: true,
    cell: ({ owner, name, description }) => (
      <TwoLines
        main={
          <Link to="/repositories/$owner/$name" params={{ owner, name }}>
            {owner}/{name}
          </Link>
        }
        sub={description}
      />
    ),
  },
  { key: 'branch', title: 'Default branch', isWide: true, width: 160, cell: (repository) => <code>{repository.defaultBranch}</code> },
  { key: 'made', title: 'Made', isWide: true, align: 'right', width: 128, cell: (repository) => <Age at={repository.createdAt} /> },
]

/** Every repository of the built-in Git host. */
export function RepositoriesPage() {
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery(repositoryQueries.all())
  const onFilter = useCallback((value: string) => void navigate({ search: value === '' ? {} : { q: value }, replace: true }), [navigate])
  return (
    <Page title="Repositories" about="What the built-in Git host keeps.">
      <FilterBar>
        <FilterInput label="Repository" value={q} onChange={onFilter} />
      </FilterBar>
      <QueryView query={query} what="repositories" skeleton={<RowSkeletons rows={8} height={56} />}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items)
          const shown = all.filter((repository) => `${repository.owner}/${repository.name}`.includes(q.toLowerCase()))
          if (all.length === 0)
            return (
              <EmptyState
                title="There is no repository yet"
                action={
                  <Button component={Link} to="/create">
                    Create a service
                  </Button>
                }
              >
                A golden path makes one; or push one with any Git client.
              </EmptyState>
            )
          return (
            <>
              {shown.length === 0 ? (
                <EmptyState
                  title="No repository is called so"
                  action={
                    <Button variant="default" onClick={() => onFilter('')}>
                      Clear the filter
                    </Button>
                  }
                />
              ) : (
                <Table
                  label="Repositories"
                  rows={shown}
                  columns={columns}
                  rowKey={(repository) => repository.id}
                  href={({ owner, name }) => `/repositories/${owner}/${name}`}
                />
              )}
              {query.hasNextPage ? (
                <Button variant="default" mt={12} loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Load more
                </Button>
              ) : null}
            </>
          )
        }}
      </QueryView>
    </Page>
  )
}
