import { Button } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { catalogQueries } from '../../api/catalog-queries.ts'
import { queries } from '../../api/queries.ts'
import { without } from '../../app/search.ts'
import { plural } from '../../format/quantity.ts'
import { parseRef, shortRef } from '../../format/reference.ts'
import { Choice, FilterBar, FilterInput } from '../../ui/filters.tsx'
import { healthLook, worstHealth, type Look } from '../../ui/looks.ts'
import { EmptyState, Strip } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { filtersOf, type CatalogSearch } from '../catalog/catalog-search.ts'
import { EdgeTable } from './edge-table.tsx'
import { GraphCanvas } from './graph-canvas.tsx'
import { GraphLegend } from './graph-legend.tsx'
import { graphQueries, listOf, toggledList, type GraphSearch } from './graph-search.ts'
import { mergeGraphs } from './merge-graphs.ts'

const route = getRouteApi('/app/graph')
const ownMembers = ['root', 'depth', 'types', 'hide', 'open', 'as', 'max'] as const

/** What is related to what: around some entities, or among those that a filter of the catalog shows. */
export function GraphPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const me = useQuery(queries.me()).data
  const roots = useMemo(() => listOf(search.root), [search.root])
  const open = useMemo(() => listOf(search.open), [search.open])
  const asked = graphQueries(search, me)
  const base = useQuery({ ...catalogQueries.graph(asked.base), enabled: me !== undefined || !/\bme\b/.test(search.owner ?? '') })
  const expanded = useQueries({ queries: asked.expanded.map((query) => catalogQueries.graph(query)), combine: dataOf })
  const whole = useMemo(() => (base.data === undefined ? undefined : mergeGraphs([base.data, ...expanded])), [base.data, expanded])
  const picture = useMemo(() => (whole === undefined ? undefined : mergeGraphs([whole], listOf(search.hide))), [whole, search.hide])
  const health = useHealth()
  const set = (next: GraphSearch): void => void navigate({ search: next, replace: true, resetScroll: false })
  const setOne = (name: keyof GraphSearch, value: string | undefined): void =>
    set((value === undefined || value === '' ? without(search, name) : { ...search, [name]: value }) as GraphSearch)
  const filter: CatalogSearch = without(search, ...ownMembers)
  const title =
    roots.length === 0 ? 'Graph' : roots.length === 1 ? `Around ${shortRef(roots[0] ?? '')}` : `Around ${plural(roots.length, 'entity', 'entities')}`
  return (
    <Page
      title={title}
      above={
        <>
          <Link to="/catalog" search={filter}>
            Catalog
          </Link>{' '}
          / Graph
        </>
      }
      actions={
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/catalog" search={filter} />}>
          {roots.length === 0 ? 'Alter the filter in the table' : 'Open the table'}
        </Button>
      }
    >
      <FilterBar>
        {roots.length === 0 ? <FilterInput label="Search the graph" value={search.q ?? ''} delayMs={150} onChange={(value) => setOne('q', value)} /> : null}
        {roots.length > 0 ? (
          <Choice
            label="Steps"
            value={String(search.depth ?? 2)}
            choices={[1, 2, 3, 4].map((steps) => ({ value: String(steps), title: plural(steps, 'step') }))}
            onChange={(value) => set(value === '2' ? without(search, 'depth') : { ...search, depth: Number(value) })}
          />
        ) : null}
        <Choice
          label="Shown as"
          value={search.as ?? 'graph'}
          choices={[
            { value: 'graph', title: 'Picture' },
            { value: 'list', title: 'List' },
          ]}
          onChange={(value) => setOne('as', value === 'list' ? 'list' : undefined)}
        />
        <span className="dim num" role="status">
          {picture === undefined ? '' : `${plural(picture.nodes.length, 'entity', 'entities')}, ${plural(picture.edges.length, 'relation')}`}
        </span>
      </FilterBar>
      <QueryView query={base} what="graph" skeleton={<RowSkeletons rows={10} height={48} />}>
        {(data) =>
          picture === undefined || whole === undefined ? null : (
            <>
              <GraphLegend picture={whole} search={search} onChange={set} />
              {data.isTruncated ? (
                <Strip tone="amber">
                  {roots.length === 0
                    ? `The first ${data.nodes.length} of ${plural(data.total, 'entity', 'entities')} are shown: narrow the filter`
                    : `More is around: ${data.nodes.length} are shown. Take fewer steps or relations`}
                  {search.max === 'yes' ? '.' : ', or '}
                  {search.max === 'yes' ? null : (
                    <Button size="compact-xs" variant="default" onClick={() => setOne('max', 'yes')}>
                      Show up to 2,000
                    </Button>
                  )}
                </Strip>
              ) : null}
              {picture.nodes.length === 0 ? (
                <EmptyState
                  title={
                    whole.nodes.length > 0 ? 'All of it is hidden' : Object.keys(filtersOf(filter)).length > 0 ? 'Nothing is like that' : 'The catalog is empty'
                  }
                  action={
                    whole.nodes.length > 0 ? (
                      <Button variant="default" onClick={() => setOne('hide', undefined)}>
                        Show all kinds
                      </Button>
                    ) : (
                      <Button variant="default" component={Link} to="/catalog">
                        Open the catalog
                      </Button>
                    )
                  }
                >
                  {whole.nodes.length > 0
                    ? 'Each kind in this graph was taken out.'
                    : 'The graph shows entities of the catalog and what they say of each other.'}
                </EmptyState>
              ) : search.as === 'list' ? (
                <EdgeTable picture={picture} />
              ) : (
                <GraphCanvas picture={picture} roots={roots} open={open} health={health} onOpen={(ref) => setOne('open', toggledList(search.open, ref))} />
              )}
            </>
          )
        }
      </QueryView>
    </Page>
  )
}

function dataOf<T>(results: { data: T | undefined }[]): T[] {
  return results.flatMap((result) => result.data ?? [])
}

/** How components do that run: the worst over their environments. */
function useHealth(): ReadonlyMap<string, Look> {
  const rows = useQuery(queries.matrix()).data?.rows
  return useMemo(() => {
    const known = (rows ?? []).map((row) => {
      const { kind, namespace, name } = parseRef(row.component)
      return [
        `${kind}:${namespace}/${name}`,
        worstHealth(Object.values(row.cells).flatMap((cell) => (cell === null || cell === undefined ? [] : [cell.health]))),
      ] as const
    })
    return new Map(known.filter(([, health]) => health !== 'off').map(([ref, health]) => [ref, healthLook(health)]))
  }, [rows])
}
