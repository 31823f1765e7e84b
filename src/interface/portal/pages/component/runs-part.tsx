import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { useInSight } from '../../ui/in-sight.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { RunTable } from '../pipelines/run-table.tsx'

/** The last runs of its pipelines. */
export function RunsPart({ component, repository }: { component: string; repository: string | undefined }) {
  const [ref, isSeen] = useInSight<HTMLDivElement>()
  const runs = useQuery({ ...queries.runs({ ...(repository === undefined ? { component } : { repository }), limit: 5 }), enabled: isSeen })
  return (
    <div ref={ref}>
      <Section
        title="Pipelines"
        id="pipelines"
        actions={
          <Link to="/pipelines" search={{ component }}>
            All of its runs
          </Link>
        }
      >
        <QueryView query={runs} what="runs">
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title="Nothing has run yet">A push to its repository starts a run.</EmptyState>
            ) : (
              <RunTable runs={items} label="Recent runs" isOfOne />
            )
          }
        </QueryView>
      </Section>
    </div>
  )
}
