import { CopyButton, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { repositoryQueries, type Repository } from '../../api/repository-queries.ts'
import { Choice, FilterBar } from '../../ui/filters.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { BranchesView } from './branches-view.tsx'
import { CommitsView } from './commits-view.tsx'
import { FilesView } from './files-view.tsx'
import { PullRequestsView } from './pull-requests-view.tsx'
import css from './repository.module.css'

const route = getRouteApi('/app/repositories/$owner/$name')
const views = [
  ['files', 'Files'],
  ['pulls', 'Pull requests'],
  ['branches', 'Branches'],
  ['commits', 'Commits'],
] as const

/** One repository of the built-in Git host: files, pull requests, branches and commits, each view with an address. */
export function RepositoryPage() {
  const params = route.useParams()
  const { view = 'files', ref, path = '', file, state = 'open' } = route.useSearch()
  const query = useQuery(repositoryQueries.one(params))
  return (
    <Page
      title={`${params.owner}/${params.name}`}
      above={<Link to="/repositories">Repositories</Link>}
      about={query.data === undefined ? ' ' : <About repository={query.data} />}
    >
      <Views current={view} />
      <QueryView query={query} what="repository" skeleton={<RowSkeletons rows={8} />}>
        {(repository) =>
          view === 'pulls' ? (
            <PullRequestsView repository={repository} state={state} />
          ) : view === 'branches' ? (
            <BranchesView repository={repository} />
          ) : view === 'commits' ? (
            <CommitsView repository={repository} branch={ref ?? repository.defaultBranch} />
          ) : (
            <FilesView repository={repository} branch={ref ?? repository.defaultBranch} path={path} file={file} />
          )
        }
      </QueryView>
    </Page>
  )
}

function About({ repository }: { repository: Repository }) {
  return (
    <span className={css['facts']}>
      {repository.description === '' ? null : <span>{repository.description}</span>}
      <CopyButton value={repository.cloneUrl}>
        {({ copied, copy }) => (
          <UnstyledButton onClick={copy} className={css['clone']} title="Copy the address for git clone">
            {repository.cloneUrl} <span className="dim">{copied ? 'copied' : 'copy'}</span>
          </UnstyledButton>
        )}
      </CopyButton>
    </span>
  )
}

function Views({ current }: { current: string }) {
  const params = route.useParams()
  const navigate = route.useNavigate()
  const open = useInfiniteQuery(repositoryQueries.pullRequests(params, 'open')).data?.pages[0]?.counts.open ?? 0
  return (
    <FilterBar>
      <Choice
        label="View"
        value={current}
        choices={views.map(([value, title]) => ({ value, title: value === 'pulls' && open > 0 ? `${title} ${open}` : title }))}
        onChange={(value) => {
          const view = views.find(([each]) => each === value)?.[0]
          void navigate({ search: view === undefined || view === 'files' ? {} : { view } })
        }}
      />
    </FilterBar>
  )
}
