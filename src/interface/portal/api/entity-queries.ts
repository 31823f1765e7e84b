import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Operations } from '#contract'
import { api } from './client.ts'
import type { EntityParams } from './docs-queries.ts'
import type { EntityDetail } from './shapes.ts'

export type Lineage = Operations['lineage.get']['output']
export type TemplateChild = Operations['templates.children']['output']['items'][number]
export type DescriptorCheck = Operations['entities.validate']['output']

/** What happened to an entity, newest first. */
export interface EntityHistory {
  items: HistoryItem[]
  nextCursor: string | null
}

export interface HistoryItem {
  id: string
  at: string
  kind: 'added' | 'altered' | 'removed'
  actor: string
  changeId: string | null
  commit: string | null
  location: string
  fields: { path: string; before: unknown; after: unknown }[]
}

/** Where a field has its value from, and who changed it last. */
export interface FieldExplanation {
  ref: string
  field: string
  value: unknown
  source: {
    location: string
    file: string
    line: number | null
    column: number | null
    repository: string | null
    branch: string | null
    commit: string | null
  }
  last: { at: string; actor: string; changeId: string | null; commit: string | null } | null
  relations?: { type: string; targetRef: string; declaredBy: string }[]
  sentence: string
}

const place = ({ kind, namespace, name }: EntityParams): string => `/api/v1/entities/${[kind, namespace, name].map(encodeURIComponent).join('/')}`

async function read<T>(path: string, query: Record<string, string | undefined>, signal: AbortSignal): Promise<T> {
  const search = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString()
  return (await (await api.raw(search === '' ? path : `${path}?${search}`, { signal, headers: { accept: 'application/json' } })).json()) as T
}

/** What the page of one entity reads beside the entity. Refreshed by the topic `entities`. */
export const entityQueries = {
  /** The entity as it was at an instant. */
  past: (params: EntityParams, asOf: string) =>
    queryOptions({
      queryKey: ['entities', 'past', params, asOf],
      queryFn: ({ signal }) => read<EntityDetail>(place(params), { asOf }, signal),
      staleTime: 300_000,
      retry: false,
    }),
  history: (params: EntityParams) =>
    infiniteQueryOptions({
      queryKey: ['entities', 'history', params],
      queryFn: ({ signal, pageParam }) => read<EntityHistory>(`${place(params)}/history`, { limit: '30', cursor: pageParam }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      retry: false,
    }),
  explain: (params: EntityParams, field: string) =>
    queryOptions({
      queryKey: ['entities', 'explain', params, field],
      queryFn: ({ signal }) => read<FieldExplanation>(`${place(params)}/explain`, { field }, signal),
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
