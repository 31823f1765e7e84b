import { z } from 'zod'
import { jsonRoute, type ResourceRef, type Route } from '#kernel/node/http'
import { gitHostFaults } from './git-host-faults.ts'
import type { LocalGitHost } from './local-git-host.ts'
import type { PullRequestDiscussion } from './pull-request-discussion.ts'
import { pullRequestFaults } from './pull-request-faults.ts'
import { checkSchema, commentSchema, diffSchema, pullRequestSchema, shownPullRequest } from './pull-request-schema.ts'
import type { PullRequest, PullRequestRef } from './pull-request.ts'

/** One thing that was run on a pull request's commit. */
export type PullRequestCheck = z.infer<typeof checkSchema>

/** What the routes of pull requests work with. */
export interface PullRequestRoutesDeps {
  host: LocalGitHost
  discussion: PullRequestDiscussion
  /** What was run on a commit, the newest first. */
  checksOf: (repository: string, commit: string) => Promise<PullRequestCheck[]>
}

const tag = 'pull requests'
const path = '/api/v1/repositories/{owner}/{name}/pull-requests'
const names = z.object({ owner: z.string(), name: z.string() })
const which = names.extend({ number: z.coerce.number().int().min(1).max(2_000_000_000) })
const title = z.string().trim().min(1).max(300)
const body = z.string().max(65_536)
const labels = z.array(z.string().trim().min(1).max(50)).max(20)
const absent = [gitHostFaults.not_found, pullRequestFaults.not_found]
const resource = (input: { params: { owner: string; name: string } }): ResourceRef => ({ type: 'Repository', id: `${input.params.owner}/${input.params.name}` })

/** `/api/v1/repositories/{owner}/{name}/pull-requests…` */
export function pullRequestRoutes(deps: PullRequestRoutesDeps): Route[] {
  return [...readingRoutes(deps), ...writingRoutes(deps)]
}

function readingRoutes({ host, discussion, checksOf }: PullRequestRoutesDeps): Route[] {
  const reading = { method: 'GET', tag, permission: 'repository:read', resource } as const
  return [
    jsonRoute({
      ...reading,
      path,
      operation: 'pullRequests.list',
      summary: 'List pull requests, the newest first',
      params: names,
      query: z.object({
        state: z.enum(['open', 'merged', 'closed']).optional(),
        sourceBranch: z.string().max(200).optional(),
        cursor: z.string().regex(/^\d+$/).optional(),
        limit: z.coerce.number().int().min(1).max(100).default(50),
      }),
      response: z.object({
        items: z.array(pullRequestSchema),
        nextCursor: z.string().nullable(),
        counts: z.object({ open: z.number(), merged: z.number(), closed: z.number() }),
      }),
      errors: [gitHostFaults.not_found],
      handle: async ({ params, query }) => {
        const { state, sourceBranch, cursor, limit } = query
        const wanted = { ...params, limit, ...(state ? { state } : {}), ...(sourceBranch ? { sourceBranch } : {}), ...(cursor ? { cursor } : {}) }
        const [page, counts] = await Promise.all([host.pullRequests.list(wanted), host.pullRequests.count(params)])
        return { items: page.items.map(shownPullRequest), nextCursor: page.nextCursor, counts }
      },
    }),
    jsonRoute({
      ...reading,
      path: `${path}/{number}`,
      operation: 'pullRequests.get',
      summary: 'Read a pull request, with whether it can be merged and what was run on its commit',
      params: which,
      response: pullRequestSchema.extend({ endedBy: z.string().nullable(), endedAt: z.iso.datetime().nullable(), checks: z.array(checkSchema) }),
      errors: absent,
      handle: async ({ params }) => {
        const pull = await getPullRequest(host, params)
        const [row, checks] = await Promise.all([host.pullRequests.getRowOf(params), checksOf(pull.repository, pull.headSha)])
        return { ...shownPullRequest(pull), endedBy: row.endedBy, endedAt: row.endedAt?.toISOString() ?? null, checks }
      },
    }),
    jsonRoute({
      ...reading,
      path: `${path}/{number}/diff`,
      operation: 'pullRequests.diff',
      summary: 'Read what a pull request alters, file by file',
      params: which,
      response: diffSchema,
      errors: absent,
      handle: async ({ params }) => {
        const { files, isTruncated } = await host.pullRequests.diff(params)
        return { files: files.map((file) => ({ ...file, previousPath: file.previousPath ?? null })), isTruncated }
      },
    }),
    jsonRoute({
      ...reading,
      path: `${path}/{number}/comments`,
      operation: 'pullRequests.comments',
      summary: 'List comments and reviews of a pull request, the oldest first',
      params: which,
      response: z.object({ items: z.array(commentSchema), nextCursor: z.null() }),
      errors: absent,
      handle: async ({ params }) => {
        const comments = await discussion.list(params)
        return { items: comments.map((comment) => ({ ...comment, createdAt: comment.createdAt.toISOString() })), nextCursor: null }
      },
    }),
  ]
}

function writingRoutes({ host, discussion }: PullRequestRoutesDeps): Route[] {
  const writing = { method: 'POST', tag, permission: 'repository:write', resource } as const
  return [
    jsonRoute({
      ...writing,
      path,
      operation: 'pullRequests.create',
      summary: 'Open a pull request; the one that is open for its branches is updated instead',
      params: names,
      body: z.strictObject({ title, body: body.default(''), sourceBranch: z.string(), targetBranch: z.string().optional(), labels: labels.optional() }),
      response: pullRequestSchema,
      status: 201,
      errors: [gitHostFaults.not_found, gitHostFaults.bad_name, gitHostFaults.ref_not_found, pullRequestFaults.nothing_to_merge, pullRequestFaults.unrelated],
      handle: async ({ params, body: asked, caller }) => {
        const targetBranch = asked.targetBranch ?? (await host.getRepository(params.owner, params.name)).defaultBranch
        const input = { title: asked.title, body: asked.body, sourceBranch: asked.sourceBranch, ...(asked.labels ? { labels: asked.labels } : {}) }
        return shownPullRequest(await host.pullRequests.open({ ...params, ...input, targetBranch, author: caller.principal }))
      },
    }),
    jsonRoute({
      ...writing,
      method: 'PATCH',
      path: `${path}/{number}`,
      operation: 'pullRequests.update',
      summary: 'Alter title, description or labels of a pull request',
      params: which,
      body: z.strictObject({ title: title.optional(), body: body.optional(), labels: labels.optional() }),
      response: pullRequestSchema,
      errors: absent,
      handle: async ({ params, body: asked, caller }) => {
        const text = {
          ...(asked.title === undefined ? {} : { title: asked.title }),
          ...(asked.body === undefined ? {} : { body: asked.body }),
          ...(asked.labels === undefined ? {} : { labels: asked.labels }),
        }
        return shownPullRequest(await host.pullRequests.update({ ...params, ...text, actor: caller.principal }))
      },
    }),
    jsonRoute({
      ...writing,
      path: `${path}/{number}/merge`,
      operation: 'pullRequests.merge',
      summary: 'Merge a pull request; of a merged one it changes nothing',
      params: which,
      body: z.strictObject({
        method: z.enum(['merge', 'squash']).default('merge'),
        expectedHead: z
          .string()
          .regex(/^[0-9a-f]{40}$/)
          .optional(),
        message: z.string().max(10_000).optional(),
        deleteBranch: z.boolean().default(false).describe('Delete the source branch afterwards, when it has not moved'),
      }),
      response: pullRequestSchema,
      errors: [...absent, pullRequestFaults.closed, pullRequestFaults.conflict, pullRequestFaults.stale_head, gitHostFaults.busy, gitHostFaults.ref_not_found],
      handle: async ({ params, body: asked, caller }) => {
        const { deleteBranch, expectedHead, message, method } = asked
        const options = { method, ...(expectedHead === undefined ? {} : { expectedHead }), ...(message === undefined ? {} : { message }) }
        const merged = await host.pullRequests.merge({ ...params, ...options, actor: caller.principal })
        if (deleteBranch) await deleteMergedBranch(host, params, merged, caller.principal)
        return shownPullRequest(merged)
      },
    }),
    jsonRoute({
      ...writing,
      path: `${path}/{number}/close`,
      operation: 'pullRequests.close',
      summary: 'Close a pull request without merging it',
      params: which,
      response: pullRequestSchema,
      errors: [...absent, pullRequestFaults.merged],
      handle: async ({ params, caller }) => shownPullRequest(await host.pullRequests.close({ ...params, actor: caller.principal })),
    }),
    jsonRoute({
      ...writing,
      path: `${path}/{number}/reopen`,
      operation: 'pullRequests.reopen',
      summary: 'Open a closed pull request again',
      params: which,
      response: pullRequestSchema,
      errors: [...absent, pullRequestFaults.merged, pullRequestFaults.branch_gone, pullRequestFaults.nothing_to_merge],
      handle: async ({ params, caller }) => shownPullRequest(await host.pullRequests.reopen({ ...params, actor: caller.principal })),
    }),
    jsonRoute({
      ...writing,
      path: `${path}/{number}/comments`,
      operation: 'pullRequests.comment',
      summary: 'Comment on a pull request, or review it with a verdict',
      params: which,
      body: z
        .strictObject({ body: body.default(''), verdict: z.enum(['approved', 'changes_requested']).optional() })
        .refine((asked) => asked.verdict === 'approved' || asked.body.trim() !== '', { message: 'say something', path: ['body'] }),
      response: commentSchema,
      status: 201,
      errors: [...absent, pullRequestFaults.own_review],
      handle: async ({ params, body: asked, caller }) => {
        const verdict = asked.verdict === undefined ? {} : { verdict: asked.verdict }
        const comment = await discussion.add({ ...params, body: asked.body, ...verdict, author: caller.principal })
        return { ...comment, createdAt: comment.createdAt.toISOString() }
      },
    }),
  ]
}

async function getPullRequest(host: LocalGitHost, ref: PullRequestRef): Promise<PullRequest> {
  const found = await host.pullRequests.find(ref)
  if (!found) throw pullRequestFaults.not_found({ repository: `${ref.owner}/${ref.name}`, number: ref.number })
  return found
}

/** Only at the commit that was merged, and never the default branch: what came after it is somebody's work. */
async function deleteMergedBranch(host: LocalGitHost, params: { owner: string; name: string }, merged: PullRequest, actor: string): Promise<void> {
  const { defaultBranch } = await host.getRepository(params.owner, params.name)
  if (merged.sourceBranch === defaultBranch) return
  const head = await host.resolveRef({ ...params, ref: `refs/heads/${merged.sourceBranch}` })
  if (head === merged.headSha) await host.deleteBranch({ ...params, branch: merged.sourceBranch, actor, expectedSha: head })
}
