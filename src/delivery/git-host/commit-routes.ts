import { z } from 'zod'
import { jsonRoute, type ResourceRef, type Route } from '#kernel/node/http'
import { gitHostFaults } from './git-host-faults.ts'
import type { LocalGitHost } from './local-git-host.ts'
import { personOf } from './merge-message.ts'
import { pullRequestFaults } from './pull-request-faults.ts'
import { pullRequestSchema, shownPullRequest } from './pull-request-schema.ts'

const sha = z.string().regex(/^[0-9a-f]{40}$/)
const names = z.object({ owner: z.string(), name: z.string() })
const commitBody = z.strictObject({
  branch: z.string().describe('The branch to commit to; with `pullRequest`, its source branch, made when it is not there'),
  message: z.string().trim().min(1).max(10_000),
  files: z
    .array(
      z.strictObject({
        path: z.string().min(1).max(1_000),
        content: z
          .string()
          .max(1024 * 1024)
          .nullable()
          .describe('Text; null removes the file'),
      }),
    )
    .min(1)
    .max(200),
  expectedParent: sha.optional().describe('Only when the branch (with `pullRequest`, the one that it is made from) is at this commit'),
  pullRequest: z
    .strictObject({ title: z.string().trim().min(1).max(300), body: z.string().max(65_536).default(''), targetBranch: z.string().optional() })
    .optional()
    .describe('Propose it: commit to a branch of its own and open a pull request'),
})
type CommitInput = z.infer<typeof commitBody> & { owner: string; name: string; actor: { principal: string; displayName: string } }

/** `POST /api/v1/repositories/{owner}/{name}/files`: a commit without a clone. */
export function commitRoutes(host: LocalGitHost): Route[] {
  return [
    jsonRoute({
      method: 'POST',
      path: '/api/v1/repositories/{owner}/{name}/files',
      operation: 'repositories.commit',
      summary: 'Commit files to a branch, or propose them by a pull request; with the same files again nothing is committed',
      tag: 'repositories',
      permission: 'repository:write',
      status: 201,
      params: names,
      body: commitBody,
      response: z.object({ commit: sha, branch: z.string(), pullRequest: pullRequestSchema.nullable() }),
      errors: [
        gitHostFaults.not_found,
        gitHostFaults.bad_name,
        gitHostFaults.ref_not_found,
        gitHostFaults.stale_parent,
        gitHostFaults.busy,
        pullRequestFaults.nothing_to_merge,
        pullRequestFaults.unrelated,
      ],
      resource: (input: { params: { owner: string; name: string } }): ResourceRef => ({ type: 'Repository', id: `${input.params.owner}/${input.params.name}` }),
      handle: async ({ params, body, caller }) => {
        const input = { ...params, ...body, actor: caller }
        return body.pullRequest === undefined ? { ...(await commitDirectly(host, input)), pullRequest: null } : await propose(host, input, body.pullRequest)
      },
    }),
  ]
}

async function commitDirectly(host: LocalGitHost, input: CommitInput, expectedParent = input.expectedParent): Promise<{ commit: string; branch: string }> {
  const { owner, name, branch, message, files, actor } = input
  const person = personOf(actor.principal)
  const committed = await host.commitFiles({
    owner,
    name,
    branch,
    message,
    author: { name: actor.displayName || person, email: `${person}@localhost` },
    files: files.map((file) => ({ path: file.path, content: file.content === null ? null : Buffer.from(file.content) })),
    ...(expectedParent === undefined ? {} : { expectedParent }),
    pusher: actor.principal,
  })
  return { commit: committed.sha, branch }
}

/** On a branch of its own, begun where the target is. A branch that was made for it goes again when there turns out to be nothing to propose. */
async function propose(
  host: LocalGitHost,
  input: CommitInput,
  asked: NonNullable<CommitInput['pullRequest']>,
): Promise<{ commit: string; branch: string; pullRequest: z.infer<typeof pullRequestSchema> }> {
  const at = { owner: input.owner, name: input.name }
  const actor = input.actor.principal
  const repository = `${at.owner}/${at.name}`
  const targetBranch = asked.targetBranch ?? (await host.getRepository(at.owner, at.name)).defaultBranch
  const target = await host.resolveRef({ ...at, ref: `refs/heads/${targetBranch}` })
  if (target === undefined) throw gitHostFaults.ref_not_found({ repository, ref: targetBranch })
  if (input.branch === targetBranch) throw pullRequestFaults.nothing_to_merge({ repository, source: input.branch, target: targetBranch })
  if (input.expectedParent !== undefined && input.expectedParent !== target)
    throw gitHostFaults.stale_parent({ repository, branch: targetBranch, expected: input.expectedParent, found: target })
  const known = await host.resolveRef({ ...at, ref: `refs/heads/${input.branch}` }).catch(() => undefined)
  const start = known ?? (await host.ensureBranch({ ...at, branch: input.branch, from: target, actor })).sha
  let head = start
  try {
    head = (await commitDirectly(host, input, start)).commit
    const pull = await host.pullRequests.open({ ...at, title: asked.title, body: asked.body, sourceBranch: input.branch, targetBranch, author: actor })
    return { commit: head, branch: input.branch, pullRequest: shownPullRequest(pull) }
  } catch (error) {
    if (known === undefined) await host.deleteBranch({ ...at, branch: input.branch, actor, expectedSha: head }).catch(() => undefined)
    throw error
  }
}
