import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Change } from '../../api/shapes.ts'
import { rememberPlace } from '../../app/recent.ts'
import { CreationPart } from '../../parts/creation/creation-part.tsx'
import { planSentences } from '../../parts/plan/plan-summary.ts'
import { PlanView } from '../../parts/plan/plan-view.tsx'
import { changeLook, isInFlight } from '../../ui/looks.ts'
import { FaultNotice, Strip } from '../../ui/notice.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { ApprovalsPart } from './approvals-part.tsx'
import { ChangeFacts } from './change-facts.tsx'
import css from './change.module.css'
import { PhaseBar } from './phase-bar.tsx'
import { Timeline } from './timeline.tsx'

const route = getRouteApi('/app/changes/$id')

/** A change as a review: what it would do, what is said about it, who decides, how it goes. */
export function ChangePage() {
  const { id } = route.useParams()
  const query = useQuery(queries.change(id))
  const change = query.data
  const title = change?.title
  useEffect(() => {
    if (title !== undefined) rememberPlace({ to: `/changes/${id}`, title })
  }, [id, title])
  return (
    <Page
      title={title ?? 'Change'}
      above={<Link to="/changes">Changes</Link>}
      heading={
        change === undefined ? undefined : (
          <>
            {change.title} <StateMark look={changeLook(change.state)} isBadge />
          </>
        )
      }
      about={change?.plan === null || change === undefined ? ' ' : planSentences(change.plan).join(' ')}
      actions={change !== undefined && isInFlight(change.state) && change.state !== 'rolling_back' ? <CancelButton change={change} /> : undefined}
    >
      <div role="status" className="sr">
        {change === undefined ? '' : `${change.title}: ${changeLook(change.state).word}`}
      </div>
      <QueryView query={query} what="change" skeleton={<RowSkeletons rows={8} />}>
        {(data) => <ChangeBody change={data} />}
      </QueryView>
    </Page>
  )
}

function ChangeBody({ change }: { change: Change }) {
  const look = changeLook(change.state)
  return (
    <>
      {change.result === null ? null : (
        <Strip tone={look.tone}>
          <strong>{look.word}.</strong> {change.result.message} {change.result.code === undefined ? null : <code>{change.result.code}</code>}
        </Strip>
      )}
      <PhaseBar change={change} />
      <div className={css['layout']}>
        <div>
          {change.kind === 'create' ? <CreationPart change={change} /> : null}
          {change.steps.length === 0 || change.state === 'waiting' ? null : (
            <Section title="Course" id="course">
              <Timeline change={change} />
            </Section>
          )}
          <Section title="Plan" id="plan">
            {change.plan === null ? <RowSkeletons rows={3} /> : <PlanView plan={change.plan} />}
          </Section>
          {change.plan === null || change.plan.rollback.length === 0 ? null : (
            <Section title="If it fails" id="rollback" count={change.plan.rollback.length}>
              <ul style={{ fontSize: 13 }}>
                {change.plan.rollback.map((action) => (
                  <li key={action.id} style={{ padding: '4px 0' }}>
                    {action.title}
                  </li>
                ))}
              </ul>
            </Section>
          )}
        </div>
        <aside className={css['aside']} aria-label="Decision and facts">
          <ApprovalsPart change={change} />
          <ChangeFacts change={change} />
        </aside>
      </div>
    </>
  )
}

function CancelButton({ change }: { change: Change }) {
  const client = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => api.call('changes.cancel', { params: { id: change.id }, body: {} }),
    onSuccess: (next) => client.setQueryData(queries.change(change.id).queryKey, next),
  })
  return (
    <>
      <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        Cancel this change
      </Button>
      {cancel.error === null ? null : <FaultNotice error={cancel.error} what="cancellation" />}
    </>
  )
}
