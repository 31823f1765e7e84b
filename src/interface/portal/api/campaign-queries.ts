import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { OutputOf } from '#contract'
import { api } from './client.ts'

export type CampaignDetail = OutputOf<'campaigns.get'>
export type CampaignItem = CampaignDetail['items'][number]
export type CampaignSummary = OutputOf<'campaigns.list'>['items'][number]
export type TemplateChildren = OutputOf<'templates.children'>
export type TemplateChild = TemplateChildren['items'][number]

/** What the pages of campaigns read. Refreshed by the topic `campaigns`. */
export const campaignQueries = {
  pages: () =>
    infiniteQueryOptions({
      queryKey: ['campaigns', 'pages'],
      queryFn: ({ signal, pageParam }) => api.call('campaigns.list', { query: { limit: 50, cursor: pageParam } }, { signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
    }),
  one: (id: string) => queryOptions({ queryKey: ['campaigns', 'one', id], queryFn: ({ signal }) => api.call('campaigns.get', { params: { id } }, { signal }) }),
  children: (namespace: string, name: string) =>
    queryOptions({
      queryKey: ['campaigns', 'children', namespace, name],
      queryFn: ({ signal }) => api.call('templates.children', { params: { namespace, name } }, { signal }),
      staleTime: 30_000,
    }),
}
