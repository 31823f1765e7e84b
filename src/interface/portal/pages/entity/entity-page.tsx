import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { EntityFacts, Problems, RelationsPart } from './entity-parts.tsx'

const route = getRouteApi('/app/entities/$kind/$namespace/$name')

/** Any entity: what it says of itself, what it is related to, where it comes from. */
export function EntityPage() {
  const { kind, namespace, name } = route.useParams()
  const query = useQuery(queries.entity(kind, namespace, name))
  const entity = query.data?.entity
  return (
    <Page
      title={entity?.metadata.title ?? name}
      above={
        <>
          <Link to="/catalog">Catalog</Link> / {entity?.kind ?? kind}
        </>
      }
      about={entity?.metadata.description ?? ' '}
    >
      <QueryView query={query} what={kind} skeleton={<RowSkeletons rows={6} />}>
        {(detail) => (
          <>
            <Problems detail={detail} />
            <EntityFacts detail={detail} />
            <RelationsPart detail={detail} />
          </>
        )}
      </QueryView>
    </Page>
  )
}
