import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { queries } from '../../api/queries.ts'
import type { EventItem } from '../../api/shapes.ts'
import { eventHref, eventSubject, eventWords } from '../../parts/event-words.ts'
import { Age } from '../../ui/age.tsx'
import { FilterBar, FilterInput } from '../../ui/filters.tsx'
import { Who } from '../../ui/links.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { AuditCheck } from './audit-check.tsx'

const route = getRouteApi('/app/activity')

const columns: readonly Column<EventItem>[] = [
  { key: 'what', title: 'What', isMain: true, cell: (event) => <TwoLines main={eventWords(event.type)} sub={<code>{event.type}</code>} /> },
  { key: 'subject', title: 'About', cell: (event) => <Subject event={event} /> },
  { key: 'actor', title: 'By', isWide: true, width: 144, cell: (event) => <Who principal={event.actor} /> },
  { key: 'age', title: 'When', width: 112, align: 'right', cell: (event) => <Age at={event.at} /> },
  { key: 'sequence', title: 'Sequence', isWide: true, width: 96, align: 'right', cell: (event) => <span className="dim">{event.sequence}</span> },
]

function Subject({ event }: { event: EventItem }) {
  const href = eventHref(event)
  const words = eventSubject(event)
  return href === null ? <span title={event.subject}>{words}</span> : <Link to={href as '/'}>{words}</Link>
}

/** The event log: everything that changed, by whom, in an order that can be verified. */
export function ActivityPage() {
  const { subject, type } = route.useSearch()
  const navigate = route.useNavigate()
  const [limit, setLimit] = useState(100)
  const events = useQuery(queries.events({ limit, subject, type }))
  const set = useCallback(
    (name: 'subject' | 'type', value: string): void => {
      void navigate({ search: (old) => Object.fromEntries(Object.entries({ ...old, [name]: value }).filter(([, each]) => each !== '')), replace: true })
    },
    [navigate],
  )
  const onSubject = useCallback((value: string) => set('subject', value), [set])
  const onType = useCallback((value: string) => set('type', value), [set])
  return (
    <Page title="Activity" about="Everything that changed, by whom, in one chain.">
      <AuditCheck />
      <FilterBar>
        <FilterInput label="Subject" placeholder="Subject, like change/chg_…  /" value={subject ?? ''} delayMs={250} onChange={onSubject} />
        <FilterInput label="Type" placeholder="Type, like delivery.run.finished" value={type ?? ''} delayMs={250} onChange={onType} />
      </FilterBar>
      <QueryView query={events} what="activity" skeleton={<RowSkeletons rows={12} height={56} />}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <EmptyState
              title={subject === undefined && type === undefined ? 'Nothing has happened yet' : 'No event is like that'}
              action={
                subject === undefined && type === undefined ? undefined : (
                  <Button variant="default" onClick={() => void navigate({ search: {} })}>
                    Clear the filters
                  </Button>
                )
              }
            />
          ) : (
            <>
              <Table label="Events" rows={items} columns={columns} rowKey={(event) => String(event.sequence)} />
              {nextCursor === null || limit >= 200 ? null : (
                <Button variant="default" mt={12} onClick={() => setLimit(200)}>
                  Load older ones
                </Button>
              )}
            </>
          )
        }
      </QueryView>
    </Page>
  )
}
