import type { CreationPreview } from '../../api/shapes.ts'
import css from './create.module.css'

const words: Record<CreationPreview['steps'][number]['state'], string> = {
  ran: 'Done in the preview',
  skipped: 'Skipped',
  held: 'Done when you create it',
  later: 'Done when you create it',
}

/** What would be done, step by step: the plan of the run. */
export function PreviewSteps({ preview: { steps, effects } }: { preview: CreationPreview }) {
  return (
    <div className={css['plan']}>
      {effects.length === 0 ? null : (
        <section aria-label="What is done">
          <h2 className={css['planTitle']}>What is done</h2>
          <ol className={css['effects']}>
            {effects.map((effect, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- an effect is its place in the order
              <li key={`${effect.id}${at}`}>
                {effect.title} <span className="dim">{effect.target}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {steps.length === 0 ? null : (
        <details>
          <summary className={css['planTitle']}>Steps of the golden path</summary>
          <ol className={css['effects']}>
            {steps.map((step, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- a step with several turns is there several times
              <li key={`${step.id}${at}`}>
                {step.name} <code className="dim">{step.action}</code> <span className="dim">{words[step.state]}</span>
                {step.log.length === 0 ? null : <pre className={css['stepLog']}>{step.log.join('\n')}</pre>}
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  )
}
