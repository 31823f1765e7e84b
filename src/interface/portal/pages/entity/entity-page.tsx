import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { entityQueries } from '../../api/entity-queries.ts'
import { queries } from '../../api/queries.ts'
import { rememberPlace } from '../../app/recent.ts'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { AsOfBanner } from './as-of.tsx'
import { DefinitionPart } from './definition-part.tsx'
import { DocsPart } from './docs-part.tsx'
import { EditLink } from './edit-link.tsx'
import { EntityFacts } from './entity-facts.tsx'
import { HistoryPart } from './history-part.tsx'
import { LineagePart } from './lineage-part.tsx'
import { Problems } from './problems.tsx'
import { RelationsPart } from './relations-part.tsx'
import { SpecPart } from './spec-part.tsx'

const route = getRouteApi('/app/entities/$kind/$namespace/$name')

/** Any entity: what it says of itself, what it is related to, where it comes from, and how it came to be so. */
export function EntityPage() {
  const of = route.useParams()
  const { kind, namespace, name } = of
  const { asOf } = route.useSearch()
  const navigate = route.useNavigate()
  const now = useQuery({ ...queries.entity(kind, namespace, name), enabled: asOf === undefined })
  const past = useQuery({ ...entityQueries.past(of, asOf ?? ''), enabled: asOf !== undefined })
  const query = asOf === undefined ? now : past
  const entity = query.data?.entity
  const title = entity?.metadata.title ?? name
  const setAsOf = (value: string | undefined): void => void navigate({ search: value === undefined ? {} : { asOf: value } })
  useEffect(() => rememberPlace({ to: `/entities/${kind}/${namespace}/${name}`, title: name }), [kind, namespace, name])
  return (
    <Page
      title={title}
      above={
        <>
          <Link to="/catalog">Catalog</Link> /{' '}
          <Link to="/catalog" search={{ kind: entity?.kind ?? kind }}>
            {entity?.kind ?? kind}
          </Link>
        </>
      }
      about={entity?.metadata.description ?? ' '}
      actions={query.data === undefined || asOf !== undefined ? undefined : <EditLink source={query.data.source} />}
    >
      {asOf === undefined ? null : <AsOfBanner asOf={asOf} onChange={setAsOf} />}
      <QueryView query={query} what={kind} skeleton={<RowSkeletons rows={6} />}>
        {(detail) => (
          <>
            <Problems detail={detail} />
            <EntityFacts detail={detail} isPast={asOf !== undefined} />
            <DefinitionPart detail={detail} />
            <RelationsPart key={asOf ?? ''} detail={detail} />
            {asOf === undefined && mayHaveDocs(detail.entity) ? <DocsPart of={of} /> : null}
            {asOf === undefined && kind.toLowerCase() === 'component' ? <LineagePart namespace={namespace} name={name} /> : null}
            <SpecPart detail={detail} />
          </>
        )}
      </QueryView>
      <HistoryPart of={of} asOf={asOf} onAsOf={setAsOf} />
    </Page>
  )
}

/** Components and templates have what lies beside their descriptor; others only what they name. */
function mayHaveDocs({ kind, metadata }: { kind: string; metadata: object }): boolean {
  return (
    /^(?:component|template)$/i.test(kind) || (metadata as { annotations?: Record<string, string> }).annotations?.['backstage.io/techdocs-ref'] !== undefined
  )
}
