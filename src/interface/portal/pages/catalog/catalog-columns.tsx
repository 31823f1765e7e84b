import { columnVisibilityFeature, createColumnHelper, tableFeatures } from '@tanstack/react-table'
import { Link } from '@tanstack/react-router'
import { plural } from '../../format/quantity.ts'
import { entityHref } from '../../format/reference.ts'
import { EntityLink } from '../../ui/links.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import type { CatalogRow } from './catalog-rows.ts'

export const features = tableFeatures({ columnVisibilityFeature })
const helper = createColumnHelper<typeof features, CatalogRow>()

/** Least width in pixels and share of what is left, by column. */
export const widths: Record<string, { minPx: number; share: number }> = {
  name: { minPx: 150, share: 2 },
  kind: { minPx: 76, share: 0.6 },
  type: { minPx: 72, share: 0.6 },
  owner: { minPx: 96, share: 0.9 },
  lifecycle: { minPx: 88, share: 0.7 },
  system: { minPx: 96, share: 0.9 },
  description: { minPx: 110, share: 2.4 },
  tags: { minPx: 96, share: 1 },
  problems: { minPx: 120, share: 1.2 },
  ref: { minPx: 200, share: 1.6 },
}

function Word({ text, isDim = false }: { text: string; isDim?: boolean }) {
  return <span className={isDim ? 'cut dim' : 'cut'}>{text === '' ? '–' : text}</span>
}

const word = (id: 'kind' | 'type' | 'lifecycle', header: string) =>
  helper.accessor(id, { id, header, cell: ({ getValue }) => <Word text={getValue()} isDim={getValue() === ''} /> })

const link = (id: 'owner' | 'system', header: string) =>
  helper.accessor(id, { id, header, cell: ({ getValue }) => (getValue() === '' ? <Word text="" isDim /> : <EntityLink of={getValue()} />) })

export const columns = helper.columns([
  helper.accessor('title', {
    id: 'name',
    header: 'Name',
    cell: ({ row: { original } }) => (
      <span className="cut">
        <Link to={entityHref(original.ref) as '/'} style={{ fontWeight: 500 }} title={original.ref}>
          {original.title}
        </Link>
        {original.isOrphan ? (
          <span style={{ marginLeft: 8 }} title="Its location no longer lists it">
            <StateMark look={{ tone: 'amber', shape: 'dash', word: 'Orphan' }} />
          </span>
        ) : null}
        {original.problems.length > 0 ? (
          <span style={{ marginLeft: 8 }} title={original.problems.join('\n')}>
            <StateMark look={{ tone: 'amber', shape: 'triangle', word: plural(original.problems.length, 'problem') }} isWordHidden />
          </span>
        ) : null}
      </span>
    ),
  }),
  word('kind', 'Kind'),
  word('type', 'Type'),
  link('owner', 'Owner'),
  word('lifecycle', 'Lifecycle'),
  link('system', 'System'),
  helper.accessor('description', { id: 'description', header: 'About', cell: ({ getValue }) => <Word text={getValue()} isDim /> }),
  helper.accessor((row) => row.tags.join(', '), { id: 'tags', header: 'Tags', cell: ({ getValue }) => <Word text={getValue()} isDim /> }),
  helper.accessor((row) => row.problems.join('; '), {
    id: 'problems',
    header: 'Problems',
    cell: ({ getValue }) => (
      <span className="cut" title={getValue()}>
        {getValue() === '' ? <span className="dim">–</span> : getValue()}
      </span>
    ),
  }),
  helper.accessor('ref', { id: 'ref', header: 'Reference', cell: ({ getValue }) => <code className="cut">{getValue()}</code> }),
])

/** The columns that may be chosen, in their order. The name is always there. */
export const columnTitles: readonly { id: string; title: string }[] = [
  { id: 'kind', title: 'Kind' },
  { id: 'type', title: 'Type' },
  { id: 'owner', title: 'Owner' },
  { id: 'lifecycle', title: 'Lifecycle' },
  { id: 'system', title: 'System' },
  { id: 'description', title: 'About' },
  { id: 'tags', title: 'Tags' },
  { id: 'problems', title: 'Problems' },
  { id: 'ref', title: 'Reference' },
]

export const defaultColumns = 'kind,type,owner,lifecycle,description'
