import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Change } from '../../api/shapes.ts'
import { formatMoney } from '../../format/quantity.ts'
import { describePlan } from '../../parts/plan/plan-summary.ts'
import { Age } from '../../ui/age.tsx'
import { Who } from '../../ui/links.tsx'
import css from './waiting.module.css'

/** Waiting changes, each with its one-line plan. The decision is made on the change's page, where the whole plan is seen. */
export function WaitingList({ changes }: { changes: readonly Change[] }) {
  return (
    <ul className={css['list']}>
      {changes.map((change) => (
        <li key={change.id} className={css['item']} data-row={`/changes/${change.id}`} tabIndex={-1}>
          <div>
            <Link to="/changes/$id" params={{ id: change.id }} className={css['title']}>
              {change.title}
            </Link>
            <div className={css['meta']}>
              <span>{change.plan === null ? 'plan not ready' : `It ${describePlan(change.plan.actions)}`}</span>
              {change.plan === null || change.plan.costCentsPerMonth === 0 ? null : (
                <span className="num">{formatMoney(change.plan.costCentsPerMonth, true)} a month</span>
              )}
              <span>
                asked by <Who principal={change.requestedBy} /> <Age at={change.requestedAt} />
              </span>
            </div>
          </div>
          <Button variant="default" component={Link} to={`/changes/${change.id}` as '/'} aria-label={`Review ${change.title}`}>
            Review
          </Button>
        </li>
      ))}
    </ul>
  )
}
