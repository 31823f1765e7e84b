import { Link } from '@tanstack/react-router'
import css from './shell.module.css'

/** The name, which leads home. */
export function Brand() {
  return (
    <Link to="/" className={css['brand']}>
      <svg className={css['glyph']} viewBox="0 0 20 20" aria-hidden="true">
        <rect width="20" height="20" rx="5" fill="var(--fw-text)" />
        <path d="M6 16V4.5L14.5 7.5 8 10" fill="none" stroke="var(--fw-page)" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      Fairway
    </Link>
  )
}
