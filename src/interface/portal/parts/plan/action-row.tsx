import { IconChevronRight } from '@tabler/icons-react'
import type { PlannedAction, PolicyVerdict } from '../../api/shapes.ts'
import { formatMoney } from '../../format/quantity.ts'
import { FieldDiff } from './field-diff.tsx'
import css from './plan.module.css'
import { Verdict } from './verdict.tsx'

/** One action of a plan; opens to its fields. What policies say about it stands right under it. */
export function ActionRow({ action, verdicts }: { action: PlannedAction; verdicts: readonly PolicyVerdict[] }) {
  const isDanger = action.isDestructive === true
  const line = (
    <>
      <span className={`${css['verb']} ${isDanger ? css['danger'] : ''}`}>{action.verb === 'none' ? 'as is' : action.verb}</span>
      <span className={css['title']}>
        {action.title}
        {isDanger ? <span className={css['danger']}> Data can be lost.</span> : null}
      </span>
      <span className={`num dim ${css['cost']}`}>
        {action.costCentsPerMonth === undefined || action.costCentsPerMonth === 0 ? '' : `${formatMoney(action.costCentsPerMonth, true)} a month`}
      </span>
    </>
  )
  return (
    <li className={css['item']}>
      {action.changes.length === 0 ? (
        <div className={css['plain']}>{line}</div>
      ) : (
        <details className={css['action']}>
          <summary>
            {line}
            <IconChevronRight size={16} className={css['chevron']} aria-hidden="true" />
          </summary>
          <FieldDiff changes={action.changes} />
        </details>
      )}
      {verdicts.length === 0 ? null : (
        <div className={css['verdicts']}>
          {verdicts.map((verdict) => (
            <Verdict key={verdict.policy} verdict={verdict} />
          ))}
        </div>
      )}
    </li>
  )
}
