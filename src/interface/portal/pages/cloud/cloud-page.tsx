import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { CloudAccount, CloudRegion } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'
import { Choice, FilterBar, FilterInput } from '../../ui/filters.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'

const route = getRouteApi('/app/cloud')

const regionColumns: readonly Column<CloudRegion>[] = [
  { key: 'name', title: 'Region', isMain: true, cell: (region) => <TwoLines main={region.title} sub={<code>{region.name}</code>} /> },
  { key: 'provider', title: 'Provider', width: 112, cell: (region) => region.provider },
  { key: 'place', title: 'Place', isWide: true, cell: (region) => `${region.place}, ${region.country}` },
  { key: 'jurisdiction', title: 'Jurisdiction', isWide: true, width: 128, cell: (region) => region.jurisdiction },
  { key: 'zones', title: 'Zones', isWide: true, align: 'right', width: 72, cell: (region) => region.zones },
  {
    key: 'where',
    title: 'Coordinates',
    isWide: true,
    align: 'right',
    width: 144,
    cell: (region) =>
      `${Math.abs(region.latitude).toFixed(2)}° ${region.latitude < 0 ? 'S' : 'N'} ${Math.abs(region.longitude).toFixed(2)}° ${region.longitude < 0 ? 'W' : 'E'}`,
  },
]
const accountColumns: readonly Column<CloudAccount>[] = [
  {
    key: 'name',
    title: 'Account',
    isMain: true,
    cell: (account) => <TwoLines main={account.title} sub={account.description === '' ? account.name : account.description} />,
  },
  { key: 'provider', title: 'Provider', width: 128, cell: (account) => account.provider },
  { key: 'regions', title: 'Regions', isWide: true, cell: (account) => account.regions.join(', ') || '–' },
]

/** The accounts that environments are bound to, and the regions that could be. */
export function CloudPage() {
  const { provider = 'all', q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const accounts = useQuery(queries.accounts())
  const regions = useQuery(queries.regions())
  const providers = [...new Set((regions.data?.items ?? []).map((region) => region.provider))].sort()
  const set = (name: 'provider' | 'q', value: string): void => {
    void navigate({
      search: (old) => Object.fromEntries(Object.entries({ ...old, [name]: value }).filter(([, each]) => each !== '' && each !== 'all')),
      replace: true,
    })
  }
  return (
    <Page title="Cloud" about="Accounts and regions that environments can be bound to.">
      <Section title="Accounts" id="accounts" count={accounts.data?.items.length}>
        <QueryView query={accounts} what="accounts">
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title="No account is bound">
                The platform team declares accounts in the organisation repository, as fairway.dev/v1 Account.
              </EmptyState>
            ) : (
              <Table label="Accounts" rows={items} columns={accountColumns} rowKey={(account) => account.name} />
            )
          }
        </QueryView>
      </Section>
      <Section title="Regions" id="regions" count={regions.data?.items.length}>
        <FilterBar>
          <FilterInput label="Filter regions" value={q} onChange={(value) => set('q', value)} />
          <Choice
            label="Provider"
            value={provider}
            choices={[{ value: 'all', title: 'All' }, ...providers.map((each) => ({ value: each, title: each }))]}
            onChange={(value) => set('provider', value)}
          />
        </FilterBar>
        <QueryView query={regions} what="regions">
          {({ items }) => {
            const found = items.filter(
              (region) =>
                (provider === 'all' || region.provider === provider) &&
                `${region.name} ${region.title} ${region.place} ${region.country} ${region.jurisdiction}`.toLowerCase().includes(q.toLowerCase()),
            )
            if (found.length === 0) {
              return (
                <EmptyState
                  title="No region is like that"
                  action={
                    <Button variant="default" onClick={() => void navigate({ search: {} })}>
                      Clear the filters
                    </Button>
                  }
                >
                  None of {plural(items.length, 'region')} matches.
                </EmptyState>
              )
            }
            return <Table label="Regions" rows={found} columns={regionColumns} rowKey={(region) => `${region.provider}/${region.name}`} />
          }}
        </QueryView>
      </Section>
    </Page>
  )
}
