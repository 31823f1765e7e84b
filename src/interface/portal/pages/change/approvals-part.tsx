import type { Change } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'
import { sentence } from '../../parts/plan/plan-summary.ts'
import { Age } from '../../ui/age.tsx'
import { EntityLink, Who } from '../../ui/links.tsx'
import { Section } from '../../ui/page.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import css from './change.module.css'
import { Decide } from './decide.tsx'

/** Who has to decide, who has, and the reader's own buttons. */
export function ApprovalsPart({ change }: { change: Change }) {
  const rule = change.plan?.approval ?? null
  if (rule === null && change.approvals.length === 0) return null
  return (
    <Section title="Approval" id="approval">
      {rule === null ? null : (
        <p className={css['rule']}>
          Needs {plural(rule.required, 'approval')}
          {rule.groups.length === 0 ? '' : ' of '}
          {rule.groups.map((group, at) => (
            <span key={group}>
              {at === 0 ? '' : ' or '}
              <EntityLink of={group} kind="group" />
            </span>
          ))}
          {rule.separationOfDuties ? ', by somebody else than the requester' : ''}. <span className="dim">{sentence(rule.reason)}</span>
        </p>
      )}
      <ul>
        {change.approvals.map((approval) => (
          <li key={`${approval.by}${approval.at}`} className={css['person']}>
            <StateMark
              look={approval.verdict === 'approved' ? { tone: 'green', shape: 'check', word: 'Approved' } : { tone: 'red', shape: 'cross', word: 'Rejected' }}
            />
            <span>
              by <Who principal={approval.by} />{' '}
              <span className="dim">
                <Age at={approval.at} />
              </span>
            </span>
            {approval.comment === null ? null : <span style={{ flexBasis: '100%' }}>{approval.comment}</span>}
          </li>
        ))}
      </ul>
      <Decide change={change} />
    </Section>
  )
}
