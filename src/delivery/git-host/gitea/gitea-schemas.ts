import { z } from 'zod'
import type { ForgePullRequest, ForgeRepository } from '../remote/forge-api.ts'

const user = z.looseObject({ login: z.string() })

export const giteaRepository = z.looseObject({
  id: z.number(),
  name: z.string(),
  owner: user,
  description: z.string().default(''),
  default_branch: z.string(),
  created_at: z.string().nullish(),
  html_url: z.string(),
  archived: z.boolean().default(false),
})

export const giteaPullRequest = z.looseObject({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean().nullish(),
  merge_base: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  head: z.looseObject({ ref: z.string(), sha: z.string() }),
  base: z.looseObject({ ref: z.string() }),
  user: user.nullish(),
  labels: z.array(z.looseObject({ name: z.string() })).nullish(),
  created_at: z.string(),
  updated_at: z.string(),
  html_url: z.string(),
  mergeable: z.boolean().nullish(),
})

export function toRepository(found: z.infer<typeof giteaRepository>): ForgeRepository {
  return {
    id: String(found.id),
    owner: found.owner.login,
    name: found.name,
    description: found.description,
    defaultBranch: found.default_branch === '' ? 'main' : found.default_branch,
    createdBy: found.owner.login,
    createdAt: new Date(found.created_at ?? 0),
    webUrl: found.html_url,
    isArchived: found.archived,
  }
}

export function toPullRequest(found: z.infer<typeof giteaPullRequest>): ForgePullRequest {
  return {
    number: found.number,
    title: found.title,
    body: found.body ?? '',
    // Of one whose branch is gone it is `refs/pull/N/head`.
    sourceBranch: found.head.ref,
    targetBranch: found.base.ref,
    state: found.merged === true ? 'merged' : found.state,
    headSha: found.head.sha,
    mergeSha: found.merged === true ? (found.merge_commit_sha ?? null) : null,
    author: found.user?.login ?? '',
    labels: (found.labels ?? []).map((label) => label.name),
    createdAt: new Date(found.created_at),
    updatedAt: new Date(found.updated_at),
    url: found.html_url,
    // False also means that Gitea has not looked yet.
    isMergeable: found.mergeable === true ? true : null,
    baseSha: found.merge_base === '' ? null : (found.merge_base ?? null),
    headRefs: [`refs/pull/${found.number}/head`],
  }
}
