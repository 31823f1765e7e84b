import { Button, Checkbox, Drawer, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useDeferredValue, useMemo, useState } from 'react'
import { queries } from '../../api/queries.ts'
import { plural } from '../../format/quantity.ts'
import { FilterBar, FilterInput } from '../../ui/filters.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { columnTitles, defaultColumns } from './catalog-columns.tsx'
import { catalogRows, filterRows, type Facet } from './catalog-rows.ts'
import { CatalogTable } from './catalog-table.tsx'
import css from './catalog.module.css'
import { Facets } from './facets.tsx'

const route = getRouteApi('/app/catalog')
const noRows: never[] = []

/** What exists and who owns it. */
export function CatalogPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const entities = useQuery(queries.entities())
  const [isSheetOpen, setSheetOpen] = useState(false)
  const rows = useMemo(() => (entities.data === undefined ? noRows : catalogRows(entities.data)), [entities.data])
  const { q, kind, type, owner, lifecycle } = search
  const filters = useDeferredValue(useMemo(() => withoutAbsent({ q, kind, type, owner, lifecycle }), [q, kind, type, owner, lifecycle]))
  const found = useMemo(() => filterRows(rows, filters), [rows, filters])
  const columnText = search.columns ?? defaultColumns
  const shown = useMemo(() => columnTitles.map(({ id }) => id).filter((id) => columnText.split(',').includes(id)), [columnText])
  const set = (name: string, value: string | undefined): void => {
    void navigate({ search: (old) => withoutAbsent({ ...old, [name]: value === '' ? undefined : value }), replace: true, resetScroll: false })
  }
  const onFacet = (facet: Facet, value: string | undefined): void => set(facet, value)
  const count = Object.keys(filters).filter((name) => name !== 'q').length
  return (
    <Page
      title="Catalog"
      actions={
        <Button component={Link} to="/create">
          Create
        </Button>
      }
    >
      <FilterBar>
        <FilterInput label="Search the catalog" value={q ?? ''} onChange={(value) => set('q', value)} />
        <Button variant="default" className={css['onlyNarrow'] ?? ''} onClick={() => setSheetOpen(true)}>
          Filters{count === 0 ? '' : ` (${count})`}
        </Button>
        <span className="dim num" role="status">
          {entities.data === undefined
            ? ''
            : found.length === rows.length
              ? plural(rows.length, 'entity', 'entities')
              : `${plural(found.length, 'entity', 'entities')} of ${rows.length}`}
        </span>
        {Object.keys(filters).length === 0 ? null : (
          <Button variant="subtle" color="gray" onClick={() => void navigate({ search: ({ sort, columns }) => withoutAbsent({ sort, columns }) })}>
            Clear
          </Button>
        )}
        <span style={{ marginLeft: 'auto' }} className={css['onlyWide']}>
          <ColumnMenu shown={shown} onChange={(ids) => set('columns', ids.join(',') === defaultColumns ? undefined : ids.join(','))} />
        </span>
      </FilterBar>
      <div className={css['layout']}>
        <aside className={`${css['facets']} ${css['onlyWide']}`} aria-label="Filters">
          <div style={{ display: 'grid', gap: 20 }}>
            <Facets rows={rows} filters={filters} onChange={onFacet} />
          </div>
        </aside>
        <QueryView query={entities} what="catalog" skeleton={<RowSkeletons rows={14} height={41} />}>
          {() =>
            rows.length === 0 ? (
              <EmptyState
                title="The catalog is empty"
                action={
                  <Button component={Link} to="/create">
                    Create the first service
                  </Button>
                }
              >
                What a golden path makes is in here by itself; descriptors in Git (catalog-info.yaml) come in from their repositories.
              </EmptyState>
            ) : found.length === 0 ? (
              <EmptyState
                title="Nothing is like that"
                action={
                  <Button variant="default" onClick={() => void navigate({ search: {} })}>
                    Clear the filters
                  </Button>
                }
              >
                None of {plural(rows.length, 'entity', 'entities')} matches all of these filters.
              </EmptyState>
            ) : (
              <CatalogTable rows={found} shown={shown} sort={search.sort ?? 'name'} onSort={(sort) => set('sort', sort === 'name' ? undefined : sort)} />
            )
          }
        </QueryView>
      </div>
      <Drawer
        opened={isSheetOpen}
        onClose={() => setSheetOpen(false)}
        position="bottom"
        size="80%"
        title="Filters"
        closeButtonProps={{ 'aria-label': 'Close the filters' }}
      >
        <div style={{ display: 'grid', gap: 20, padding: '0 8px 24px' }}>
          <Facets rows={rows} filters={filters} onChange={onFacet} />
        </div>
      </Drawer>
    </Page>
  )
}

function ColumnMenu({ shown, onChange }: { shown: readonly string[]; onChange: (ids: string[]) => void }) {
  return (
    <Menu closeOnItemClick={false} position="bottom-end" shadow="md">
      <Menu.Target>
        <Button variant="default">Columns</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columnTitles.map(({ id, title }) => (
          <Menu.Item
            key={id}
            role="menuitemcheckbox"
            aria-checked={shown.includes(id)}
            leftSection={<Checkbox.Indicator checked={shown.includes(id)} size="xs" />}
            onClick={() => onChange(columnTitles.map((each) => each.id).filter((each) => (each === id ? !shown.includes(id) : shown.includes(each))))}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function withoutAbsent<T extends Record<string, string | undefined>>(record: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string }
}
