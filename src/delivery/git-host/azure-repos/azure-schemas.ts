import { z } from 'zod'
import type { ForgePullRequest, ForgeRepository } from '../remote/forge-api.ts'

export const azureRepository = z.looseObject({
  id: z.string(),
  name: z.string(),
  project: z.looseObject({ id: z.string(), name: z.string(), description: z.string().nullish() }),
  /** Absent while it is empty. */
  defaultBranch: z.string().nullish(),
  webUrl: z.string().nullish(),
  isDisabled: z.boolean().nullish(),
})

const commit = z.looseObject({ commitId: z.string() })

export const azurePullRequest = z.looseObject({
  pullRequestId: z.number(),
  title: z.string(),
  description: z.string().nullish(),
  status: z.enum(['active', 'abandoned', 'completed', 'notSet']),
  mergeStatus: z.string().nullish(),
  mergeFailureMessage: z.string().nullish(),
  sourceRefName: z.string(),
  targetRefName: z.string(),
  lastMergeSourceCommit: commit.nullish(),
  lastMergeTargetCommit: commit.nullish(),
  lastMergeCommit: commit.nullish(),
  createdBy: z.looseObject({ uniqueName: z.string().nullish(), displayName: z.string().nullish() }).nullish(),
  creationDate: z.string(),
  closedDate: z.string().nullish(),
  labels: z.array(z.looseObject({ id: z.string().optional(), name: z.string(), active: z.boolean().default(true) })).nullish(),
  repository: z.looseObject({ name: z.string(), webUrl: z.string().nullish() }),
})

const STATES = { active: 'open', notSet: 'open', abandoned: 'closed', completed: 'merged' } as const

/** Fields that Azure DevOps does not tell: who made it, and when. */
export function toRepository(organisation: string, found: z.infer<typeof azureRepository>, url: string): ForgeRepository {
  return {
    id: found.id,
    owner: `${organisation}/${found.project.name}`,
    name: found.name,
    description: '',
    defaultBranch: shortRef(found.defaultBranch ?? 'refs/heads/main'),
    createdBy: '',
    createdAt: new Date(0),
    webUrl: found.webUrl ?? `${url}/${[organisation, found.project.name, '_git', found.name].map(encodeURIComponent).join('/')}`,
    isArchived: found.isDisabled === true,
  }
}

export function toPullRequest(found: z.infer<typeof azurePullRequest>, repositoryUrl: string): ForgePullRequest {
  const state = STATES[found.status]
  return {
    number: found.pullRequestId,
    title: found.title,
    body: found.description ?? '',
    sourceBranch: shortRef(found.sourceRefName),
    targetBranch: shortRef(found.targetRefName),
    state,
    headSha: found.lastMergeSourceCommit?.commitId ?? '',
    mergeSha: state === 'merged' ? (found.lastMergeCommit?.commitId ?? null) : null,
    author: found.createdBy?.uniqueName ?? found.createdBy?.displayName ?? '',
    labels: (found.labels ?? []).filter((label) => label.active).map((label) => label.name),
    createdAt: new Date(found.creationDate),
    // Azure DevOps tells no other time.
    updatedAt: new Date(found.closedDate ?? found.creationDate),
    url: `${found.repository.webUrl ?? repositoryUrl}/pullrequest/${found.pullRequestId}`,
    isMergeable: found.mergeStatus === 'succeeded' ? true : found.mergeStatus === 'conflicts' ? false : null,
    baseSha: found.lastMergeTargetCommit?.commitId ?? null,
    headRefs: [found.sourceRefName, `refs/pull/${found.pullRequestId}/merge`],
  }
}

/** `refs/heads/main` as `main`. */
function shortRef(ref: string): string {
  return ref.replace(/^refs\/heads\//, '')
}
