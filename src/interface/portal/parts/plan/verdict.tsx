import type { PolicyVerdict } from '../../api/shapes.ts'
import type { Look } from '../../ui/looks.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import css from './plan.module.css'

const looks: Record<PolicyVerdict['outcome'], Look> = {
  allowed: { tone: 'green', shape: 'check', word: 'Allowed' },
  warned: { tone: 'amber', shape: 'triangle', word: 'Warned' },
  denied: { tone: 'red', shape: 'cross', word: 'Denied' },
}

/** What one policy says. */
export function Verdict({ verdict }: { verdict: PolicyVerdict }) {
  return (
    <div className={css['verdict']}>
      <StateMark look={looks[verdict.outcome]} />
      <span>
        <code>{verdict.policy}</code> {verdict.message}
      </span>
    </div>
  )
}
