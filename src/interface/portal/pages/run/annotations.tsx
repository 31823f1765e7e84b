import type { RunAnnotation, RunJob } from '../../api/shapes.ts'
import { Section } from '../../ui/page.tsx'
import { StateMark } from '../../ui/state-mark.tsx'

/** What the run and its jobs pointed at: errors and warnings, with file and line. */
export function Annotations({ own, jobs }: { own: readonly RunAnnotation[]; jobs: readonly RunJob[] }) {
  const all = [
    ...own.map((annotation) => ({ ...annotation, job: '' })),
    ...jobs.flatMap((job) => job.annotations.map((annotation) => ({ ...annotation, job: job.name }))),
  ]
  if (all.length === 0) return null
  return (
    <Section title="Annotations" id="annotations" count={all.length}>
      <ul style={{ fontSize: 13 }}>
        {all.map((each) => (
          <li
            key={`${each.job}${each.message}${each.file ?? ''}${each.line ?? ''}`}
            style={{ display: 'flex', flexWrap: 'wrap', gap: '0 12px', padding: '4px 0' }}
          >
            <StateMark
              look={
                each.level === 'error'
                  ? { tone: 'red', shape: 'cross', word: 'Error' }
                  : each.level === 'warning'
                    ? { tone: 'amber', shape: 'triangle', word: 'Warning' }
                    : { tone: 'grey', shape: 'ring', word: 'Notice' }
              }
            />
            <span>{each.message}</span>
            {each.file === undefined ? null : (
              <code className="dim">
                {each.file}
                {each.line === undefined ? '' : `:${each.line}`}
              </code>
            )}
            <span className="dim">{each.job}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
