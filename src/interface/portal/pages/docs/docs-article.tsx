import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { DocsPageText, EntityParams } from '../../api/docs-queries.ts'
import { Markdown } from '../../parts/markdown/markdown.tsx'
import { Age } from '../../ui/age.tsx'
import { ShortId } from '../../ui/short-id.tsx'
import { docsHref, docsPlaces } from './docs-places.ts'
import css from './docs.module.css'

/** One page: its text, what is in it, who wrote it last, and the pages before and after. */
export function DocsArticle({ of: { kind, namespace, name }, page }: { of: EntityParams; page: DocsPageText }) {
  const places = useMemo(() => docsPlaces({ kind, namespace, name }, page.path), [kind, namespace, name, page.path])
  const of = { kind, namespace, name }
  return (
    <div className={css['read']}>
      <article className={css['article']} aria-label={page.title}>
        <Markdown key={page.path} text={page.markdown} base={2} idPrefix="" withoutTitle={page.title} places={places} />
        <footer className={css['foot']}>
          <p className="dim">
            {page.author === '' ? 'Last written' : `Last written by ${page.author}`} <Age at={page.updatedAt} />, <ShortId id={page.commit} label="commit" />
            {' · '}
            <EditLink href={page.editUrl} />
          </p>
          <nav className={css['turns']} aria-label="Pages before and after">
            <Turn of={of} page={page.previous} word="Previous" />
            <Turn of={of} page={page.next} word="Next" />
          </nav>
        </footer>
      </article>
      <Contents page={page} />
    </div>
  )
}

/** A file of the built-in Git host opens in the portal's editor. */
function EditLink({ href }: { href: string }) {
  const here = href.startsWith(`${window.location.origin}/`) ? href.slice(window.location.origin.length) : href.startsWith('/') ? href : undefined
  if (here !== undefined) return <Link to={here}>Edit this page</Link>
  if (!/^https?:\/\//.test(href)) return null
  return (
    <a href={href} target="_blank" rel="noreferrer">
      Edit this page
    </a>
  )
}

function Turn({ of, page, word }: { of: EntityParams; page: DocsPageText['next']; word: 'Previous' | 'Next' }) {
  if (page === null) return <span />
  return (
    <Link to={docsHref(of, page.path)} className={css['turn']} data-turn={word}>
      <span className="dim">{word}</span>
      {page.title}
    </Link>
  )
}

function Contents({ page }: { page: DocsPageText }) {
  const headings = page.headings.filter((heading, at) => heading.level <= 3 && !(at === 0 && heading.level === 1))
  if (headings.length < 2) return null
  return (
    <nav className={css['contents']} aria-label="On this page">
      <p className="dim">On this page</p>
      {headings.map((heading) => (
        <a key={heading.id} href={`#${heading.id}`} data-level={heading.level}>
          {heading.text}
        </a>
      ))}
    </nav>
  )
}
