import { Button } from '@mantine/core'
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { EmptyState, FaultNotice } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'

/** An address that leads nowhere. */
export function NoSuchPage() {
  return (
    <Page title="No such page">
      <EmptyState
        title="Nothing has this address"
        action={
          <Button component={Link} to="/">
            Go home
          </Button>
        }
      >
        It may have been removed, or the address is mistyped. The command palette (Ctrl K) finds everything that is there.
      </EmptyState>
    </Page>
  )
}

/** A page that failed while it was drawn. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <Page title="Page failed">
      <FaultNotice
        error={error}
        what="page"
        onRetry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </Page>
  )
}
