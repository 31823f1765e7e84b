import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Operations } from '#contract'
import { api } from './client.ts'
import type { EntityParams } from './docs-queries.ts'

export type Lineage = Operations['lineage.get']['output']
export type DescriptorCheck = Operations['entities.validate']['output']

export type HistoryItem = Operations['entities.history']['output']['items'][number]
/** Where a field has its value from, and who changed it last. */
export type FieldExplanation = Operations['entities.explain']['output']

/** What the page of one entity reads beside the entity. Refreshed by the topic `entities`. */
export const entityQueries = {
  /** The entity as it was at an instant. */
  past: (params: EntityParams, asOf: string) =>
    queryOptions({
      queryKey: ['entities', 'past', params, asOf],
      queryFn: ({ signal }) => api.call('entities.get', { params: { ...params }, query: { asOf } }, { signal }),
      staleTime: 300_000,
      retry: false,
    }),
  history: (params: EntityParams) =>
    infiniteQueryOptions({
      queryKey: ['entities', 'history', params],
      queryFn: ({ signal, pageParam }) => api.call('entities.history', { params: { ...params }, query: { limit: 30, cursor: pageParam } }, { signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      retry: false,
    }),
  explain: (params: EntityParams, field: string) =>
    queryOptions({
      queryKey: ['entities', 'explain', params, field],
      queryFn: ({ signal }) => api.call('entities.explain', { params: { ...params }, query: { field } }, { signal }),
      retry: false,
    }),
  /** What a descriptor would change, and what is wrong with it; writes nothing. */
  check: (text: string, file: string) =>
    queryOptions({
      queryKey: ['entities', 'check', file, text],
      queryFn: ({ signal }) => api.call('entities.validate', { body: { text, file } }, { signal }),
      placeholderData: keepPreviousData,
      gcTime: 10_000,
      retry: false,
    }),
  lineage: ({ namespace, name }: Pick<EntityParams, 'namespace' | 'name'>) =>
    queryOptions({
      queryKey: ['entities', 'lineage', namespace, name],
      queryFn: ({ signal }) => api.call('lineage.get', { params: { namespace, name } }, { signal }),
      retry: false,
      staleTime: 60_000,
    }),
  children: ({ namespace, name }: Pick<EntityParams, 'namespace' | 'name'>) =>
    queryOptions({
      queryKey: ['templates', 'children', namespace, name],
      queryFn: ({ signal }) => api.call('templates.children', { params: { namespace, name } }, { signal }),
      retry: false,
      staleTime: 60_000,
    }),
}
