import { z } from 'zod'
import type { ForgePullRequest, ForgeRepository } from '../remote/forge-api.ts'

const user = z.looseObject({ login: z.string() })

export const githubRepository = z.looseObject({
  id: z.number(),
  name: z.string(),
  owner: user,
  description: z.string().nullish(),
  default_branch: z.string(),
  created_at: z.string().nullish(),
  html_url: z.string(),
  archived: z.boolean().default(false),
})

export const githubPullRequest = z.looseObject({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  head: z.looseObject({ ref: z.string(), sha: z.string() }),
  base: z.looseObject({ ref: z.string(), sha: z.string() }),
  user: user.nullish(),
  labels: z.array(z.looseObject({ name: z.string() })).default([]),
  created_at: z.string(),
  updated_at: z.string(),
  html_url: z.string(),
  /** Only where one is asked for; null while GitHub finds out. */
  mergeable: z.boolean().nullish(),
})

export function toRepository(found: z.infer<typeof githubRepository>): ForgeRepository {
  return {
    id: String(found.id),
    owner: found.owner.login,
    name: found.name,
    description: found.description ?? '',
    defaultBranch: found.default_branch,
    createdBy: found.owner.login,
    createdAt: new Date(found.created_at ?? 0),
    webUrl: found.html_url,
    isArchived: found.archived,
  }
}

export function toPullRequest(found: z.infer<typeof githubPullRequest>): ForgePullRequest {
  const isMerged = (found.merged_at ?? null) !== null
  return {
    number: found.number,
    title: found.title,
    body: found.body ?? '',
    sourceBranch: found.head.ref,
    targetBranch: found.base.ref,
    state: isMerged ? 'merged' : found.state,
    headSha: found.head.sha,
    // Of an open one it is a trial merge.
    mergeSha: isMerged ? (found.merge_commit_sha ?? null) : null,
    author: found.user?.login ?? '',
    labels: found.labels.map((label) => label.name),
    createdAt: new Date(found.created_at),
    updatedAt: new Date(found.updated_at),
    url: found.html_url,
    isMergeable: found.mergeable ?? null,
    baseSha: found.base.sha,
    headRefs: [`refs/pull/${found.number}/head`],
  }
}
