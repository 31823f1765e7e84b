import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { campaignQueries, type CampaignSummary } from '../../api/campaign-queries.ts'
import { shortRef } from '../../format/reference.ts'
import { Age } from '../../ui/age.tsx'
import { EntityLink, Who } from '../../ui/links.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { campaignLook, campaignSentence } from './campaign-look.ts'

const columns: readonly Column<CampaignSummary>[] = [
  {
    key: 'title',
    title: 'Campaign',
    isMain: true,
    cell: (row) => (
      <TwoLines
        main={
          <Link to="/campaigns/$id" params={{ id: row.id }}>
            {shortRef(row.template)} to {row.toVersion}
          </Link>
        }
        sub={campaignSentence(row.counts)}
      />
    ),
  },
  { key: 'state', title: 'State', width: 140, cell: (row) => <StateMark look={campaignLook(row.state)} /> },
  { key: 'template', title: 'Golden path', isWide: true, cell: (row) => <EntityLink of={row.template} kind="template" /> },
  { key: 'by', title: 'Started by', isWide: true, cell: (row) => <Who principal={row.startedBy} /> },
  { key: 'at', title: 'Started', align: 'right', cell: (row) => <Age at={row.startedAt} isShort /> },
]

/** Every campaign: a golden path's new version, proposed to what was made from it. */
export function CampaignsPage() {
  const query = useInfiniteQuery(campaignQueries.pages())
  return (
    <Page
      title="Campaigns"
      above={<Link to="/create">Create</Link>}
      about="A golden path's new version, proposed to what was made from it: one pull request each."
    >
      <QueryView query={query} what="campaigns" skeleton={<RowSkeletons rows={6} height={52} />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items)
          if (items.length === 0) {
            return (
              <EmptyState
                title="No campaign yet"
                action={
                  <Button variant="default" component={Link} to="/create">
                    See the golden paths
                  </Button>
                }
              >
                When a golden path has moved on, its page says how many are behind, and proposes the new version to them.
              </EmptyState>
            )
          }
          return (
            <>
              <Table label="Campaigns" rows={items} columns={columns} rowKey={(row) => row.id} href={(row) => `/campaigns/${row.id}`} />
              {query.hasNextPage ? (
                <Button variant="subtle" color="gray" fullWidth loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Show more
                </Button>
              ) : null}
            </>
          )
        }}
      </QueryView>
    </Page>
  )
}
