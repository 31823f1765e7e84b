import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { repositoryQueries, type Repository } from '../../api/repository-queries.ts'
import { shortId } from '../../format/reference.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Table } from '../../ui/table.tsx'
import css from './repository.module.css'

/** The branches, and the open pull request of each. */
export function BranchesView({ repository }: { repository: Repository }) {
  const params = { owner: repository.owner, name: repository.name }
  const branches = useQuery(repositoryQueries.branches(params))
  const open = useInfiniteQuery(repositoryQueries.pullRequests(params, 'open')).data?.pages.flatMap((page) => page.items) ?? []
  return (
    <QueryView query={branches} what="branches">
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title="No branch yet">A push makes the first one.</EmptyState>
        ) : (
          <Table
            label="Branches"
            rows={items}
            rowKey={(branch) => branch.name}
            columns={[
              {
                key: 'branch',
                title: 'Branch',
                isMain: true,
                cell: (branch) => (
                  <>
                    <Link className={css['branch']} to="/repositories/$owner/$name" params={params} search={{ ref: branch.name }}>
                      {branch.name}
                    </Link>
                    {branch.name === repository.defaultBranch ? <span className="dim"> default</span> : null}
                  </>
                ),
              },
              {
                key: 'pull',
                title: 'Pull request',
                width: 160,
                cell: (branch) => {
                  const pull = open.find((each) => each.sourceBranch === branch.name)
                  return pull === undefined ? null : (
                    <Link to="/repositories/$owner/$name/pull-requests/$number" params={{ ...params, number: String(pull.number) }}>
                      #{pull.number}, open
                    </Link>
                  )
                },
              },
              { key: 'commit', title: 'Commit', isWide: true, width: 96, cell: (branch) => <code>{shortId(branch.sha)}</code> },
            ]}
          />
        )
      }
    </QueryView>
  )
}
