import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { repositoryQueries, type PullRequest, type PullRequestState, type Repository } from '../../api/repository-queries.ts'
import { shortRef } from '../../format/reference.ts'
import { Age } from '../../ui/age.tsx'
import { Choice, FilterBar } from '../../ui/filters.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { pullRequestLook } from '../pull-request/pull-request-look.ts'

const route = getRouteApi('/app/repositories/$owner/$name')
const states: readonly PullRequestState[] = ['open', 'merged', 'closed']
const titles: Record<PullRequestState, string> = { open: 'Open', merged: 'Merged', closed: 'Closed' }

/** The pull requests of a repository, by state. */
export function PullRequestsView({ repository, state }: { repository: Repository; state: PullRequestState }) {
  const navigate = route.useNavigate()
  const params = { owner: repository.owner, name: repository.name }
  const pages = useInfiniteQuery(repositoryQueries.pullRequests(params, state))
  const counts = pages.data?.pages[0]?.counts
  const columns: readonly Column<PullRequest>[] = [
    {
      key: 'pull',
      title: 'Pull request',
      isMain: true,
      cell: (pull) => (
        <TwoLines
          main={
            <Link to="/repositories/$owner/$name/pull-requests/$number" params={{ ...params, number: String(pull.number) }}>
              {pull.title}
            </Link>
          }
          sub={[`#${pull.number}`, shortRef(pull.author), `${pull.sourceBranch} into ${pull.targetBranch}`, ...pull.labels].join(' · ')}
        />
      ),
    },
    { key: 'state', title: 'State', width: 112, cell: (pull) => <StateMark look={pullRequestLook(pull.state)} /> },
    { key: 'age', title: 'Last touched', isWide: true, align: 'right', width: 128, cell: (pull) => <Age at={pull.updatedAt} /> },
  ]
  return (
    <>
      <FilterBar>
        <Choice
          label="State"
          value={state}
          choices={states.map((each) => ({ value: each, title: counts === undefined ? titles[each] : `${titles[each]} ${counts[each]}` }))}
          onChange={(value) => void navigate({ search: (old) => ({ ...old, view: 'pulls', state: value as PullRequestState }), replace: true })}
        />
      </FilterBar>
      <QueryView query={pages} what="pull requests">
        {({ pages: all }) => {
          const pulls = all.flatMap((page) => page.items)
          if (pulls.length === 0) return <NoPullRequests state={state} repository={repository} />
          return (
            <>
              <Table
                label="Pull requests"
                rows={pulls}
                columns={columns}
                rowKey={(pull) => String(pull.number)}
                href={(pull) => `/repositories/${params.owner}/${params.name}/pull-requests/${pull.number}`}
              />
              {pages.hasNextPage ? (
                <Button variant="default" mt={12} loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                  Load older ones
                </Button>
              ) : null}
            </>
          )
        }}
      </QueryView>
    </>
  )
}

function NoPullRequests({ state, repository }: { state: PullRequestState; repository: Repository }) {
  if (state !== 'open') return <EmptyState title={`No pull request is ${state}`} />
  return (
    <EmptyState title="No pull request is open">
      <p>Push a branch, then open one from the command line. Campaigns open theirs by themselves.</p>
      <pre style={{ marginTop: 8, overflowX: 'auto' }} tabIndex={0}>
        {`npx fairway pr open ${repository.owner}/${repository.name} --from BRANCH --title TITLE`}
      </pre>
    </EmptyState>
  )
}
