import type { EntityGraph, SavedView, CatalogLocation } from '../api/catalog-queries.ts'
import type { Entity } from '../api/shapes.ts'
import { parseRef } from '../format/reference.ts'
import type { Answer, Asked } from './answers.ts'
import { hex } from './fixtures/moments.ts'
import { catalogLocations } from './fixtures/locations.ts'
import type { World } from './world.ts'

interface Kept {
  views: SavedView[]
  locations: CatalogLocation[]
}

const kept = new WeakMap<World, Kept>()
const ok = (body: unknown, status = 200): Answer => ({ status, body })
const refused = (status: number, code: string, detail: string): Answer => ({
  status,
  body: { type: `https://fairway.dev/errors#${code}`, title: 'Refused', status, detail, code, requestId: `req_${hex(status, 12)}` },
})

function of(world: World): Kept {
  const known = kept.get(world) ?? { views: [], locations: world.entities.length === 0 ? [] : catalogLocations() }
  kept.set(world, known)
  return known
}

const refOf = ({ kind, metadata }: Entity): string => `${kind.toLowerCase()}:${metadata.namespace ?? 'default'}/${metadata.name}`
const refIn = (value: unknown, kind: string): string[] => {
  if (typeof value !== 'string' || value === '') return []
  const parts = parseRef(value, kind)
  return [`${parts.kind}:${parts.namespace}/${parts.name}`]
}
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : typeof value === 'string' ? [value] : [])

/** The values that an entity has for a field, as the catalog's index knows them. */
function valuesOf(entity: Entity, field: string): string[] {
  const metadata = entity.metadata as Record<string, unknown>
  if (field === 'kind') return [entity.kind]
  if (field === 'relations.ownedBy') return refIn(entity.spec?.['owner'], 'group')
  if (field === 'relations.partOf') return refIn(entity.spec?.['system'], 'system')
  if (field === 'metadata.tags') return texts(metadata['tags'])
  if (field === 'status.items.level') return ((entity as { status?: { items: { level: string }[] } }).status?.items ?? []).map(({ level }) => level)
  if (field.startsWith('metadata.annotations.'))
    return texts((metadata['annotations'] as Record<string, unknown> | undefined)?.[field.slice('metadata.annotations.'.length)])
  const [part = '', name = ''] = field.split('.')
  return texts(part === 'spec' ? entity.spec?.[name] : metadata[name])
}

const byParameter: [string, string, string?][] = [
  ['kind', 'kind'],
  ['type', 'spec.type'],
  ['lifecycle', 'spec.lifecycle'],
  ['tag', 'metadata.tags'],
  ['owner', 'relations.ownedBy', 'group'],
  ['system', 'relations.partOf', 'system'],
]

function matching(world: World, query: URLSearchParams): Entity[] {
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const wanted = byParameter.flatMap(([name, field, kind]) => {
    const values = query
      .getAll(name)
      .flatMap((text) => text.split(','))
      .flatMap((text) => (kind === undefined ? [text] : refIn(text, kind)))
    return values.length === 0 ? [] : [{ field, values: values.map((value) => value.toLowerCase()) }]
  })
  for (const term of query.getAll('filter').flatMap((text) => text.split(','))) {
    const [field = '', value] = term.split('=')
    const same = wanted.find((each) => each.field === field)
    if (same !== undefined && value !== undefined) same.values.push(value.toLowerCase())
    else wanted.push({ field, values: value === undefined ? [] : [value.toLowerCase()] })
  }
  return world.entities.filter((entity) => {
    const text = [entity.metadata.name, entity.metadata.description ?? '', ...valuesOf(entity, 'relations.ownedBy'), ...valuesOf(entity, 'spec.type')]
      .join(' ')
      .toLowerCase()
    return (
      words.every((word) => text.includes(word)) &&
      wanted.every(({ field, values }) => {
        const has = valuesOf(entity, field).map((value) => value.toLowerCase())
        return values.length === 0 ? has.length > 0 : has.some((value) => values.includes(value))
      })
    )
  })
}

function listed(world: World, query: URLSearchParams): Answer {
  const [order = 'metadata.name,asc'] = query.getAll('orderBy')
  const [field = '', direction] = order.split(',')
  const key = (entity: Entity): string => valuesOf(entity, field)[0]?.toLowerCase() ?? '\uFFFF'
  const all = matching(world, query).sort((a, b) => (direction === 'desc' ? -1 : 1) * key(a).localeCompare(key(b)))
  const from = Number(query.get('cursor') ?? 0)
  const to = from + Number(query.get('limit') ?? 50)
  return ok({ items: all.slice(from, to), nextCursor: to < all.length ? String(to) : null, total: all.length })
}

function counted(world: World, query: URLSearchParams): Answer {
  const all = matching(world, query)
  const facets = query.getAll('facet').map((field) => {
    const counts = new Map<string, number>()
    for (const entity of all) for (const value of valuesOf(entity, field)) counts.set(value, (counts.get(value) ?? 0) + 1)
    return [field, Array.from(counts, ([value, count]) => ({ value, count })).sort((a, b) => a.value.localeCompare(b.value))] as const
  })
  return ok({ facets: Object.fromEntries(facets), total: all.length })
}

function graphOf(world: World, query: URLSearchParams): Answer {
  const byRef = new Map(world.entities.map((entity) => [refOf(entity), entity]))
  const edges = world.entities.flatMap((entity) => [
    ...valuesOf(entity, 'relations.ownedBy').map((target) => ({ source: refOf(entity), type: 'ownedBy', target })),
    ...valuesOf(entity, 'relations.partOf').map((target) => ({ source: refOf(entity), type: 'partOf', target })),
    ...texts(entity.spec?.['dependsOn']).map((target) => ({ source: refOf(entity), type: 'dependsOn', target })),
    ...texts(entity.spec?.['providesApis'])
      .flatMap((name) => refIn(name, 'api'))
      .map((target) => ({ source: refOf(entity), type: 'providesApi', target })),
    ...texts(entity.spec?.['consumesApis'])
      .flatMap((name) => refIn(name, 'api'))
      .map((target) => ({ source: refOf(entity), type: 'consumesApi', target })),
    ...texts(entity.spec?.['memberOf'])
      .flatMap((name) => refIn(name, 'group'))
      .map((target) => ({ source: refOf(entity), type: 'memberOf', target })),
  ])
  const types = (query.get('types') ?? '').split(',').filter(Boolean)
  const followed = edges.filter((edge) => types.length === 0 || types.includes(edge.type))
  const limit = Number(query.get('limit') ?? 200)
  const roots = query.getAll('root').flatMap((text) => text.split(','))
  const seen = new Set(roots.length > 0 ? roots : matching(world, query).slice(0, limit).map(refOf))
  let isTruncated = roots.length === 0 && matching(world, query).length > seen.size
  for (let step = 0; roots.length > 0 && step < Number(query.get('depth') ?? 1); step += 1) {
    for (const ref of followed.flatMap((edge) => (seen.has(edge.source) ? [edge.target] : seen.has(edge.target) ? [edge.source] : []))) {
      if (seen.size < limit) seen.add(ref)
      else if (!seen.has(ref)) isTruncated = true
    }
  }
  const nodes = Array.from(seen, (ref): EntityGraph['nodes'][number] => {
    const entity = byRef.get(ref)
    const { kind, namespace, name } = parseRef(ref)
    const first = (field: string): string | null => (entity === undefined ? null : (valuesOf(entity, field)[0] ?? null))
    return {
      ref,
      kind: entity?.kind ?? kind,
      name,
      namespace,
      title: entity?.metadata.title ?? name,
      type: first('spec.type'),
      owner: first('relations.ownedBy'),
      lifecycle: first('spec.lifecycle'),
      hasProblems: first('status.items.level') !== null,
      isMissing: entity === undefined,
    }
  })
  const total = roots.length > 0 ? roots.length : matching(world, query).length
  return ok({ nodes, edges: followed.filter((edge) => seen.has(edge.source) && seen.has(edge.target)), isTruncated, total } satisfies EntityGraph)
}

function saved(world: World, body: Record<string, unknown>, id: string): SavedView | undefined {
  const { views } = of(world)
  const name = String(body['name'])
  if (views.some((view) => view.id !== id && view.name.toLowerCase() === name.toLowerCase())) return undefined
  const owner = world.me.principal
  const known = views.find((view) => view.id === id)
  const view: SavedView = {
    id,
    page: 'catalog',
    name,
    search: String(body['search']),
    columns: texts(body['columns']),
    isShared: body['isShared'] === true,
    owner,
    isOwn: true,
    updatedAt: new Date().toISOString(),
  }
  if (known === undefined) views.push(view)
  else Object.assign(known, view)
  return view
}

/** What the invented platform answers about the catalog as a whole. */
export const catalogHandlers: readonly [string, (asked: Asked, world: World, parts: string[]) => Answer][] = [
  ['GET /entities', ({ query }, world) => listed(world, query)],
  ['GET /entities/facets', ({ query }, world) => counted(world, query)],
  ['GET /entities/graph', ({ query }, world) => graphOf(world, query)],
  ['GET /views', (_, world) => ok({ items: of(world).views })],
  [
    'POST /views',
    ({ body }, world) => {
      const view = saved(world, body, `viw_${of(world).views.length + 1}`)
      return view === undefined ? refused(409, 'platform.view.name_taken', `you have a view called "${String(body['name'])}" already`) : ok(view, 201)
    },
  ],
  ['PUT /views/*', ({ body }, world, [id = '']) => ok(saved(world, body, id))],
  ['DELETE /views/*', (_, world, [id]) => ((of(world).views = of(world).views.filter((view) => view.id !== id)), ok(undefined, 204))],
  [
    'GET /locations',
    ({ query }, world) => {
      const isBuiltIn = query.get('builtIn')
      const items = of(world).locations.filter((location) => isBuiltIn === null || String(location.isBuiltIn) === isBuiltIn)
      return ok({ items, nextCursor: null, total: items.length })
    },
  ],
  [
    'POST /locations',
    ({ body }, world) => {
      const target = String(body['target'])
      const { locations } = of(world)
      if (!target.startsWith('https://')) return refused(400, 'platform.location.bad_target', `"${target}" can not be a location: it is no address`)
      const [first] = catalogLocations()
      if (first === undefined) throw new Error('no location to be like')
      const made: CatalogLocation = {
        ...first,
        id: `loc_${locations.length}`,
        target,
        state: 'reading',
        problems: [],
        entityCount: 2,
        addedBy: world.me.principal,
      }
      if (body['dryRun'] === true)
        return ok(
          {
            ...made,
            id: `dry-run:${target}`,
            state: 'ok',
            entities: ['refunds', 'disputes'].map((name) => ({ ref: `component:default/${name}`, file: `${name}/catalog-info.yaml` })),
          },
          201,
        )
      locations.unshift(made)
      return ok(made, 201)
    },
  ],
  [
    'GET /locations/*',
    (_, world, [id]) => {
      const found = of(world).locations.find((location) => location.id === id)
      return found === undefined ? refused(404, 'platform.location.not_found', `there is no location "${id ?? ''}"`) : ok(found)
    },
  ],
  [
    'POST /locations/*/refresh',
    (_, world, [id]) => {
      const found = of(world).locations.find((location) => location.id === id)
      if (found !== undefined) Object.assign(found, { state: 'reading' })
      return ok(found, 202)
    },
  ],
  ['DELETE /locations/*', (_, world, [id]) => ((of(world).locations = of(world).locations.filter((location) => location.id !== id)), ok(undefined, 204))],
]
