import { z } from 'zod'
import type { ForgePullRequest, ForgeRepository } from '../remote/forge-api.ts'

export const gitlabProject = z.looseObject({
  id: z.number(),
  path: z.string(),
  path_with_namespace: z.string(),
  description: z.string().nullish(),
  default_branch: z.string().nullish(),
  created_at: z.string().nullish(),
  web_url: z.string(),
  archived: z.boolean().default(false),
  owner: z.looseObject({ username: z.string() }).nullish(),
  /** A deleted project is still there for some days; older versions call it `marked_for_deletion_at`. */
  marked_for_deletion_on: z.string().nullish(),
  marked_for_deletion_at: z.string().nullish(),
})

export const gitlabMergeRequest = z.looseObject({
  iid: z.number(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.enum(['opened', 'closed', 'locked', 'merged']),
  sha: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  squash_commit_sha: z.string().nullish(),
  source_branch: z.string(),
  target_branch: z.string(),
  author: z.looseObject({ username: z.string() }).nullish(),
  labels: z.array(z.string()).default([]),
  created_at: z.string(),
  updated_at: z.string(),
  web_url: z.string(),
  /** https://docs.gitlab.com/api/merge_requests/#merge-status */
  detailed_merge_status: z.string().nullish(),
  has_conflicts: z.boolean().nullish(),
  diff_refs: z.looseObject({ base_sha: z.string().nullish() }).nullish(),
})

export function isGone(found: z.infer<typeof gitlabProject>): boolean {
  return (found.marked_for_deletion_on ?? found.marked_for_deletion_at ?? null) !== null
}

export function toRepository(found: z.infer<typeof gitlabProject>): ForgeRepository {
  return {
    id: String(found.id),
    owner: found.path_with_namespace.slice(0, found.path_with_namespace.lastIndexOf('/')),
    name: found.path,
    description: found.description ?? '',
    defaultBranch: found.default_branch ?? 'main',
    createdBy: found.owner?.username ?? '',
    createdAt: new Date(found.created_at ?? 0),
    webUrl: found.web_url,
    isArchived: found.archived,
  }
}

const STATES = { opened: 'open', locked: 'open', closed: 'closed', merged: 'merged' } as const
const UNDECIDED = new Set(['unchecked', 'checking', 'preparing', 'approvals_syncing'])

/** True while GitLab finds out whether it can be merged. */
export function isUndecided(found: z.infer<typeof gitlabMergeRequest>): boolean {
  return UNDECIDED.has(found.detailed_merge_status ?? 'unchecked')
}

export function toPullRequest(found: z.infer<typeof gitlabMergeRequest>): ForgePullRequest {
  const state = STATES[found.state]
  return {
    number: found.iid,
    title: found.title,
    body: found.description ?? '',
    sourceBranch: found.source_branch,
    targetBranch: found.target_branch,
    state,
    headSha: found.sha ?? '',
    // Neither is there after a fast-forward: the head itself was merged.
    mergeSha: state === 'merged' ? (found.merge_commit_sha ?? found.squash_commit_sha ?? found.sha ?? null) : null,
    author: found.author?.username ?? '',
    labels: found.labels,
    createdAt: new Date(found.created_at),
    updatedAt: new Date(found.updated_at),
    url: found.web_url,
    isMergeable: isUndecided(found) ? null : found.detailed_merge_status === 'mergeable' || found.has_conflicts === false,
    baseSha: found.diff_refs?.base_sha ?? null,
    headRefs: [`refs/merge-requests/${found.iid}/head`],
  }
}
