import { useEffect, type ReactNode } from 'react'
import css from './page.module.css'

interface PageProps {
  /** For the browser's tab, and the heading when `heading` is not given. */
  title: string
  heading?: ReactNode
  above?: ReactNode
  about?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** The frame of a page: its one h1, a line about it, its actions at the right. */
export function Page({ title, heading, above, about, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Fairway`
  }, [title])
  return (
    <div className={css['page']}>
      <header className={css['head']}>
        <div className={css['titles']}>
          {above === undefined ? null : <div className={css['above']}>{above}</div>}
          <h1 className={css['title']}>{heading ?? title}</h1>
          {about === undefined ? null : <div className={css['about']}>{about}</div>}
        </div>
        {actions === undefined ? null : <div className={css['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

interface SectionProps {
  title: string
  id?: string
  count?: number | undefined
  actions?: ReactNode
  children: ReactNode
}

/** A titled part of a page; with an `id` it has an address of its own. */
export function Section({ title, id, count, actions, children }: SectionProps) {
  return (
    <section className={css['section']} id={id} aria-label={title}>
      <div className={css['sectionHead']}>
        <h2 className={css['sectionTitle']}>
          {title} {count === undefined ? null : <span className={css['count']}>{count}</span>}
        </h2>
        {actions === undefined ? null : <div className={css['sectionActions']}>{actions}</div>}
      </div>
      {children}
    </section>
  )
}

/** A bordered ground; never one in another. */
export function Panel({ children, isPadded = false, className = '' }: { children: ReactNode; isPadded?: boolean; className?: string }) {
  return <div className={`${css['panel']} ${isPadded ? css['padded'] : ''} ${className}`}>{children}</div>
}
