import type { Change } from '../../api/shapes.ts'
import { formatDuration } from '../../format/duration.ts'
import css from './change.module.css'
import { phasesOf, type PhaseState } from './phases.ts'

const words: Record<PhaseState, string> = {
  done: 'done',
  active: 'under way',
  waits: 'waits for a person',
  failed: 'stopped here',
  back: 'rolled back',
  ahead: 'to come',
  skipped: 'not needed',
}

/** Plan, check, approve, apply, verify: where the change is, and how long each took. */
export function PhaseBar({ change }: { change: Change }) {
  return (
    <ol className={css['phases']} aria-label="Phases">
      {phasesOf(change).map((phase) => (
        <li
          key={phase.name}
          className={css['phase']}
          data-state={phase.state}
          aria-current={phase.state === 'active' || phase.state === 'waits' ? 'step' : undefined}
        >
          <div className={css['phaseName']}>{phase.name}</div>
          <div className="dim num">{phase.state === 'done' && phase.tookMs !== null ? formatDuration(phase.tookMs) : words[phase.state]}</div>
        </li>
      ))}
    </ol>
  )
}
