import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import type { Change, ChangeStep } from '../../api/shapes.ts'
import { durationBetween, formatExact } from '../../format/duration.ts'
import { versionLabel } from '../../format/reference.ts'
import { useNow } from '../../ui/clock.ts'
import { stepLook } from '../../ui/looks.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import css from './change.module.css'

/** The steps as they happen: state, progress, how long. The way back has a heading of its own. */
export function Timeline({ change }: { change: Change }) {
  const steps = useNamedReleases(change)
  const back = steps.filter((step) => step.phase === 'rollback')
  return (
    <>
      <Steps steps={steps.filter((step) => step.phase === 'apply')} label="Steps" />
      {back.length === 0 ? null : (
        <>
          <h3 style={{ margin: '16px 0 4px', fontSize: 13, fontWeight: 600 }}>The way back</h3>
          <Steps steps={back} label="Steps of the way back" />
        </>
      )}
    </>
  )
}

/** The steps, with versions where their messages have release ids. */
function useNamedReleases({ steps, component }: Change): readonly ChangeStep[] {
  const isNeeded = component !== null && steps.some((step) => step.message.includes('rel_'))
  const releases = useQuery({ ...queries.releases({ component: component ?? '', limit: 50 }), enabled: isNeeded }).data?.items ?? []
  const versions = new Map(releases.map((release) => [release.id, versionLabel(release.version)]))
  return steps.map((step) => ({ ...step, message: step.message.replaceAll(/rel_[0-9a-z]+/g, (id) => versions.get(id) ?? id) }))
}

function Steps({ steps, label }: { steps: readonly ChangeStep[]; label: string }) {
  const now = useNow(1)
  return (
    <ol className={css['timeline']} aria-label={label}>
      {steps.map((step) => (
        <li key={`${step.phase}:${step.actionId}`} className={css['step']}>
          <StateMark look={stepLook(step.state)} isWordHidden />
          <span className={css['stepTitle']}>{step.title}</span>
          <span className="num dim" title={step.startedAt === null ? undefined : formatExact(step.startedAt)}>
            {durationBetween(step.startedAt, step.finishedAt, now) ?? ''}
          </span>
          {step.message === '' ? null : <span className={css['message']}>{step.message}</span>}
          {step.state === 'running' && step.percent !== null ? (
            <span className={css['bar']} role="progressbar" aria-label={step.title} aria-valuenow={step.percent} aria-valuemin={0} aria-valuemax={100}>
              <span style={{ width: `${step.percent}%` }} />
            </span>
          ) : null}
        </li>
      ))}
    </ol>
  )
}
