import { Button, Tooltip } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { catalogQueries, type CatalogLocation } from '../../api/catalog-queries.ts'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { without } from '../../app/search.ts'
import { formatCount } from '../../format/quantity.ts'
import { Age } from '../../ui/age.tsx'
import { Choice, FilterBar } from '../../ui/filters.tsx'
import { Who } from '../../ui/links.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'
import { AddLocation } from './add-location.tsx'
import { entitiesOf, locationLook, mayRemove, whyNotRemove } from './location-look.ts'
import { LocationProblems } from './location-problems.tsx'
import css from './locations.module.css'
import { RemoveLocation } from './remove-location.tsx'

const route = getRouteApi('/app/catalog/locations')

/** Where the catalog comes from, and what is wrong there. */
export function LocationsPage() {
  const { show = 'all', add } = route.useSearch()
  const navigate = route.useNavigate()
  const me = useQuery(queries.me()).data
  const list = useInfiniteQuery(catalogQueries.locations(show === 'all' ? undefined : show === 'built-in' ? 'true' : 'false'))
  const [removed, setRemoved] = useState<CatalogLocation>()
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const total = list.data?.pages[0]?.total ?? 0
  const setAdding = (isAdding: boolean): void =>
    void navigate({ search: (old) => (isAdding ? { ...old, add: 'yes' as const } : without(old, 'add')), replace: true })
  const canAdd = me?.kind === 'person'
  const actionsOf = (location: CatalogLocation) => (
    <Actions location={location} mayAct={canAdd} mayRemoveIt={mayRemove(location, me)} onRemove={() => setRemoved(location)} />
  )
  const columns: readonly Column<CatalogLocation>[] = [
    {
      key: 'target',
      title: 'Location',
      isMain: true,
      cell: (location) => (
        <>
          <TwoLines
            main={<span className={css['target']}>{location.target}</span>}
            sub={`${location.title}${location.isBuiltIn ? ', built-in Git host' : ''}`}
          />
          {location.state === 'ok' ? null : <LocationProblems location={location} />}
          <span className={css['narrow']}>
            <StateMark look={locationLook(location.state)} />
            {actionsOf(location)}
          </span>
        </>
      ),
    },
    { key: 'state', title: 'State', width: 120, isWide: true, cell: (location) => <StateMark look={locationLook(location.state)} /> },
    {
      key: 'count',
      title: 'Entities',
      width: 80,
      align: 'right',
      isWide: true,
      cell: (location) => (
        <Link to="/catalog" search={{ filter: entitiesOf(location) }} className="num">
          {formatCount(location.entityCount)}
        </Link>
      ),
    },
    {
      key: 'read',
      title: 'Last read',
      width: 110,
      isWide: true,
      cell: (location) => (location.lastReadAt === null ? <span className="dim">not yet</span> : <Age at={location.lastReadAt} />),
    },
    {
      key: 'next',
      title: 'Next',
      width: 110,
      isWide: true,
      cell: (location) => (location.nextReadAt === null ? <span className="dim">on push</span> : <Age at={location.nextReadAt} />),
    },
    { key: 'by', title: 'Added by', width: 120, isWide: true, cell: (location) => <Who principal={location.addedBy} /> },
    {
      key: 'actions',
      title: 'Actions',
      width: 190,
      isWide: true,
      cell: actionsOf,
    },
  ]
  return (
    <Page
      title="Catalog locations"
      above={<Link to="/catalog">Catalog</Link>}
      about="Where descriptors come from, and when they were last read"
      actions={
        <Tooltip label="Only people add locations" disabled={canAdd}>
          <Button onClick={() => setAdding(true)} disabled={!canAdd}>
            Add a location
          </Button>
        </Tooltip>
      }
    >
      <FilterBar>
        <Choice
          label="Which"
          value={show}
          choices={[
            { value: 'all', title: 'All' },
            { value: 'added', title: 'Added' },
            { value: 'built-in', title: 'Built-in Git host' },
          ]}
          onChange={(value) => void navigate({ search: value === 'all' ? {} : { show: value as 'added' | 'built-in' }, replace: true })}
        />
        <span className="dim num" role="status">
          {list.data === undefined ? '' : `${formatCount(total)} ${total === 1 ? 'location' : 'locations'}`}
        </span>
      </FilterBar>
      <QueryView query={list} what="locations" skeleton={<RowSkeletons rows={6} height={56} />}>
        {() =>
          items.length === 0 ? (
            <EmptyState title="No location was added yet" action={canAdd ? <Button onClick={() => setAdding(true)}>Add a location</Button> : undefined}>
              Repositories of the built-in Git host are read by themselves. Descriptors elsewhere, on GitHub or at any address, come in from a location.
            </EmptyState>
          ) : (
            <>
              <Table label="Locations" rows={items} columns={columns} rowKey={(location) => location.id} />
              {list.hasNextPage ? (
                <Button variant="default" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                  Show more
                </Button>
              ) : null}
            </>
          )
        }
      </QueryView>
      {add === 'yes' && canAdd ? <AddLocation canAllow={me.isAdministrator} onClose={() => setAdding(false)} /> : null}
      {removed === undefined ? null : <RemoveLocation location={removed} onClose={() => setRemoved(undefined)} />}
    </Page>
  )
}

interface ActionsProps {
  location: CatalogLocation
  mayAct: boolean
  mayRemoveIt: boolean
  onRemove: () => void
}

function Actions({ location, mayAct, mayRemoveIt, onRemove }: ActionsProps) {
  const client = useQueryClient()
  const refresh = useMutation({
    mutationFn: () => api.call('locations.refresh', { params: { id: location.id } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['locations'] }),
  })
  return (
    <span className={css['actions']}>
      {refresh.isError ? (
        <span role="alert" className="dim">
          {refresh.error.message}
        </span>
      ) : null}
      {mayAct ? (
        <Button variant="default" size="compact-xs" loading={refresh.isPending} onClick={() => refresh.mutate()} aria-label={`Read again: ${location.target}`}>
          Read again
        </Button>
      ) : null}
      {mayRemoveIt ? (
        <Button variant="subtle" color="red" size="compact-xs" onClick={onRemove} aria-label={`Remove: ${location.target}`}>
          Remove
        </Button>
      ) : (
        <Tooltip label={whyNotRemove(location)}>
          <Button variant="subtle" color="gray" size="compact-xs" data-disabled aria-disabled="true" aria-label={`Remove: ${location.target}`}>
            Remove
          </Button>
        </Tooltip>
      )}
    </span>
  )
}
