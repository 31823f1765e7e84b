import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { docsQueries, type EntityParams } from '../../api/docs-queries.ts'
import { plural } from '../../format/quantity.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { docsHref } from './docs-places.ts'
import css from './docs.module.css'

/** The pages in which the words stand, with the place around them. */
export function DocsFound({ of, q }: { of: EntityParams; q: string }) {
  const found = useQuery(docsQueries.search(of, q))
  return (
    <QueryView query={found} what="pages">
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title={`No page has “${q}”`}>Every word has to stand in a page, or begin one of its words.</EmptyState>
        ) : (
          <div role="region" aria-label="Found pages">
            <p className="dim" role="status">
              {plural(items.length, 'page')} with “{q}”
            </p>
            <ul className={css['found']}>
              {items.map((item) => (
                <li key={item.path} data-row={docsHref(of, item.path)} tabIndex={-1}>
                  <Link to={docsHref(of, item.path)} className={css['foundTitle']}>
                    {item.title}
                  </Link>
                  <p className="dim">
                    <Excerpt text={item.excerpt} />
                  </p>
                </li>
              ))}
            </ul>
          </div>
        )
      }
    </QueryView>
  )
}

/** The server puts what it found between « and ». */
function Excerpt({ text }: { text: string }) {
  // oxlint-disable-next-line react/no-array-index-key -- a piece is its place
  return text.split(/«([^»]*)»/).map((piece, at) => (at % 2 === 1 ? <mark key={at}>{piece}</mark> : piece))
}
