import { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { HostRequest, RepositoryPlace } from './effect.ts'

const names = z.array(z.string())
const people = z.object({ apps: names.optional(), users: names.optional(), teams: names.optional() })

/** What `github:branch-protection:create` takes, and the publish actions for the default branch. */
export const protectionInputs = {
  requiredApprovingReviewCount: z.number().int().min(0).max(6).default(1),
  requireCodeOwnerReviews: z.boolean().default(false),
  dismissStaleReviews: z.boolean().default(false),
  bypassPullRequestAllowances: people.optional(),
  restrictions: people.optional(),
  requiredStatusCheckContexts: names.default([]),
  requireBranchesToBeUpToDate: z.boolean().default(true),
  requiredConversationResolution: z.boolean().default(false),
  requireLastPushApproval: z.boolean().default(false),
  requiredCommitSigning: z.boolean().default(false),
  requiredLinearHistory: z.boolean().default(false),
  blockCreations: z.boolean().default(false),
}
const protection = z.object(protectionInputs)

/** `github:repo:create` and `publish:github`: what GitHub has beside name, description and visibility. */
const settingsInput = z.looseObject({
  ...protectionInputs,
  access: z.string().optional(),
  collaborators: z.array(z.union([z.object({ user: z.string(), access: z.string() }), z.object({ team: z.string(), access: z.string() })])).default([]),
  topics: names.default([]),
  protectDefaultBranch: z.boolean().optional(),
  protectEnforceAdmins: z.boolean().default(true),
  repoVariables: z.record(z.string(), z.string()).default({}),
  secrets: z.record(z.string(), z.unknown()).optional(),
})

/** Members that GitHub's repository itself takes, by their names there. */
const PATCHED: Readonly<Record<string, string>> = {
  homepage: 'homepage',
  deleteBranchOnMerge: 'delete_branch_on_merge',
  allowMergeCommit: 'allow_merge_commit',
  allowSquashMerge: 'allow_squash_merge',
  allowUpdateBranch: 'allow_update_branch',
  squashMergeCommitTitle: 'squash_merge_commit_title',
  squashMergeCommitMessage: 'squash_merge_commit_message',
  allowRebaseMerge: 'allow_rebase_merge',
  allowAutoMerge: 'allow_auto_merge',
  hasProjects: 'has_projects',
  hasWiki: 'has_wiki',
  hasIssues: 'has_issues',
}

/** Path below GitHub's API of a repository. */
export function githubPath(place: RepositoryPlace, rest = ''): string {
  return `/repos/${encodeURIComponent(place.owner)}/${encodeURIComponent(place.name)}${rest}`
}

/**
 * The requests that give a repository on GitHub the settings that a template asks for. Pure.
 * @see https://docs.github.com/en/rest/repos/repos
 */
export function githubSettings(place: RepositoryPlace, defaultBranch: string, settings: JsonObject): HostRequest[] {
  const parsed = settingsInput.safeParse(settings)
  if (!parsed.success) throw scaffolderFaults.bad_path({ path: parsed.error.issues[0]?.path.join('.') ?? 'input', why: parsed.error.issues[0]?.message ?? '' })
  const given = parsed.data
  if (given.secrets)
    throw scaffolderFaults.bad_path({ path: 'secrets', why: 'can not be set on a repository here: keep secrets in Fairway and let the pipeline read them' })
  const patch = Object.fromEntries(Object.entries(PATCHED).flatMap(([name, theirs]) => (settings[name] === undefined ? [] : [[theirs, settings[name]]])))
  const people = [
    ...(given.access === undefined ? [] : [accessRequest(place, given.access, 'admin')]),
    ...given.collaborators.map((each) =>
      'team' in each ? accessRequest(place, `${place.owner}/${each.team}`, each.access) : accessRequest(place, each.user, each.access),
    ),
  ]
  const isProtected = given.protectDefaultBranch ?? Object.keys(protectionInputs).some((name) => settings[name] !== undefined)
  return [
    ...(Object.keys(patch).length === 0 ? [] : [{ method: 'PATCH' as const, path: githubPath(place), body: patch }]),
    ...people,
    ...(given.topics.length === 0
      ? []
      : [{ method: 'PUT' as const, path: githubPath(place, '/topics'), body: { names: given.topics.map((topic) => topic.toLowerCase()) } }]),
    ...Object.entries(given.repoVariables).map(([name, value]) => ({
      method: 'POST' as const,
      path: githubPath(place, '/actions/variables'),
      body: { name, value },
      doneStatuses: [409],
    })),
    ...(isProtected ? protectionRequests(place, defaultBranch, protection.parse(given), given.protectEnforceAdmins) : []),
  ]
}

/** @see https://docs.github.com/en/rest/branches/branch-protection */
export function protectionRequests(place: RepositoryPlace, branch: string, given: z.infer<typeof protection>, isForAdmins: boolean): HostRequest[] {
  const path = githubPath(place, `/branches/${encodeURIComponent(branch)}/protection`)
  const request: HostRequest = {
    method: 'PUT',
    path,
    body: {
      required_status_checks: { strict: given.requireBranchesToBeUpToDate, contexts: given.requiredStatusCheckContexts },
      restrictions: given.restrictions
        ? { users: given.restrictions.users ?? [], teams: given.restrictions.teams ?? [], apps: given.restrictions.apps ?? [] }
        : null,
      enforce_admins: isForAdmins,
      required_pull_request_reviews: {
        required_approving_review_count: given.requiredApprovingReviewCount,
        require_code_owner_reviews: given.requireCodeOwnerReviews,
        dismiss_stale_reviews: given.dismissStaleReviews,
        require_last_push_approval: given.requireLastPushApproval,
        ...(given.bypassPullRequestAllowances ? { bypass_pull_request_allowances: given.bypassPullRequestAllowances as JsonObject } : {}),
      },
      required_conversation_resolution: given.requiredConversationResolution,
      required_linear_history: given.requiredLinearHistory,
      block_creations: given.blockCreations,
    },
  }
  return given.requiredCommitSigning ? [request, { method: 'POST', path: `${path}/required_signatures` }] : [request]
}

function accessRequest(place: RepositoryPlace, who: string, access: string): HostRequest {
  const [org, team] = who.split('/')
  const repository = `${encodeURIComponent(place.owner)}/${encodeURIComponent(place.name)}`
  if (team !== undefined)
    return { method: 'PUT', path: `/orgs/${encodeURIComponent(org ?? '')}/teams/${encodeURIComponent(team)}/repos/${repository}`, body: { permission: access } }
  return { method: 'PUT', path: `/repos/${repository}/collaborators/${encodeURIComponent(who)}`, body: { permission: access } }
}
