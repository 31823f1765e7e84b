import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../api/queries.ts'
import { navGroups } from './nav.ts'
import css from './shell.module.css'

/** The list of places, with how many changes wait for the reader. */
export function RailNav({ label }: { label: string }) {
  const waiting = useQuery(queries.approvals()).data?.items.length ?? 0
  return (
    <nav aria-label={label} className={css['nav']}>
      {navGroups.map((group) => (
        <ul key={group[0].to}>
          {group.map(({ to, title, icon: Icon, keys }) => (
            <li key={to}>
              <Link
                to={to}
                className={css['item']}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                {...(keys === '' ? {} : { 'aria-keyshortcuts': keys })}
              >
                <Icon size={18} stroke={1.6} aria-hidden="true" />
                {title}
                {to === '/approvals' && waiting > 0 ? (
                  <span className={css['tally']}>
                    {waiting}
                    <span className="sr"> waiting for you</span>
                  </span>
                ) : null}
              </Link>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  )
}
