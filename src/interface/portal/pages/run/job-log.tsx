import { useEffect } from 'react'
import type { RunJob, RunStep } from '../../api/shapes.ts'
import { durationBetween } from '../../format/duration.ts'
import { useNow } from '../../ui/clock.ts'
import { runLook } from '../../ui/looks.ts'
import { EmptyState, FaultNotice } from '../../ui/notice.tsx'
import { RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { chooseStep } from './choose-job.ts'
import { LogViewer } from './log-viewer.tsx'
import css from './run.module.css'
import { useLog } from './use-log.ts'

interface JobLogProps {
  run: string
  job: RunJob
  /** Marked lines of the address, first and last. */
  line: number | undefined
  to: number | undefined
}

/** Steps at the left, the log at the right, opened where it matters: the address, the failing step's last 30 lines, or the end. */
export function JobLog({ run, job, line, to }: JobLogProps) {
  const { query, lines } = useLog(run, job.id, job.state === 'completed')
  const step = chooseStep(job.steps)
  const isFailed = step !== undefined && step.conclusion !== null
  const target = line ?? (isFailed ? (step.logTo ?? undefined) : undefined)
  useEffect(() => {
    if (line !== undefined) document.getElementById('log')?.scrollIntoView({ block: 'start' })
  }, [line])
  if (lines === undefined)
    return query.isError ? <FaultNotice error={query.error} what="log" onRetry={() => void query.refetch()} /> : <RowSkeletons rows={14} height={20} />
  if (lines.length === 0)
    return <EmptyState title="No line yet">{job.state === 'queued' ? 'The job has not begun.' : 'Lines show up here as they are written.'}</EmptyState>
  return (
    <LogViewer
      name={job.name}
      lines={lines}
      isLive={job.state !== 'completed'}
      target={target}
      marked={line === undefined ? undefined : [line, to ?? line]}
      error={isFailed ? step.logTo : null}
    >
      {(jump) => <Steps steps={job.steps} onChoose={jump} />}
    </LogViewer>
  )
}

function Steps({ steps, onChoose }: { steps: readonly RunStep[]; onChoose: (n: number) => void }) {
  const now = useNow(1)
  return (
    <ol className={css['steps']} aria-label="Steps">
      {steps.map((step) => (
        <li key={step.number}>
          <button type="button" className={css['stepButton']} disabled={step.logFrom === null} onClick={() => step.logFrom !== null && onChoose(step.logFrom)}>
            <StateMark look={runLook(step.state, step.conclusion)} isWordHidden />
            <span className="cut">{step.name}</span>
            <span className="num dim">{durationBetween(step.startedAt, step.finishedAt, now) ?? ''}</span>
          </button>
        </li>
      ))}
    </ol>
  )
}
