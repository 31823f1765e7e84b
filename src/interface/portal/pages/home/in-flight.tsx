import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { inFlightStates } from '../../ui/looks.ts'
import { Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { ChangeTable } from '../changes/change-table.tsx'
import css from './home.module.css'

/** The reader's own changes that have not ended, else the last ones that did. */
export function InFlight({ principal }: { principal: string | undefined }) {
  const open = useQuery({ ...queries.changes({ state: inFlightStates, requestedBy: principal, limit: 10 }), enabled: principal !== undefined })
  return (
    <Section title="Your changes in flight" id="in-flight" actions={<Link to="/changes">All changes</Link>}>
      <QueryView query={open} what="changes" skeleton={<RowSkeletons rows={1} height={46} />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={css['nothing']}>None of your changes is under way.</p>
          ) : (
            <ChangeTable changes={items} label="Your changes in flight" without={['component', 'environment', 'by']} />
          )
        }
      </QueryView>
    </Section>
  )
}
