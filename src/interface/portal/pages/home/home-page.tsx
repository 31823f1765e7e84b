import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { InFlight } from './in-flight.tsx'
import css from './home.module.css'
import { MyComponents } from './my-components.tsx'
import { RecentEvents } from './recent-events.tsx'
import { WaitingForMe } from './waiting-for-me.tsx'

/** What needs the reader, before all else. */
export function HomePage() {
  const me = useQuery(queries.me()).data
  const matrix = useQuery(queries.matrix())
  const isEmpty = matrix.data?.rows.length === 0
  return (
    <Page title="Home" heading={me === undefined ? 'Home' : `Hello, ${me.displayName.split(' ')[0]}`}>
      {isEmpty ? <FirstUse /> : null}
      <div className={css['columns']}>
        <div>
          <WaitingForMe />
          <InFlight principal={me?.principal} />
          {isEmpty ? null : <MyComponents matrix={matrix} groups={me?.groups} principal={me?.principal} />}
        </div>
        <RecentEvents />
      </div>
    </Page>
  )
}

function FirstUse() {
  return (
    <div style={{ marginBottom: 32 }}>
      <EmptyState
        title="Create the first service"
        action={
          <Button component={Link} to="/create">
            Choose a golden path
          </Button>
        }
      >
        A golden path makes a repository and a pipeline, which builds the first release. You deploy it, and it gets a database where it needs one. It takes a
        few minutes, and nothing has to be set up before.
      </EmptyState>
    </div>
  )
}
