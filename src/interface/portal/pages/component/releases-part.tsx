import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import type { Release } from '../../api/shapes.ts'
import { shortId } from '../../format/reference.ts'
import { Age } from '../../ui/age.tsx'
import { useInSight } from '../../ui/in-sight.ts'
import { VersionLink, Who } from '../../ui/links.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Table, type Column } from '../../ui/table.tsx'

const columns: readonly Column<Release>[] = [
  { key: 'version', title: 'Release', width: 96, cell: (release) => <VersionLink release={release.id} version={release.version} /> },
  { key: 'message', title: 'Commit', isMain: true, cell: (release) => <span>{release.commitMessage.split('\n')[0]}</span> },
  { key: 'commit', title: 'Hash', isWide: true, width: 88, cell: (release) => <code>{shortId(release.commit)}</code> },
  { key: 'by', title: 'By', isWide: true, width: 96, cell: (release) => <Who principal={release.createdBy} /> },
  {
    key: 'state',
    title: 'State',
    width: 128,
    cell: (release) =>
      release.quarantine === null ? (
        <StateMark look={{ tone: 'grey', shape: 'check', word: 'Usable' }} />
      ) : (
        <StateMark look={{ tone: 'red', shape: 'cross', word: 'Quarantined' }} />
      ),
  },
  { key: 'age', title: 'Made', isWide: true, width: 104, align: 'right', cell: (release) => <Age at={release.createdAt} /> },
]

/** Its last releases. */
export function ReleasesPart({ component }: { component: string }) {
  const [ref, isSeen] = useInSight<HTMLDivElement>()
  const releases = useQuery({ ...queries.releases({ component, limit: 6 }), enabled: isSeen })
  return (
    <div ref={ref}>
      <Section title="Releases" id="releases">
        <QueryView query={releases} what="releases">
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title="No release yet">A run that passes on the main branch makes one.</EmptyState>
            ) : (
              <Table label="Releases" rows={items} columns={columns} rowKey={(release) => release.id} href={(release) => `/releases/${release.id}`} />
            )
          }
        </QueryView>
      </Section>
    </div>
  )
}
