import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiProblem } from '../../api/problem.ts'
import { docsQueries, type EntityParams } from '../../api/docs-queries.ts'
import { rememberPlace } from '../../app/recent.ts'
import { entityHref } from '../../format/reference.ts'
import { FilterInput } from '../../ui/filters.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { DocsArticle } from './docs-article.tsx'
import { DocsFound } from './docs-found.tsx'
import { DocsNav } from './docs-nav.tsx'
import { docsHref } from './docs-places.ts'
import { NoDocs } from './no-docs.tsx'
import { Staleness } from './staleness.tsx'
import css from './docs.module.css'

const route = getRouteApi('/app/docs/$kind/$namespace/$name/$')

/** The documentation of an entity: its pages, their order, what is in them, and whether they still tell of the code. */
export function DocsPage() {
  const { kind, namespace, name, _splat } = route.useParams()
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const of = { kind, namespace, name }
  const site = useQuery(docsQueries.site(of))
  const path = _splat === undefined || _splat === '' ? undefined : _splat
  const page = useQuery({ ...docsQueries.page(of, path), enabled: !hasNone(site.error) })
  const title = site.data?.title ?? name
  useEffect(() => rememberPlace({ to: docsHref({ kind, namespace, name }), title: `${name}: docs` }), [kind, namespace, name])
  return (
    <Page
      title={page.data === undefined || page.data.title === title ? title : `${page.data.title} · ${title}`}
      heading={page.data?.title ?? title}
      above={<Trail of={of} site={title} />}
      about={site.data === undefined ? undefined : <Staleness site={site.data} />}
      actions={
        site.data === undefined ? undefined : (
          <FilterInput
            label="Search these docs"
            value={q}
            delayMs={150}
            onChange={(text) => void navigate({ search: text === '' ? {} : { q: text }, replace: true })}
          />
        )
      }
    >
      {hasNone(site.error) ? (
        <NoDocs of={of} />
      ) : (
        <QueryView query={site} what="documentation" skeleton={<RowSkeletons rows={8} />}>
          {(data) => (
            <div className={css['layout']}>
              <DocsNav of={of} nav={data.nav} path={page.data?.path ?? path ?? data.home} />
              {q.trim() === '' ? (
                <QueryView query={page} what="page of these docs" skeleton={<RowSkeletons rows={10} />}>
                  {(text) => <DocsArticle of={of} page={text} />}
                </QueryView>
              ) : (
                <DocsFound of={of} q={q} />
              )}
            </div>
          )}
        </QueryView>
      )}
    </Page>
  )
}

function Trail({ of, site }: { of: EntityParams; site: string }) {
  return (
    <>
      <Link to={entityHref(`${of.kind}:${of.namespace}/${of.name}`)}>{of.name}</Link> / <Link to={docsHref(of)}>{site === of.name ? 'Docs' : site}</Link>
    </>
  )
}

function hasNone(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 404
}
