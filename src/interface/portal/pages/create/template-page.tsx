import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { campaignQueries } from '../../api/campaign-queries.ts'
import { queries } from '../../api/queries.ts'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { childrenSentence } from '../campaigns/campaign-look.ts'

/** The form engine is by far the most of this page: it loads beside the template itself. */
const TemplateForm = lazy(async () => ({ default: (await import('./template-form.tsx')).TemplateForm }))
const ChildrenPart = lazy(async () => ({ default: (await import('../campaigns/children-part.tsx')).ChildrenPart }))
const route = getRouteApi('/app/create/$namespace/$name')

/** One golden path: its form, and live what it would make. */
export function TemplatePage() {
  const { namespace, name } = route.useParams()
  const template = useQuery(queries.template(namespace, name))
  const children = useQuery(campaignQueries.children(namespace, name)).data
  return (
    <Page
      title={template.data?.title ?? 'Create'}
      above={<Link to="/create">Create</Link>}
      about={template.data?.description ?? ' '}
      actions={
        children === undefined || children.items.length === 0 ? undefined : (
          <a href="#children" style={{ fontSize: 13, textDecoration: 'underline' }}>
            {childrenSentence(children)}
          </a>
        )
      }
    >
      <QueryView query={template} what="golden path" skeleton={<RowSkeletons rows={8} height={64} />}>
        {(data) => (
          <>
            <Suspense fallback={<RowSkeletons rows={8} height={64} />}>
              <TemplateForm key={data.ref} template={data} />
            </Suspense>
            <Suspense fallback={<RowSkeletons rows={3} height={44} />}>
              <ChildrenPart namespace={namespace} name={name} />
            </Suspense>
          </>
        )}
      </QueryView>
    </Page>
  )
}
