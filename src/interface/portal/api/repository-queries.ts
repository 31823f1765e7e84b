import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Operations } from '#contract'
import { api } from './client.ts'

/** Which repository of the built-in Git host. */
export interface RepositoryName {
  owner: string
  name: string
}

export type Repository = Operations['repositories.get']['output']
export type TreeEntry = Operations['repositories.tree']['output']['items'][number]
export type PullRequest = Operations['pullRequests.list']['output']['items'][number]
export type PullRequestDetail = Operations['pullRequests.get']['output']
export type PullRequestState = PullRequest['state']
export type PullRequestCheck = PullRequestDetail['checks'][number]
export type PullRequestDiff = Operations['pullRequests.diff']['output']
export type DiffFile = PullRequestDiff['files'][number]
export type PullRequestComment = Operations['pullRequests.comments']['output']['items'][number]

/** What the pages of repositories and pull requests read. Refreshed by the topics `repositories` and `pullRequests`. */
export const repositoryQueries = {
  all: () =>
    infiniteQueryOptions({
      queryKey: ['repositories', 'all'],
      queryFn: ({ signal, pageParam }) => api.call('repositories.list', { query: { limit: 200, cursor: pageParam } }, { signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
    }),
  one: (params: RepositoryName) =>
    queryOptions({
      queryKey: ['repositories', 'one', params],
      queryFn: ({ signal }) => api.call('repositories.get', { params }, { signal }),
      staleTime: 60_000,
    }),
  branches: (params: RepositoryName) =>
    queryOptions({
      queryKey: ['repositories', 'branches', params],
      queryFn: ({ signal }) => api.call('repositories.branches', { params, query: { limit: 200 } }, { signal }),
    }),
  commits: (params: RepositoryName, ref: string | undefined) =>
    queryOptions({
      queryKey: ['repositories', 'commits', params, ref],
      queryFn: ({ signal }) => api.call('repositories.commits', { params, query: { ref, limit: 50 } }, { signal }),
      placeholderData: keepPreviousData,
    }),
  tree: (params: RepositoryName, ref: string | undefined, path: string) =>
    queryOptions({
      queryKey: ['repositories', 'tree', params, ref, path],
      queryFn: ({ signal }) => api.call('repositories.tree', { params, query: { ref, path } }, { signal }),
      placeholderData: keepPreviousData,
      retry: false,
    }),
  file: (params: RepositoryName, ref: string | undefined, path: string) =>
    queryOptions({
      queryKey: ['repositories', 'file', params, ref, path],
      queryFn: ({ signal }) => api.call('repositories.file', { params, query: { ref, path } }, { signal }),
      retry: false,
    }),
  pullRequests: (params: RepositoryName, state: PullRequestState | undefined) =>
    infiniteQueryOptions({
      queryKey: ['pullRequests', 'list', params, state],
      queryFn: ({ signal, pageParam }) => api.call('pullRequests.list', { params, query: { state, limit: 50, cursor: pageParam } }, { signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  ofBranch: (params: RepositoryName, sourceBranch: string) =>
    queryOptions({
      queryKey: ['pullRequests', 'branch', params, sourceBranch],
      queryFn: ({ signal }) => api.call('pullRequests.list', { params, query: { sourceBranch, limit: 1 } }, { signal }),
    }),
  pullRequest: (params: RepositoryName & { number: number }) =>
    queryOptions({ queryKey: ['pullRequests', 'one', params], queryFn: ({ signal }) => api.call('pullRequests.get', { params }, { signal }) }),
  diff: (params: RepositoryName & { number: number }, headSha: string) =>
    queryOptions({
      queryKey: ['pullRequests', 'diff', params, headSha],
      queryFn: ({ signal }) => api.call('pullRequests.diff', { params }, { signal }),
      placeholderData: keepPreviousData,
    }),
  comments: (params: RepositoryName & { number: number }) =>
    queryOptions({ queryKey: ['pullRequests', 'comments', params], queryFn: ({ signal }) => api.call('pullRequests.comments', { params }, { signal }) }),
}
