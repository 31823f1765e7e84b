import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { entityQueries } from '../../api/entity-queries.ts'
import { queries } from '../../api/queries.ts'
import { rememberPlace } from '../../app/recent.ts'
import { IntentDialog } from '../../parts/promote/intent-dialog.tsx'
import type { Intent } from '../../parts/promote/intent.ts'
import { healthLook, worstHealth } from '../../ui/looks.ts'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { AsOfBanner } from '../entity/as-of.tsx'
import { DocsPart } from '../entity/docs-part.tsx'
import { EditLink } from '../entity/edit-link.tsx'
import { EntityFacts } from '../entity/entity-facts.tsx'
import { HistoryPart } from '../entity/history-part.tsx'
import { LineagePart } from '../entity/lineage-part.tsx'
import { Problems } from '../entity/problems.tsx'
import { RelationsPart } from '../entity/relations-part.tsx'
import { SpecPart } from '../entity/spec-part.tsx'
import { ChangesPart } from './changes-part.tsx'
import { ComponentHead } from './component-head.tsx'
import css from './component.module.css'
import { EnvironmentsPart } from './environments-part.tsx'
import { ReadmePart } from './readme-part.tsx'
import { ReleasesPart } from './releases-part.tsx'
import { repositoryOf } from './repository-of.ts'
import { ResourcesPart } from './resources-part.tsx'
import { RunsPart } from './runs-part.tsx'
import { SectionNav } from './section-nav.tsx'
import { SignalsPart } from './signals-part.tsx'
import { SlosPart } from './slos-part.tsx'

const route = getRouteApi('/app/components/$name')

/** Everything about one component, on one page: sections load when they come in sight, and each has an address. */
export function ComponentPage() {
  const { name } = route.useParams()
  const { asOf } = route.useSearch()
  const navigate = route.useNavigate()
  const of = { kind: 'component', namespace: 'default', name }
  const now = useQuery({ ...queries.entity('component', 'default', name), enabled: asOf === undefined })
  const past = useQuery({ ...entityQueries.past(of, asOf ?? ''), enabled: asOf !== undefined })
  const query = asOf === undefined ? now : past
  const setAsOf = (value: string | undefined): void => void navigate({ search: value === undefined ? {} : { asOf: value } })
  const matrix = useQuery(queries.matrix())
  const [intent, setIntent] = useState<Intent | null>(null)
  const row = matrix.data?.rows.find((each) => each.component === name)
  const healths = Object.values(row?.cells ?? {}).flatMap((cell) => (cell === null || cell === undefined ? [] : [cell.health]))
  const health = healths.length === 0 ? undefined : worstHealth(healths)
  const entity = query.data?.entity
  useEffect(() => rememberPlace({ to: `/components/${name}`, title: name }), [name])
  return (
    <Page
      title={name}
      above={<Link to="/catalog">Catalog</Link>}
      heading={
        <>
          {entity?.metadata.title ?? name} {health === undefined ? null : <StateMark look={healthLook(health)} isBadge />}
        </>
      }
      about={entity?.metadata.description ?? ' '}
      actions={query.data === undefined || asOf !== undefined ? undefined : <EditLink source={query.data.source} />}
    >
      {asOf === undefined ? null : (
        <AsOfBanner asOf={asOf} onChange={setAsOf}>
          What runs, and its changes, are those of now: they are left out.
        </AsOfBanner>
      )}
      <QueryView query={query} what="component" skeleton={<RowSkeletons rows={10} />}>
        {(detail) => (
          <>
            <Problems detail={detail} />
            <ComponentHead detail={detail} row={asOf === undefined ? row : undefined} />
            <div className={css['layout']}>
              <div>
                {asOf === undefined ? (
                  <>
                    <EnvironmentsPart component={name} matrix={matrix} onIntent={setIntent} />
                    <ChangesPart component={name} />
                    <RunsPart component={name} repository={repositoryOf(detail) ?? undefined} />
                    <ReleasesPart component={name} />
                    <SlosPart component={name} />
                    <SignalsPart component={name} environments={row === undefined ? [] : Object.keys(row.cells).filter((each) => row.cells[each] !== null)} />
                    <ResourcesPart component={name} />
                  </>
                ) : null}
                <RelationsPart detail={detail} title="Dependencies" />
                {asOf === undefined ? (
                  <>
                    <DocsPart of={of} withHint />
                    <ReadmePart detail={detail} />
                    <LineagePart namespace="default" name={name} />
                  </>
                ) : null}
                <EntityFacts detail={detail} isPast={asOf !== undefined} />
                <SpecPart detail={detail} />
                <HistoryPart of={of} asOf={asOf} onAsOf={setAsOf} />
              </div>
              <SectionNav />
            </div>
          </>
        )}
      </QueryView>
      {intent === null ? null : <IntentDialog intent={intent} onClose={() => setIntent(null)} />}
    </Page>
  )
}
