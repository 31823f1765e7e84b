import { z } from 'zod'
import type { PullRequest } from './pull-request.ts'

/** A pull request on the wire. */
export const pullRequestSchema = z.object({
  repository: z.string(),
  number: z.number().int(),
  title: z.string(),
  body: z.string(),
  sourceBranch: z.string(),
  targetBranch: z.string(),
  state: z.enum(['open', 'merged', 'closed']),
  headSha: z.string(),
  mergeSha: z.string().nullable(),
  author: z.string(),
  labels: z.array(z.string()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  url: z.string(),
  isMergeable: z.boolean().nullable(),
})

/** Something that was run on a commit. */
export const checkSchema = z.object({
  /** `run_…` */
  id: z.string(),
  name: z.string(),
  event: z.string(),
  state: z.enum(['queued', 'running', 'completed']),
  conclusion: z.enum(['success', 'failure', 'cancelled', 'skipped', 'timed_out']).nullable(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
})

/** What a pull request alters, on the wire. */
export const diffSchema = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      previousPath: z.string().nullable(),
      status: z.enum(['added', 'altered', 'removed', 'renamed']),
      patch: z.string().nullable(),
    }),
  ),
  isTruncated: z.boolean(),
})

/** A comment or review on the wire. */
export const commentSchema = z.object({
  id: z.string(),
  author: z.string(),
  body: z.string(),
  verdict: z.enum(['approved', 'changes_requested']).nullable(),
  headSha: z.string(),
  createdAt: z.iso.datetime(),
})

/** As the wire has it. */
export function shownPullRequest(pull: PullRequest): z.infer<typeof pullRequestSchema> {
  return { ...pull, labels: [...pull.labels], createdAt: pull.createdAt.toISOString(), updatedAt: pull.updatedAt.toISOString() }
}
