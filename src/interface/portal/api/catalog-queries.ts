import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { InputOf, Operations } from '#contract'
import { api } from './client.ts'

export type EntityPage = Operations['entities.list']['output']
export type ListedEntity = EntityPage['items'][number]
export type SavedView = Operations['views.list']['output']['items'][number]
export type CatalogLocation = Operations['locations.list']['output']['items'][number]
export type LocationPreview = Operations['locations.create']['output']
export type EntityGraph = Operations['entities.graph']['output']
export type GraphNode = EntityGraph['nodes'][number]
export type GraphEdge = EntityGraph['edges'][number]

type Filter = Pick<NonNullable<InputOf<'entities.list'>['query']>, 'kind' | 'type' | 'lifecycle' | 'owner' | 'system' | 'tag' | 'filter' | 'q'>
type GraphQuery = NonNullable<InputOf<'entities.graph'>['query']>

/** Entities that are asked for at once. */
export const PAGE_SIZE = 100

/** What a row of a list shows; the rest of a descriptor stays where it is. */
const listFields = [
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.title',
  'metadata.description',
  'metadata.tags',
  'metadata.annotations.backstage.io/orphan',
  'spec.type',
  'spec.owner',
  'spec.lifecycle',
  'spec.system',
  'spec.profile.displayName',
  'status.items',
].join(',')

/** What the pages of the catalog read. The first member of each key is the topic that live events refresh. */
export const catalogQueries = {
  list: (filter: Filter, orderBy: string[]) =>
    infiniteQueryOptions({
      queryKey: ['entities', 'list', filter, orderBy],
      queryFn: ({ signal, pageParam }) =>
        api.call('entities.list', { query: { ...filter, orderBy, fields: listFields, limit: PAGE_SIZE, cursor: pageParam } }, { signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  count: () =>
    queryOptions({
      queryKey: ['entities', 'count'],
      queryFn: async ({ signal }) => (await api.call('entities.list', { query: { limit: 1, fields: 'kind' } }, { signal })).total,
    }),
  facets: (filter: Filter, facet: string[]) =>
    queryOptions({
      queryKey: ['entities', 'facets', filter, facet],
      queryFn: async ({ signal }) => (await api.call('entities.facets', { query: { ...filter, facet } }, { signal })).facets,
      placeholderData: keepPreviousData,
    }),
  graph: (query: GraphQuery) =>
    queryOptions({
      queryKey: ['entities', 'graph', query],
      queryFn: ({ signal }) => api.call('entities.graph', { query }, { signal }),
      placeholderData: keepPreviousData,
    }),
  views: () => queryOptions({ queryKey: ['views'], queryFn: ({ signal }) => api.call('views.list', {}, { signal }), staleTime: 60_000 }),
  locations: (builtIn: 'true' | 'false' | undefined) =>
    infiniteQueryOptions({
      queryKey: ['locations', 'list', builtIn],
      queryFn: ({ signal, pageParam }) => api.call('locations.list', { query: { builtIn, limit: 100, cursor: pageParam } }, { signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  location: (id: string) =>
    queryOptions({ queryKey: ['locations', 'one', id], queryFn: ({ signal }) => api.call('locations.get', { params: { id } }, { signal }) }),
}

/** A page of what matches, for an export: 500 at a time. */
export async function entitiesForExport(filter: Filter, orderBy: string[], cursor: string | undefined, signal: AbortSignal): Promise<EntityPage> {
  return await api.call('entities.list', { query: { ...filter, orderBy, fields: listFields, limit: 500, cursor } }, { signal })
}

/** Has the location of an entity read again, by Backstage's route. */
export async function refreshEntity(entityRef: string): Promise<void> {
  await api.raw('/api/catalog/refresh', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ entityRef }) })
}
