import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Plan, PlannedAction } from '../../api/shapes.ts'
import { formatCount, plural } from '../../format/quantity.ts'
import { ActionRow } from './action-row.tsx'
import { groupByConcern } from './plan-summary.ts'
import css from './plan.module.css'
import { Verdict } from './verdict.tsx'

/** Rows that are drawn of one group before one asks for more; keeps plans of a thousand actions quick. */
const shownAtOnce = 50

/** A plan by concern: what it would do, field by field, and what policies say. */
export function PlanView({ plan }: { plan: Plan }) {
  const known = new Set(plan.actions.map((action) => action.id))
  const general = plan.verdicts.filter((verdict) => verdict.actionId === undefined || !known.has(verdict.actionId))
  return (
    <div>
      {general.length === 0 ? null : (
        <div className={`${css['verdicts']} ${css['loose']}`}>
          {general.map((verdict) => (
            <Verdict key={`${verdict.policy}${verdict.message}`} verdict={verdict} />
          ))}
        </div>
      )}
      {groupByConcern(plan.actions).map((group) => (
        <Group key={group.concern} title={group.title} actions={group.actions} plan={plan} />
      ))}
      {plan.actions.length === 0 ? <p className="dim">Everything already is as asked; nothing would be done.</p> : null}
    </div>
  )
}

function Group({ title, actions, plan }: { title: string; actions: PlannedAction[]; plan: Plan }) {
  const [limit, setLimit] = useState(shownAtOnce)
  const rest = actions.length - limit
  return (
    <div className={css['group']} role="group" aria-label={title}>
      <div className={css['groupTitle']}>
        <span>{title}</span>
        <span className="num">{plural(actions.length, 'action')}</span>
      </div>
      <ul>
        {actions.slice(0, limit).map((action) => (
          <ActionRow key={action.id} action={action} verdicts={plan.verdicts.filter((verdict) => verdict.actionId === action.id)} />
        ))}
      </ul>
      {rest > 0 ? (
        <Button variant="subtle" color="gray" fullWidth onClick={() => setLimit(limit + 200)}>
          Show {formatCount(Math.min(200, rest))} more of {formatCount(actions.length)}
        </Button>
      ) : null}
    </div>
  )
}
