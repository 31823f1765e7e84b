import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import { Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { WaitingList } from '../approvals/waiting-list.tsx'
import css from './home.module.css'

/** Changes that only go on when the reader decides. */
export function WaitingForMe() {
  const waiting = useQuery(queries.approvals())
  return (
    <Section title="Waiting for you" id="waiting" count={waiting.data === undefined || waiting.data.items.length === 0 ? undefined : waiting.data.items.length}>
      <QueryView query={waiting} what="approvals" skeleton={<RowSkeletons rows={1} height={46} />}>
        {({ items }) => (items.length === 0 ? <p className={css['nothing']}>Nothing waits for you.</p> : <WaitingList changes={items} />)}
      </QueryView>
    </Section>
  )
}
