import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { eventHref, eventSubject, eventWords } from '../../parts/event-words.ts'
import { Age } from '../../ui/age.tsx'
import { Who } from '../../ui/links.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import css from './home.module.css'

/** The last things that happened, to anything. */
export function RecentEvents() {
  const events = useQuery(queries.events({ limit: 12 }))
  return (
    <Section title="Recent" id="recent" actions={<Link to="/activity">All activity</Link>}>
      <QueryView query={events} what="activity" skeleton={<RowSkeletons rows={12} height={56} />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={css['nothing']}>Nothing has happened yet.</p>
          ) : (
            <ul className={css['events']}>
              {items.map((event) => {
                const href = eventHref(event)
                const title = eventSubject(event)
                return (
                  <li key={event.sequence}>
                    <span className="cut">{href === null ? title : <Link to={href as '/'}>{title}</Link>}</span>
                    <span className="dim cut">
                      {eventWords(event.type)} · <Who principal={event.actor} /> · <Age at={event.at} />
                    </span>
                  </li>
                )
              })}
            </ul>
          )
        }
      </QueryView>
    </Section>
  )
}
