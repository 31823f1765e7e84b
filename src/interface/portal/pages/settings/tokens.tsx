import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { TokenInfo } from '../../api/shapes.ts'
import { Age } from '../../ui/age.tsx'
import { EmptyState, FaultNotice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { TokenDialog } from './token-dialog.tsx'

/** API tokens: made here and shown once, revoked here. */
export function Tokens({ scopes }: { scopes: readonly string[] }) {
  const tokens = useQuery(queries.tokens())
  const client = useQueryClient()
  const [isMaking, setMaking] = useState(false)
  const [asked, setAsked] = useState<string | null>(null)
  const revoke = useMutation({
    mutationFn: (id: string) => api.call('tokens.revoke', { params: { id } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['tokens'] }),
    onSuccess: () => setAsked(null),
  })
  const columns: readonly Column<TokenInfo>[] = [
    { key: 'name', title: 'Token', isMain: true, cell: (token) => <TwoLines main={token.name} sub={token.scopes.join(', ')} /> },
    { key: 'made', title: 'Made', isWide: true, width: 112, cell: (token) => <Age at={token.createdAt} /> },
    { key: 'ends', title: 'Ends', width: 112, cell: (token) => (token.expiresAt === null ? 'never' : <Age at={token.expiresAt} />) },
    {
      key: 'revoke',
      title: 'Revoke',
      width: 112,
      align: 'right',
      cell: (token) =>
        asked === token.id ? (
          <Button size="compact-xs" color="red" loading={revoke.isPending} onClick={() => revoke.mutate(token.id)}>
            Revoke it now
          </Button>
        ) : (
          <Button size="compact-xs" variant="default" onClick={() => setAsked(token.id)} aria-label={`Revoke ${token.name}`}>
            Revoke
          </Button>
        ),
    },
  ]
  return (
    <Section title="Tokens" id="tokens" actions={<Button onClick={() => setMaking(true)}>Create a token</Button>}>
      {revoke.error === null ? null : <FaultNotice error={revoke.error} what="revocation" />}
      <QueryView query={tokens} what="tokens">
        {({ items: all }) => {
          const items = all.filter((token) => token.revokedAt === null)
          return items.length === 0 ? (
            <EmptyState title="You have no token">
              A token lets a program act as you, within the scopes and the time you give it: `git push`, the CLI on another machine, a script.
            </EmptyState>
          ) : (
            <Table label="Tokens" rows={items} columns={columns} rowKey={(token) => token.id} />
          )
        }}
      </QueryView>
      {isMaking ? <TokenDialog scopes={scopes} onClose={() => setMaking(false)} /> : null}
    </Section>
  )
}
