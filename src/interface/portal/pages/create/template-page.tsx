import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { TemplateForm } from './template-form.tsx'

const route = getRouteApi('/app/create/$namespace/$name')

/** One golden path: its form, and live what it would make. */
export function TemplatePage() {
  const { namespace, name } = route.useParams()
  const template = useQuery(queries.template(namespace, name))
  return (
    <Page title={template.data?.title ?? 'Create'} above={<Link to="/create">Create</Link>} about={template.data?.description ?? ' '}>
      <QueryView query={template} what="golden path" skeleton={<RowSkeletons rows={8} height={64} />}>
        {(data) => <TemplateForm key={data.ref} template={data} />}
      </QueryView>
    </Page>
  )
}
