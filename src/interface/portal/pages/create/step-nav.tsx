import css from './create.module.css'

interface StepNavProps {
  titles: readonly string[]
  at: number
  /** Steps with something to correct. */
  faulty: readonly number[]
  onGo: (step: number) => void
}

/** The pages of a long form: where one is, and a way back. */
export function StepNav({ titles, at, faulty, onGo }: StepNavProps) {
  return (
    <nav aria-label="Steps of the form">
      <ol className={css['steps']}>
        {titles.map((title, step) => (
          <li key={title}>
            <button type="button" className={css['step']} aria-current={step === at ? 'step' : undefined} onClick={() => onGo(step)}>
              <span className="num">{step + 1}</span> {title}
              {faulty.includes(step) ? <span className={css['stepFault']}> to correct</span> : null}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}
