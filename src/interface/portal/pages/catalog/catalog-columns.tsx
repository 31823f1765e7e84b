import { columnVisibilityFeature, createColumnHelper, createSortedRowModel, rowSortingFeature, sortFns, tableFeatures } from '@tanstack/react-table'
import { Link } from '@tanstack/react-router'
import { entityHref } from '../../format/reference.ts'
import { EntityLink } from '../../ui/links.tsx'
import type { CatalogRow } from './catalog-rows.ts'

export const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns })
const helper = createColumnHelper<typeof features, CatalogRow>()

/** Shares of the width, by column. */
export const widths: Record<string, string> = {
  name: 'minmax(200px, 2fr)',
  kind: 'minmax(88px, 0.6fr)',
  type: 'minmax(88px, 0.6fr)',
  owner: 'minmax(104px, 0.8fr)',
  lifecycle: 'minmax(104px, 0.7fr)',
  system: 'minmax(96px, 0.7fr)',
  description: 'minmax(160px, 2.4fr)',
  tags: 'minmax(120px, 1fr)',
}

export const columns = helper.columns([
  helper.accessor('title', {
    id: 'name',
    header: 'Name',
    sortFn: 'text',
    cell: ({ row }) => (
      <Link to={entityHref(row.original.ref) as '/'} style={{ fontWeight: 500 }} className="cut">
        {row.original.title}
      </Link>
    ),
  }),
  helper.accessor('kind', { id: 'kind', header: 'Kind', sortFn: 'text', cell: ({ getValue }) => <span className="cut">{getValue()}</span> }),
  helper.accessor('type', {
    id: 'type',
    header: 'Type',
    sortFn: 'text',
    cell: ({ getValue }) => <span className="cut">{getValue() === '' ? '–' : getValue()}</span>,
  }),
  helper.accessor('owner', {
    id: 'owner',
    header: 'Owner',
    sortFn: 'text',
    cell: ({ getValue }) => (getValue() === '' ? <span className="dim">–</span> : <EntityLink of={getValue()} kind="group" />),
  }),
  helper.accessor('lifecycle', {
    id: 'lifecycle',
    header: 'Lifecycle',
    sortFn: 'text',
    cell: ({ getValue }) => <span className="cut">{getValue() === '' ? '–' : getValue()}</span>,
  }),
  helper.accessor('system', {
    id: 'system',
    header: 'System',
    sortFn: 'text',
    cell: ({ getValue }) => <span className="cut">{getValue() === '' ? '–' : getValue()}</span>,
  }),
  helper.accessor('description', {
    id: 'description',
    header: 'About',
    enableSorting: false,
    cell: ({ getValue }) => <span className="cut dim">{getValue()}</span>,
  }),
  helper.accessor((row) => row.tags.join(', '), {
    id: 'tags',
    header: 'Tags',
    enableSorting: false,
    cell: ({ getValue }) => <span className="cut dim">{getValue()}</span>,
  }),
])

export const columnTitles: readonly { id: string; title: string }[] = [
  { id: 'kind', title: 'Kind' },
  { id: 'type', title: 'Type' },
  { id: 'owner', title: 'Owner' },
  { id: 'lifecycle', title: 'Lifecycle' },
  { id: 'system', title: 'System' },
  { id: 'description', title: 'About' },
  { id: 'tags', title: 'Tags' },
]

export const defaultColumns = 'kind,type,owner,lifecycle,description'
