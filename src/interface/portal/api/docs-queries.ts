import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Operations } from '#contract'
import { api } from './client.ts'

/** Whose documentation. */
export interface EntityParams {
  kind: string
  namespace: string
  name: string
}

export type DocsSite = Operations['docs.get']['output']
export type DocsPageText = Operations['docs.page']['output']
export type { DocsNavItem } from '#contract'

/** The documentation of entities. Refreshed by the topic `entities`. */
export const docsQueries = {
  site: (params: EntityParams) =>
    queryOptions({
      queryKey: ['entities', 'docs', params],
      queryFn: ({ signal }) => api.call('docs.get', { params }, { signal }),
      retry: false,
      staleTime: 60_000,
    }),
  page: (params: EntityParams, path: string | undefined) =>
    queryOptions({
      queryKey: ['entities', 'docs-page', params, path],
      queryFn: ({ signal }) => api.call('docs.page', { params, query: { path } }, { signal }),
      retry: false,
      staleTime: 60_000,
    }),
  search: (params: EntityParams, q: string) =>
    queryOptions({
      queryKey: ['search', 'docs', params, q],
      queryFn: ({ signal }) => api.call('docs.search', { params, query: { q, limit: 20 } }, { signal }),
      placeholderData: keepPreviousData,
      enabled: q.trim() !== '',
    }),
}

/** The address of a picture or another file beside the pages. */
export function docsAssetAddress({ kind, namespace, name }: EntityParams, path: string): string {
  const place = [kind, namespace, name].map(encodeURIComponent).join('/')
  return `/api/v1/docs/${place}/asset?path=${encodeURIComponent(path)}`
}
