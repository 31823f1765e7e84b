import { Fragment } from 'react'
import type { RunJob } from '../../api/shapes.ts'
import { durationBetween } from '../../format/duration.ts'
import { useNow } from '../../ui/clock.ts'
import { runLook } from '../../ui/looks.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import { layersOf } from './choose-job.ts'
import css from './run.module.css'

interface JobGraphProps {
  jobs: readonly RunJob[]
  chosen: string | undefined
  onChoose: (id: string) => void
}

/** Jobs in columns, left to right by what they need. Choosing one shows its log. */
export function JobGraph({ jobs, chosen, onChoose }: JobGraphProps) {
  const now = useNow(1)
  const layers = layersOf(jobs)
  return (
    <div className={css['graph']} tabIndex={0} role="group" aria-label="Jobs by what they need">
      {layers.map((layer, at) => (
        <Fragment key={layer[0]?.id}>
          {at === 0 ? null : (
            <span className={css['arrow']} aria-hidden="true">
              →
            </span>
          )}
          <div className={css['layer']}>
            {layer.map((job) => (
              <button
                key={job.id}
                type="button"
                className={css['job']}
                aria-pressed={job.id === chosen}
                onClick={() => onChoose(job.id)}
                title={job.needs.length === 0 ? undefined : `Needs ${job.needs.join(', ')}`}
              >
                <StateMark look={runLook(job.state, job.conclusion)} isWordHidden />
                <span className="cut">{job.name}</span>
                <span className="num dim">{durationBetween(job.startedAt, job.finishedAt, now) ?? ''}</span>
              </button>
            ))}
          </div>
        </Fragment>
      ))}
    </div>
  )
}
