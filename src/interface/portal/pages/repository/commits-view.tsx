import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { repositoryQueries, type Repository } from '../../api/repository-queries.ts'
import { shortId } from '../../format/reference.ts'
import { Age } from '../../ui/age.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Table, TwoLines } from '../../ui/table.tsx'
import { BranchChoice } from './branch-choice.tsx'
import css from './repository.module.css'

const route = getRouteApi('/app/repositories/$owner/$name')

/** The newest commits of a branch. */
export function CommitsView({ repository, branch }: { repository: Repository; branch: string }) {
  const navigate = route.useNavigate()
  const params = { owner: repository.owner, name: repository.name }
  const commits = useQuery(repositoryQueries.commits(params, branch))
  return (
    <>
      <div className={css['place']}>
        <BranchChoice repository={repository} branch={branch} onChange={(next) => void navigate({ search: (old) => ({ ...old, ref: next }) })} />
      </div>
      <QueryView query={commits} what="commits">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No commit yet">A push makes the first one.</EmptyState>
          ) : (
            <Table
              label="Commits"
              rows={items}
              rowKey={(commit) => commit.sha}
              columns={[
                {
                  key: 'commit',
                  title: 'Commit',
                  isMain: true,
                  cell: (commit) => <TwoLines main={commit.message.split('\n')[0]} sub={commit.author.name} />,
                },
                { key: 'sha', title: 'Id', width: 96, cell: (commit) => <code>{shortId(commit.sha)}</code> },
                { key: 'age', title: 'When', isWide: true, align: 'right', width: 128, cell: (commit) => <Age at={commit.at} /> },
              ]}
            />
          )
        }
      </QueryView>
    </>
  )
}
