import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { ResourceInfo } from '../../api/shapes.ts'
import { Age } from '../../ui/age.tsx'
import { useInSight } from '../../ui/in-sight.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Table, TwoLines, type Column } from '../../ui/table.tsx'

const columns: readonly Column<ResourceInfo>[] = [
  { key: 'name', title: 'Resource', isMain: true, cell: (resource) => <TwoLines main={resource.name} sub={<code>{resource.id}</code>} /> },
  { key: 'type', title: 'Type', width: 112, cell: (resource) => resource.type },
  { key: 'environment', title: 'Environment', width: 112, cell: (resource) => resource.environment },
  { key: 'recipe', title: 'Recipe', isWide: true, cell: (resource) => resource.recipe },
  { key: 'status', title: 'Status', isWide: true, width: 96, cell: (resource) => resource.status },
  {
    key: 'change',
    title: 'Made',
    isWide: true,
    align: 'right',
    width: 112,
    cell: (resource) =>
      resource.changeId === null ? (
        <Age at={resource.createdAt} />
      ) : (
        <Link to="/changes/$id" params={{ id: resource.changeId }}>
          <Age at={resource.createdAt} />
        </Link>
      ),
  },
]

/** The databases, volumes, secrets and routes that were made for it. */
export function ResourcesPart({ component }: { component: string }) {
  const [ref, isSeen] = useInSight<HTMLDivElement>()
  const resources = useQuery({ ...queries.resources({ component }), enabled: isSeen })
  return (
    <div ref={ref}>
      <Section title="Resources" id="resources">
        <QueryView query={resources} what="resources">
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title="No resource">Name one in score.yaml, like a postgres database; its recipe makes it in each environment.</EmptyState>
            ) : (
              <Table label="Resources" rows={items} columns={columns} rowKey={(resource) => resource.id} />
            )
          }
        </QueryView>
      </Section>
    </div>
  )
}
