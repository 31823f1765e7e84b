import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { WaitingList } from './waiting-list.tsx'

/** The inbox: what only goes on when the reader says so. */
export function ApprovalsPage() {
  const waiting = useQuery(queries.approvals())
  return (
    <Page title="Approvals" about="Changes that wait for a decision you may make.">
      <QueryView query={waiting} what="approvals">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              title="Nothing waits for you"
              action={
                <Button variant="default" component={Link} to="/changes" search={{ show: 'waiting' } as never}>
                  Show all waiting changes
                </Button>
              }
            >
              When a change needs a second person and you are one of those who may decide, it shows up here by itself.
            </EmptyState>
          ) : (
            <WaitingList changes={items} />
          )
        }
      </QueryView>
    </Page>
  )
}
