import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import type { EventItem } from '../../api/shapes.ts'
import { eventHref, eventSubject, eventWords } from '../../parts/event-words.ts'
import { Age } from '../../ui/age.tsx'
import { Who } from '../../ui/links.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import css from './home.module.css'

const shown = 12

/** The last event about each thing, newest first: what happened to it before is on its own page. Comings and goings of people are left to the log. */
function lastOfEach(events: readonly EventItem[]): EventItem[] {
  const last = new Map<string, EventItem>()
  for (const event of events) if (!/\.(session|login_link)\./.test(event.type) && !last.has(event.subject)) last.set(event.subject, event)
  return [...last.values()].slice(0, shown)
}

/** The last things that happened, to anything. */
export function RecentEvents() {
  const events = useQuery(queries.events({ limit: 100 }))
  return (
    <Section title="Recent" id="recent" actions={<Link to="/activity">All activity</Link>}>
      <QueryView query={events} what="activity" skeleton={<RowSkeletons rows={12} height={56} />}>
        {({ items }) =>
          lastOfEach(items).length === 0 ? (
            <p className={css['nothing']}>Nothing has happened yet.</p>
          ) : (
            <ul className={css['events']}>
              {lastOfEach(items).map((event) => {
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
