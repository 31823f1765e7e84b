import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { docsQueries, type DocsNavItem, type EntityParams } from '../../api/docs-queries.ts'
import { useInSight } from '../../ui/in-sight.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { docsHref } from '../docs/docs-places.ts'
import { DocsHint } from '../docs/docs-hint.tsx'
import { Staleness } from '../docs/staleness.tsx'
import css from './entity.module.css'

/** So many pages are named here; the rest is one click away. */
const NAMED = 8

/** Its documentation: whether it still tells of the code, and the first of its pages. */
export function DocsPart({ of, withHint = false }: { of: EntityParams; withHint?: boolean }) {
  const [ref, isSeen] = useInSight<HTMLDivElement>()
  const site = useQuery({ ...docsQueries.site(of), enabled: isSeen })
  const pages = site.data === undefined ? [] : pagesOf(site.data.nav)
  return (
    <div ref={ref}>
      {site.data === undefined ? (
        withHint ? (
          <Section title="Docs" id="docs">
            <EmptyState title={site.isError ? 'No docs yet' : 'Loading the docs'}>
              <DocsHint />
            </EmptyState>
          </Section>
        ) : null
      ) : (
        <Section title="Docs" id="docs" actions={<Link to={docsHref(of)}>Read them</Link>}>
          <p className="dim">
            <Staleness site={site.data} />
          </p>
          <ul className={css['pages']}>
            {pages.slice(0, NAMED).map((page) => (
              <li key={page.path}>
                <Link to={docsHref(of, page.path)}>{page.title}</Link>
              </li>
            ))}
            {pages.length > NAMED ? (
              <li>
                <Link to={docsHref(of)}>{pages.length - NAMED} more</Link>
              </li>
            ) : null}
          </ul>
        </Section>
      )}
    </div>
  )
}

function pagesOf(nav: readonly DocsNavItem[]): { path: string; title: string }[] {
  return nav.flatMap((item) => [...(item.path === undefined ? [] : [{ path: item.path, title: item.title }]), ...pagesOf(item.children ?? [])])
}
