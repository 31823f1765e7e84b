import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { ChangeTable } from '../changes/change-table.tsx'

/** Its last changes. */
export function ChangesPart({ component }: { component: string }) {
  const changes = useQuery(queries.changes({ component, limit: 6 }))
  return (
    <Section
      title="Changes"
      id="changes"
      actions={
        <Link to="/changes" search={{ component }}>
          All of its changes
        </Link>
      }
    >
      <QueryView query={changes} what="changes">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="Nothing was changed yet" />
          ) : (
            <ChangeTable changes={items} label="Recent changes" without={['component', 'took']} />
          )
        }
      </QueryView>
    </Section>
  )
}
