import type { Tone } from '../app/theme.ts'
import { type Look, type Shape } from './looks.ts'
import css from './state-mark.module.css'

const paths: Record<Shape, React.ReactNode> = {
  check: <path d="M2.5 6.5 5 9l4.5-5.5" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />,
  disc: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  ring: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  arc: <path d="M6 2a4 4 0 1 1-4 4" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" className={css['turning']} />,
  triangle: <path d="M6 1.5 11.2 10.5H.8Z" fill="currentColor" strokeLinejoin="round" />,
  cross: <path d="m3 3 6 6M9 3 3 9" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
  person: (
    <>
      <circle cx="6" cy="3.6" r="2.3" fill="currentColor" />
      <path d="M1.5 11a4.5 4.5 0 0 1 9 0Z" fill="currentColor" />
    </>
  ),
  dash: <path d="M2.5 6h7" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
  back: (
    <path d="M5 2.5 2 5.5l3 3M2.5 5.5H8a2.5 2.5 0 0 1 0 5H6" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
  ),
}

/** A state as shape and word in its colour; as a badge it has a washed ground. */
export function StateMark({ look, isBadge = false, isWordHidden = false }: { look: Look; isBadge?: boolean; isWordHidden?: boolean }) {
  return (
    <span className={[css['mark'], css[look.tone], isBadge ? css['badge'] : ''].join(' ')}>
      <svg className={css['shape']} viewBox="0 0 12 12" aria-hidden="true">
        {paths[look.shape]}
      </svg>
      <span className={isWordHidden ? 'sr' : undefined}>{look.word}</span>
    </span>
  )
}

/** The class that sets `--mark`, `--ink` and `--wash` to a tone's colours. */
export function toneClass(tone: Tone): string {
  return css[tone] ?? ''
}
