import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, type ChangeFilter, type TelemetryRange } from './api.ts'
import type { Entity } from './shapes/index.ts'

/** All entities, page by page, so that filtering needs no server: one key, refreshed as a whole. */
async function everyEntity(signal: AbortSignal): Promise<Entity[]> {
  const all: Entity[] = []
  let cursor: string | undefined
  do {
    const page = await api.entities({ limit: 200, ...(cursor === undefined ? {} : { cursor }) }, signal)
    all.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return all
}

/** What the pages read, by name. The first member of each key is the topic that live events refresh. */
export const queries = {
  me: () => queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => api.me(signal), staleTime: 300_000, retry: false }),
  tokens: () => queryOptions({ queryKey: ['tokens'], queryFn: ({ signal }) => api.tokens(signal) }),
  events: (query: { limit?: number; subject?: string | undefined; type?: string | undefined }) =>
    queryOptions({
      queryKey: ['events', query],
      queryFn: ({ signal }) => api.events({ newestFirst: true, ...query }, signal),
      placeholderData: keepPreviousData,
    }),
  audit: () => queryOptions({ queryKey: ['audit'], queryFn: ({ signal }) => api.verifyAudit(signal), staleTime: 0 }),

  matrix: () => queryOptions({ queryKey: ['environments', 'matrix'], queryFn: ({ signal }) => api.matrix(signal) }),
  changes: (filter: ChangeFilter) =>
    queryOptions({ queryKey: ['changes', 'list', filter], queryFn: ({ signal }) => api.changes(filter, signal), placeholderData: keepPreviousData }),
  changePages: (filter: ChangeFilter) =>
    infiniteQueryOptions({
      queryKey: ['changes', 'pages', filter],
      queryFn: ({ signal, pageParam }) => api.changes({ ...filter, cursor: pageParam }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  change: (id: string) => queryOptions({ queryKey: ['changes', 'one', id], queryFn: ({ signal }) => api.change(id, signal) }),
  approvals: () => queryOptions({ queryKey: ['changes', 'approvals'], queryFn: ({ signal }) => api.approvals(signal) }),

  entities: () => queryOptions({ queryKey: ['entities', 'all'], queryFn: ({ signal }) => everyEntity(signal), staleTime: 60_000 }),
  entity: (kind: string, namespace: string, name: string) =>
    queryOptions({ queryKey: ['entities', 'one', kind, namespace, name], queryFn: ({ signal }) => api.entity(kind, namespace, name, signal) }),
  templates: () => queryOptions({ queryKey: ['templates'], queryFn: ({ signal }) => api.templates(signal), staleTime: 60_000 }),
  template: (namespace: string, name: string) =>
    queryOptions({ queryKey: ['templates', namespace, name], queryFn: ({ signal }) => api.template(namespace, name, signal), staleTime: 60_000 }),
  search: (q: string) =>
    queryOptions({ queryKey: ['search', q], queryFn: ({ signal }) => api.search(q, 12, signal), enabled: q.trim() !== '', placeholderData: keepPreviousData }),

  readme: (repository: string, ref: string) =>
    queryOptions({ queryKey: ['files', repository, ref, 'README.md'], queryFn: ({ signal }) => api.file(repository, ref, 'README.md', signal), retry: false }),
  releases: (query: { component?: string; limit?: number }) =>
    queryOptions({ queryKey: ['releases', 'list', query], queryFn: ({ signal }) => api.releases(query, signal) }),
  release: (id: string) => queryOptions({ queryKey: ['releases', 'one', id], queryFn: ({ signal }) => api.release(id, signal) }),
  artifact: (digest: string) => queryOptions({ queryKey: ['artifacts', digest], queryFn: ({ signal }) => api.artifact(digest, signal), staleTime: 300_000 }),
  runs: (query: { component?: string; state?: string; branch?: string; limit?: number }) =>
    queryOptions({ queryKey: ['runs', 'list', query], queryFn: ({ signal }) => api.runs(query, signal), placeholderData: keepPreviousData }),
  runPages: (query: { component?: string; state?: string; branch?: string }) =>
    infiniteQueryOptions({
      queryKey: ['runs', 'pages', query],
      queryFn: ({ signal, pageParam }) => api.runs({ ...query, limit: 50, cursor: pageParam }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  run: (id: string) => queryOptions({ queryKey: ['runs', 'one', id], queryFn: ({ signal }) => api.run(id, signal) }),

  workloads: (query: { component?: string; environment?: string }) =>
    queryOptions({ queryKey: ['workloads', query], queryFn: ({ signal }) => api.workloads(query, signal) }),
  resources: (query: { component?: string; environment?: string }) =>
    queryOptions({ queryKey: ['resources', query], queryFn: ({ signal }) => api.resources(query, signal) }),
  regions: () => queryOptions({ queryKey: ['cloud', 'regions'], queryFn: ({ signal }) => api.regions(signal), staleTime: 3_600_000 }),
  accounts: () => queryOptions({ queryKey: ['cloud', 'accounts'], queryFn: ({ signal }) => api.accounts(signal), staleTime: 60_000 }),

  requests: (key: string, range: () => TelemetryRange & { stepSeconds: number }, subject: { component: string; environment?: string | undefined }) =>
    queryOptions({
      queryKey: ['telemetry', 'requests', subject, key],
      queryFn: ({ signal }) => api.requests(range(), signal),
      placeholderData: keepPreviousData,
      staleTime: 10_000,
      refetchInterval: 15_000,
    }),
  traces: (key: string, range: () => TelemetryRange, subject: { component: string; environment?: string | undefined }) =>
    queryOptions({
      queryKey: ['telemetry', 'traces', subject, key],
      queryFn: ({ signal }) => api.traces({ ...range(), limit: 100 }, signal),
      placeholderData: keepPreviousData,
    }),
  trace: (id: string) => queryOptions({ queryKey: ['telemetry', 'trace', id], queryFn: ({ signal }) => api.trace(id, signal), staleTime: 60_000 }),
  slos: (component?: string) => queryOptions({ queryKey: ['slos', component ?? '*'], queryFn: ({ signal }) => api.slos(component, signal), staleTime: 30_000 }),
}
