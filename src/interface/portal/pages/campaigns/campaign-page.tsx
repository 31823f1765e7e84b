import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { campaignQueries, type CampaignDetail, type CampaignItem } from '../../api/campaign-queries.ts'
import { parseRef, shortRef } from '../../format/reference.ts'
import { Age } from '../../ui/age.tsx'
import { Choice, FilterBar } from '../../ui/filters.tsx'
import { EntityLink, Who } from '../../ui/links.tsx'
import { EmptyState, Strip } from '../../ui/notice.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { campaignLook, campaignSentence, itemLook, itemStates } from './campaign-look.ts'
import { CancelDialog } from './cancel-dialog.tsx'
import css from './campaigns.module.css'
import { PullLink } from './pull-link.tsx'

const route = getRouteApi('/app/campaigns/$id')

const columns: readonly Column<CampaignItem>[] = [
  { key: 'component', title: 'Component', isMain: true, cell: (row) => <TwoLines main={<EntityLink of={row.component} />} sub={<Said item={row} />} /> },
  {
    key: 'state',
    title: 'State and pull request',
    cell: (row) => (
      <TwoLines
        main={<StateMark look={itemLook(row.state)} />}
        sub={row.pullRequest === null ? 'No pull request' : <PullLink repository={row.repository} {...row.pullRequest} />}
      />
    ),
  },
]

/** A campaign, child by child; it refreshes by itself as owners merge or close. */
export function CampaignPage() {
  const { id } = route.useParams()
  const query = useQuery(campaignQueries.one(id))
  const [isCancelling, setCancelling] = useState(false)
  const campaign = query.data
  const isOpen = campaign !== undefined && campaign.state !== 'cancelled' && campaign.counts.open + campaign.counts.conflict + campaign.counts.waiting > 0
  return (
    <Page
      title={campaign === undefined ? 'Campaign' : `${shortRef(campaign.template)} to ${campaign.toVersion}`}
      above={<Link to="/campaigns">Campaigns</Link>}
      heading={
        campaign === undefined ? undefined : (
          <>
            {shortRef(campaign.template)} to {campaign.toVersion} <StateMark look={campaignLook(campaign.state)} isBadge />
          </>
        )
      }
      about={campaign === undefined ? ' ' : `${campaignSentence(campaign.counts)}.`}
      actions={
        isOpen ? (
          <Button variant="default" onClick={() => setCancelling(true)}>
            Cancel this campaign
          </Button>
        ) : undefined
      }
    >
      <QueryView query={query} what="campaign" skeleton={<RowSkeletons rows={8} height={52} />}>
        {(data) => <CampaignBody campaign={data} />}
      </QueryView>
      {isCancelling && campaign !== undefined ? <CancelDialog campaign={campaign} onClose={() => setCancelling(false)} /> : null}
    </Page>
  )
}

function CampaignBody({ campaign }: { campaign: CampaignDetail }) {
  const { show } = route.useSearch()
  const navigate = route.useNavigate()
  const present = itemStates.filter((state) => campaign.items.some((item) => item.state === state))
  const rows = campaign.items
    .filter((item) => show === undefined || item.state === show)
    .toSorted((a, b) => itemStates.indexOf(a.state) - itemStates.indexOf(b.state) || a.component.localeCompare(b.component))
  const { template } = campaign
  const { namespace, name } = parseRef(template, 'template')
  return (
    <>
      <div role="status" className="sr">
        {campaignSentence(campaign.counts)}
      </div>
      {campaign.message === null || campaign.state === 'done' ? null : <Strip tone={campaignLook(campaign.state).tone}>{campaign.message}</Strip>}
      <p className={css['facts']}>
        Started by <Who principal={campaign.startedBy} /> <Age at={campaign.startedAt} /> for what was made from{' '}
        <Link to="/create/$namespace/$name" params={{ namespace, name }} hash="children">
          {shortRef(template)}
        </Link>
        {campaign.reason === null || campaign.reason === '' ? '. ' : `: ${campaign.reason}. `}
        <Link to="/changes/$id" params={{ id: campaign.id }}>
          Its plan and course
        </Link>
        .
      </p>
      <Section title="Proposals" id="proposals" count={campaign.items.length}>
        {present.length < 2 && show === undefined ? null : (
          <FilterBar>
            <Choice
              label="State"
              value={show ?? ''}
              choices={[
                { value: '', title: 'All' },
                ...present.map((state) => ({ value: state, title: `${itemLook(state).word} ${campaign.items.filter((item) => item.state === state).length}` })),
              ]}
              onChange={(next) => void navigate({ search: next === '' ? {} : { show: next as CampaignItem['state'] }, replace: true })}
            />
          </FilterBar>
        )}
        {rows.length === 0 ? (
          <EmptyState
            title={campaign.items.length === 0 ? 'Nothing proposed yet' : 'None is in this state'}
            {...(campaign.items.length === 0
              ? {}
              : {
                  action: (
                    <Button variant="default" onClick={() => void navigate({ search: {} })}>
                      Show all
                    </Button>
                  ),
                })}
          >
            {campaign.items.length === 0 ? 'The proposals show here as they are made.' : 'It may have moved on while this page was open.'}
          </EmptyState>
        ) : (
          <Table label="Proposals" rows={rows} columns={columns} rowKey={(row) => row.component} />
        )}
      </Section>
    </>
  )
}

function Said({ item }: { item: CampaignItem }) {
  if (item.conflicts.length === 0) return <>{item.message}</>
  return (
    <>
      {item.message}
      <ul className={css['conflicts']} aria-label={`Conflicts of ${shortRef(item.component)}`}>
        {item.conflicts.map((conflict) => (
          <li key={conflict.path}>
            <code>{conflict.path}</code>: {conflict.reason}
          </li>
        ))}
      </ul>
    </>
  )
}
