import { Button, Drawer } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import { useDebouncedValue } from '@mantine/hooks'
import { catalogQueries, PAGE_SIZE } from '../../api/catalog-queries.ts'
import { queries } from '../../api/queries.ts'
import { without } from '../../app/search.ts'
import { formatCount, plural } from '../../format/quantity.ts'
import { FilterBar, FilterInput } from '../../ui/filters.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { columnTitles, defaultColumns } from './catalog-columns.tsx'
import { catalogRow } from './catalog-rows.ts'
import { apiFilter, apiOrder, filterCount, filtersOf, type CatalogSearch } from './catalog-search.ts'
import { CatalogTable } from './catalog-table.tsx'
import css from './catalog.module.css'
import { ColumnMenu } from './column-menu.tsx'
import { useFacetCounts } from './facet-counts.ts'
import { Facets } from './facets.tsx'
import { SelectionBar } from './selection-bar.tsx'
import { useExport } from './use-export.ts'
import { useSelection } from './use-selection.ts'
import { ViewTabs } from './view-tabs.tsx'

const route = getRouteApi('/app/catalog')
/** Rows that scrolling loads by itself: a refresh reads them all again. */
const MAX_SCROLLED = 20 * PAGE_SIZE

/** What exists and who owns it. */
export function CatalogPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const me = useQuery(queries.me()).data
  const asked = useDeferredValue(search)
  const filter = useMemo(() => apiFilter(asked, me), [asked, me])
  const orderBy = useMemo(() => apiOrder(asked.sort), [asked.sort])
  const list = useInfiniteQuery({ ...catalogQueries.list(filter, orderBy), enabled: me !== undefined || !/\bme\b/.test(asked.owner ?? '') })
  const count = useQuery(catalogQueries.count()).data
  const [settled] = useDebouncedValue(asked, 120)
  const counts = useFacetCounts(settled, me)
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items.map(catalogRow)) ?? [], [list.data])
  const total = list.data?.pages[0]?.total
  const selection = useSelection()
  const exporting = useExport()
  const [isSheetOpen, setSheetOpen] = useState(false)
  const columnText = search.columns ?? defaultColumns
  const shown = useMemo(() => columnTitles.map(({ id }) => id).filter((id) => columnText.split(',').includes(id)), [columnText])

  const set = (next: CatalogSearch): void => void navigate({ search: next, replace: true, resetScroll: false })
  const setOne = (name: keyof CatalogSearch, value: string | undefined): void => {
    const rest = without(search, name)
    set(value === undefined || value === '' ? rest : { ...rest, [name]: value })
  }
  const clear = (): void =>
    void navigate({
      search: { ...(search.sort === undefined ? {} : { sort: search.sort }), ...(search.columns === undefined ? {} : { columns: search.columns }) },
    })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && rows.length < MAX_SCROLLED) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, rows.length])

  const filters = filterCount(search)
  const isNarrowed = Object.keys(filtersOf(search)).length > 0
  const facets = <Facets search={search} counts={counts} onChange={set} />
  return (
    <Page
      title="Catalog"
      actions={
        <>
          <Button component={Link} to="/catalog/locations" variant="default">
            Locations
          </Button>
          <Button component={Link} to="/create">
            Create
          </Button>
        </>
      }
    >
      <ViewTabs search={search} />
      <FilterBar>
        <FilterInput label="Search the catalog" value={search.q ?? ''} onChange={(value) => setOne('q', value)} />
        <Button variant="default" className={css['onlyNarrow'] ?? ''} onClick={() => setSheetOpen(true)}>
          Filters{filters === 0 ? '' : ` (${filters})`}
        </Button>
        <span className="dim num" role="status">
          {total === undefined
            ? ''
            : !isNarrowed || count === undefined
              ? plural(total, 'entity', 'entities')
              : `${plural(total, 'entity', 'entities')} of ${formatCount(count)}`}
        </span>
        {isNarrowed ? (
          <Button variant="subtle" color="gray" onClick={clear}>
            Clear
          </Button>
        ) : null}
        <span className={css['tools']}>
          {total === undefined || total === 0 ? null : (
            <>
              <ExportPart exporting={exporting} total={total} onStart={() => void exporting.exportAll(filter, orderBy)} />
              <Button
                variant="default"
                renderRoot={(props) => <Link {...props} to="/graph" search={isNarrowed ? filtersOf(search) : { kind: 'system,domain' }} />}
              >
                Graph
              </Button>
            </>
          )}
          <span className={css['onlyWide']}>
            <ColumnMenu shown={shown} onChange={(ids) => setOne('columns', ids.join(',') === defaultColumns ? undefined : ids.join(','))} />
          </span>
        </span>
      </FilterBar>
      <div className={css['layout']}>
        <aside className={`${css['facets']} ${css['onlyWide']}`} aria-label="Filters">
          <div style={{ display: 'grid', gap: 20 }}>{facets}</div>
        </aside>
        <QueryView query={list} what="catalog" skeleton={<RowSkeletons rows={14} height={41} />}>
          {() =>
            total !== 0 ? (
              <div>
                <CatalogTable
                  rows={rows}
                  total={total ?? rows.length}
                  shown={shown}
                  sort={search.sort ?? 'name'}
                  onSort={(sort) => setOne('sort', sort === 'name' ? undefined : sort)}
                  selection={selection}
                  onEnd={onEnd}
                />
                {hasNextPage && rows.length >= MAX_SCROLLED ? (
                  <p className={css['more']}>
                    The first {formatCount(rows.length)} of {formatCount(total ?? 0)} are shown. Narrow the filter, or{' '}
                    <Button size="compact-xs" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                      Show {PAGE_SIZE} more
                    </Button>
                  </p>
                ) : null}
              </div>
            ) : isNarrowed ? (
              <EmptyState
                title="Nothing is like that"
                action={
                  <Button variant="default" onClick={clear}>
                    Clear the filters
                  </Button>
                }
              >
                None of {plural(count ?? 0, 'entity', 'entities')} matches all of these filters.
              </EmptyState>
            ) : (
              <EmptyState
                title="The catalog is empty"
                action={
                  <>
                    <Button component={Link} to="/create">
                      Create the first service
                    </Button>
                    <Button variant="default" renderRoot={(props) => <Link {...props} to="/catalog/locations" search={{ add: 'yes' }} />}>
                      Add a location
                    </Button>
                  </>
                }
              >
                What a golden path makes is in here by itself; descriptors in Git (catalog-info.yaml) come in from their locations.
              </EmptyState>
            )
          }
        </QueryView>
      </div>
      <SelectionBar selection={selection} onExport={exporting.exportRows} />
      <Drawer
        opened={isSheetOpen}
        onClose={() => setSheetOpen(false)}
        position="bottom"
        size="80%"
        title="Filters"
        closeButtonProps={{ 'aria-label': 'Close the filters' }}
      >
        <div style={{ display: 'grid', gap: 20, padding: '0 8px 24px' }}>{facets}</div>
      </Drawer>
    </Page>
  )
}

function ExportPart({ exporting, total, onStart }: { exporting: ReturnType<typeof useExport>; total: number; onStart: () => void }) {
  const { state, stop } = exporting
  if (state.kind === 'running')
    return (
      <>
        <span role="status" className="num dim">
          Exporting {formatCount(state.done)} of {formatCount(state.total)}
        </span>
        <Button variant="default" onClick={stop}>
          Stop
        </Button>
      </>
    )
  return (
    <>
      {state.kind === 'failed' ? (
        <span role="alert" style={{ color: 'var(--fw-red)' }}>
          Not exported: {state.message}
        </span>
      ) : null}
      <Button variant="default" onClick={onStart} aria-label={`Export as CSV: ${plural(total, 'entity', 'entities')}`}>
        Export
      </Button>
    </>
  )
}
