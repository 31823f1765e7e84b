import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { InputOf } from '#contract'
import { api } from './client.ts'
import type { Entity } from './shapes.ts'

/** What a list can be asked for. */
type QueryOf<Name extends 'changes.list' | 'events.list' | 'releases.list' | 'runs.list' | 'telemetry.requests' | 'telemetry.traces'> = NonNullable<
  InputOf<Name>['query']
>
type Place = { component?: string; environment?: string }

/** All entities, page by page, so that filtering needs no server: one key, refreshed as a whole. */
async function everyEntity(signal: AbortSignal): Promise<Entity[]> {
  const all: Entity[] = []
  let cursor: string | undefined
  do {
    const page = await api.call('entities.list', { query: { limit: 200, cursor } }, { signal })
    all.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return all
}

/** What the pages read, by name. The first member of each key is the topic that live events refresh. */
export const queries = {
  me: () => queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => api.call('me.get', {}, { signal }), staleTime: 300_000, retry: false }),
  tokens: () => queryOptions({ queryKey: ['tokens'], queryFn: ({ signal }) => api.call('tokens.list', {}, { signal }) }),
  events: (query: QueryOf<'events.list'>) =>
    queryOptions({
      queryKey: ['events', query],
      queryFn: ({ signal }) => api.call('events.list', { query: { newestFirst: 'true', ...query } }, { signal }),
      placeholderData: keepPreviousData,
    }),
  audit: () => queryOptions({ queryKey: ['audit'], queryFn: ({ signal }) => api.call('audit.verify', {}, { signal }), staleTime: 0 }),

  matrix: () => queryOptions({ queryKey: ['environments', 'matrix'], queryFn: ({ signal }) => api.call('environments.matrix', {}, { signal }) }),
  changes: (query: QueryOf<'changes.list'>) =>
    queryOptions({
      queryKey: ['changes', 'list', query],
      queryFn: ({ signal }) => api.call('changes.list', { query }, { signal }),
      placeholderData: keepPreviousData,
    }),
  changePages: (query: QueryOf<'changes.list'>) =>
    infiniteQueryOptions({
      queryKey: ['changes', 'pages', query],
      queryFn: ({ signal, pageParam }) => api.call('changes.list', { query: { ...query, cursor: pageParam } }, { signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  change: (id: string) => queryOptions({ queryKey: ['changes', 'one', id], queryFn: ({ signal }) => api.call('changes.get', { params: { id } }, { signal }) }),
  approvals: () => queryOptions({ queryKey: ['changes', 'approvals'], queryFn: ({ signal }) => api.call('approvals.list', {}, { signal }) }),

  entities: () => queryOptions({ queryKey: ['entities', 'all'], queryFn: ({ signal }) => everyEntity(signal), staleTime: 60_000 }),
  entity: (kind: string, namespace: string, name: string) =>
    queryOptions({
      queryKey: ['entities', 'one', kind, namespace, name],
      queryFn: ({ signal }) => api.call('entities.get', { params: { kind, namespace, name } }, { signal }),
    }),
  templates: () => queryOptions({ queryKey: ['templates'], queryFn: ({ signal }) => api.call('templates.list', {}, { signal }), staleTime: 60_000 }),
  template: (namespace: string, name: string) =>
    queryOptions({
      queryKey: ['templates', namespace, name],
      queryFn: ({ signal }) => api.call('templates.get', { params: { namespace, name } }, { signal }),
      staleTime: 60_000,
    }),
  search: (q: string) =>
    queryOptions({
      queryKey: ['search', q],
      queryFn: ({ signal }) => api.call('search.query', { query: { q, limit: 12 } }, { signal }),
      enabled: q.trim() !== '',
      placeholderData: keepPreviousData,
    }),

  readme: (repository: string, ref: string) =>
    queryOptions({
      queryKey: ['files', repository, ref, 'README.md'],
      queryFn: ({ signal }) => {
        const [owner = '', name = ''] = repository.split('/')
        return api.call('repositories.file', { params: { owner, name }, query: { ref, path: 'README.md' } }, { signal })
      },
      retry: false,
    }),
  releases: (query: QueryOf<'releases.list'>) =>
    queryOptions({ queryKey: ['releases', 'list', query], queryFn: ({ signal }) => api.call('releases.list', { query }, { signal }) }),
  release: (id: string) =>
    queryOptions({ queryKey: ['releases', 'one', id], queryFn: ({ signal }) => api.call('releases.get', { params: { id } }, { signal }) }),
  artifact: (digest: string) =>
    queryOptions({
      queryKey: ['artifacts', digest],
      queryFn: ({ signal }) => api.call('artifacts.get', { params: { digest } }, { signal }),
      staleTime: 300_000,
    }),
  runs: (query: QueryOf<'runs.list'>) =>
    queryOptions({
      queryKey: ['runs', 'list', query],
      queryFn: ({ signal }) => api.call('runs.list', { query }, { signal }),
      placeholderData: keepPreviousData,
    }),
  runPages: (query: QueryOf<'runs.list'>) =>
    infiniteQueryOptions({
      queryKey: ['runs', 'pages', query],
      queryFn: ({ signal, pageParam }) => api.call('runs.list', { query: { ...query, limit: 50, cursor: pageParam } }, { signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  run: (id: string) => queryOptions({ queryKey: ['runs', 'one', id], queryFn: ({ signal }) => api.call('runs.get', { params: { id } }, { signal }) }),

  workloads: (query: Place) => queryOptions({ queryKey: ['workloads', query], queryFn: ({ signal }) => api.call('workloads.list', { query }, { signal }) }),
  resources: (query: Place) => queryOptions({ queryKey: ['resources', query], queryFn: ({ signal }) => api.call('resources.list', { query }, { signal }) }),
  regions: () => queryOptions({ queryKey: ['cloud', 'regions'], queryFn: ({ signal }) => api.call('regions.list', {}, { signal }), staleTime: 3_600_000 }),
  accounts: () => queryOptions({ queryKey: ['cloud', 'accounts'], queryFn: ({ signal }) => api.call('accounts.list', {}, { signal }), staleTime: 60_000 }),

  requests: (key: string, range: () => QueryOf<'telemetry.requests'>, subject: Place) =>
    queryOptions({
      queryKey: ['telemetry', 'requests', subject, key],
      queryFn: ({ signal }) => api.call('telemetry.requests', { query: range() }, { signal }),
      placeholderData: keepPreviousData,
      staleTime: 10_000,
      refetchInterval: 15_000,
    }),
  traces: (key: string, range: () => QueryOf<'telemetry.traces'>, subject: Place) =>
    queryOptions({
      queryKey: ['telemetry', 'traces', subject, key],
      queryFn: ({ signal }) => api.call('telemetry.traces', { query: { ...range(), limit: 100 } }, { signal }),
      placeholderData: keepPreviousData,
    }),
  trace: (traceId: string) =>
    queryOptions({
      queryKey: ['telemetry', 'trace', traceId],
      queryFn: ({ signal }) => api.call('telemetry.trace', { params: { traceId } }, { signal }),
      staleTime: 60_000,
    }),
  slos: (component?: string) =>
    queryOptions({
      queryKey: ['slos', component ?? '*'],
      queryFn: ({ signal }) => api.call('slos.list', { query: { component } }, { signal }),
      staleTime: 30_000,
    }),
}
