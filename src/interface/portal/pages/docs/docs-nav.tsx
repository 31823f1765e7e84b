import { Link } from '@tanstack/react-router'
import type { DocsNavItem, EntityParams } from '../../api/docs-queries.ts'
import { docsHref, holdsPage } from './docs-places.ts'
import css from './docs.module.css'

interface DocsNavProps {
  of: EntityParams
  nav: readonly DocsNavItem[]
  /** The page that is open. */
  path: string
}

/** The pages in their sections, at the left; on narrow screens folded above the page. */
export function DocsNav({ of, nav, path }: DocsNavProps) {
  return (
    <div className={css['side']}>
      <details className={css['fold']}>
        <summary>All pages</summary>
        <nav aria-label="Pages, folded">
          <Items of={of} items={nav} path={path} />
        </nav>
      </details>
      <nav aria-label="Pages" className={css['tree']}>
        <Items of={of} items={nav} path={path} />
      </nav>
    </div>
  )
}

function Items({ of, items, path }: { of: EntityParams; items: readonly DocsNavItem[]; path: string }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={`${item.title}${item.path ?? item.url ?? ''}`}>
          <Item of={of} item={item} path={path} />
        </li>
      ))}
    </ul>
  )
}

function Item({ of, item, path }: { of: EntityParams; item: DocsNavItem; path: string }) {
  if (item.children !== undefined) {
    return (
      <details open={item.children.length < 40 || holdsPage(item, path)}>
        <summary>{item.title}</summary>
        <Items of={of} items={item.children} path={path} />
      </details>
    )
  }
  if (item.url !== undefined) {
    return (
      <a href={/^https?:\/\//.test(item.url) ? item.url : undefined} target="_blank" rel="noreferrer">
        {item.title} <span aria-label="on another site">↗</span>
      </a>
    )
  }
  return (
    <Link to={docsHref(of, item.path)} {...(item.path === path ? { 'aria-current': 'page' as const } : {})}>
      {item.title}
    </Link>
  )
}
