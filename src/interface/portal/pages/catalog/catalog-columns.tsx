import { columnVisibilityFeature, createColumnHelper, tableFeatures } from '@tanstack/react-table'
import { Link } from '@tanstack/react-router'
import { plural } from '../../format/quantity.ts'
import { entityHref } from '../../format/reference.ts'
import { EntityLink } from '../../ui/links.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import type { CatalogRow } from './catalog-rows.ts'

export const features = tableFeatures({ columnVisibilityFeature })
const helper = createColumnHelper<typeof features, CatalogRow>()

/** Shares of the width, by column. */
export const widths: Record<string, string> = {
  name: 'minmax(200px, 2fr)',
  kind: 'minmax(88px, 0.6fr)',
  type: 'minmax(88px, 0.6fr)',
  owner: 'minmax(104px, 0.9fr)',
  lifecycle: 'minmax(104px, 0.7fr)',
  system: 'minmax(96px, 0.9fr)',
  description: 'minmax(160px, 2.4fr)',
  tags: 'minmax(120px, 1fr)',
  problems: 'minmax(104px, 0.8fr)',
  ref: 'minmax(200px, 1.6fr)',
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
