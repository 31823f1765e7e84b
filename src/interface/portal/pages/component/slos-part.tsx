import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import type { Slo } from '../../api/shapes.ts'
import { formatCount, formatPercent } from '../../format/quantity.ts'
import { useInSight } from '../../ui/in-sight.ts'
import { sloLook } from '../../ui/looks.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Panel, Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import css from './component.module.css'

/** Its objectives and what is left of their error budgets. */
export function SlosPart({ component }: { component: string }) {
  const [ref, isSeen] = useInSight<HTMLDivElement>()
  const slos = useQuery({ ...queries.slos(component), enabled: isSeen })
  return (
    <div ref={ref}>
      <Section title="Objectives" id="slos">
        <QueryView query={slos} what="objectives">
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title="No objective">Declare one beside the code as OpenSLO; rollouts then watch it.</EmptyState>
            ) : (
              <Panel>
                {items.map((slo) => (
                  <SloLine key={`${slo.name}${slo.environment}`} slo={slo} />
                ))}
              </Panel>
            )
          }
        </QueryView>
      </Section>
    </div>
  )
}

function SloLine({ slo }: { slo: Slo }) {
  const look = sloLook(slo.state)
  const left = slo.state === 'no-data' ? null : slo.budget.remaining
  const firing = slo.burnRates.filter((rate) => rate.isFiring)
  return (
    <div className={css['slo']}>
      <div>
        <strong>{slo.name}</strong>{' '}
        <span className="dim">
          {slo.environment}, {formatPercent(slo.target)} over {slo.window}
        </span>
      </div>
      <StateMark look={look} />
      {left === null ? null : (
        <div className={css['budget']} role="img" aria-label={`${formatPercent(Math.max(0, left))} of the error budget is left`}>
          <span style={{ width: `${Math.max(0, Math.min(1, left)) * 100}%`, background: `var(--fw-${look.tone}-mark)` }} />
        </div>
      )}
      <div className="dim num" style={{ gridColumn: '1 / -1', fontSize: 13 }}>
        {slo.sli.ratio === null ? 'No requests in this window' : `${formatPercent(slo.sli.ratio)} good of ${formatCount(slo.sli.total)}`}
        {left === null ? '' : ` · ${formatPercent(Math.max(0, left))} of the budget left`}
        {` · data for ${formatPercent(slo.coverage)} of the window`}
        {firing.map((rate) => ` · burns ${rate.rate?.toFixed(1) ?? '?'} times as fast as it may over ${rate.window}`)}
      </div>
    </div>
  )
}
