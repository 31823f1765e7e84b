import { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { HostRequest, RepositoryPlace } from './effect.ts'
import { secretRequests } from './github-secrets.ts'
import { secretText } from './inputs.ts'

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
  secrets: z.record(z.string(), secretText).default({}),
  oidcCustomization: z.object({ useDefault: z.boolean(), includeClaimKeys: z.array(z.string()).optional() }).optional(),
  customProperties: z.record(z.string(), z.union([z.string(), names])).default({}),
  subscribe: z.boolean().default(false),
  workflowAccess: z.enum(['none', 'organization', 'user', 'enterprise']).optional(),
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
export function githubSettings(
  place: RepositoryPlace,
  defaultBranch: string,
  settings: JsonObject,
  visibility: 'private' | 'internal' | 'public' = 'private',
): HostRequest[] {
  const parsed = settingsInput.safeParse(settings)
  if (!parsed.success) throw scaffolderFaults.bad_path({ path: parsed.error.issues[0]?.path.join('.') ?? 'input', why: parsed.error.issues[0]?.message ?? '' })
  const given = parsed.data
  const visible = visibility === 'private' ? {} : { visibility }
  const patch = {
    ...visible,
    ...Object.fromEntries(Object.entries(PATCHED).flatMap(([name, theirs]) => (settings[name] === undefined ? [] : [[theirs, settings[name]]]))),
  }
  const people = [
    ...(given.access === undefined ? [] : [accessRequest(place, given.access, 'admin')]),
    ...given.collaborators.map((each) =>
      'team' in each ? accessRequest(place, `${place.owner}/${loginOf(each.team)}`, each.access) : accessRequest(place, loginOf(each.user), each.access),
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
    ...secretRequests(githubPath(place, '/actions'), given.secrets),
    ...(given.oidcCustomization === undefined
      ? []
      : [
          {
            method: 'PUT' as const,
            path: githubPath(place, '/actions/oidc/customization/sub'),
            body: { use_default: given.oidcCustomization.useDefault, include_claim_keys: given.oidcCustomization.includeClaimKeys ?? [] },
          },
        ]),
    ...(Object.keys(given.customProperties).length === 0
      ? []
      : [
          {
            method: 'PATCH' as const,
            path: githubPath(place, '/properties/values'),
            body: { properties: Object.entries(given.customProperties).map(([name, value]) => ({ property_name: name, value })) },
          },
        ]),
    ...(given.subscribe ? [{ method: 'PUT' as const, path: githubPath(place, '/subscription'), body: { subscribed: true, ignored: false } }] : []),
    ...(given.workflowAccess === undefined
      ? []
      : [{ method: 'PUT' as const, path: githubPath(place, '/actions/permissions/access'), body: { access_level: given.workflowAccess } }]),
    ...(isProtected ? protectionRequests(place, defaultBranch, protection.parse(given), given.protectEnforceAdmins) : []),
  ]
}

/** @param branch the default branch, which is asked for first, unless told. @see https://docs.github.com/en/rest/branches/branch-protection */
export function protectionRequests(place: RepositoryPlace, branch: string | undefined, given: z.infer<typeof protection>, isForAdmins: boolean): HostRequest[] {
  const path = githubPath(place, `/branches/${branch === undefined ? '{defaultBranch}' : encodeURIComponent(branch)}/protection`)
  const first: HostRequest[] = branch === undefined ? [{ method: 'GET', path: githubPath(place), outputs: { defaultBranch: 'default_branch' } }] : []
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
  // Asking for signatures twice is asking once.
  const signed: HostRequest[] = given.requiredCommitSigning ? [{ method: 'POST', path: `${path}/required_signatures`, doneStatuses: [200] }] : []
  return [...first, request, ...signed]
}

/** The name of a user or group by its ref, as both are called on the host too: `group:default/core` is `core`. Pure. */
export function loginOf(ref: string): string {
  return (
    ref
      .replace(/^[a-z]+:/i, '')
      .split('/')
      .at(-1) ?? ref
  )
}

function accessRequest(place: RepositoryPlace, who: string, access: string): HostRequest {
  const [org, team] = who.split('/')
  const repository = `${encodeURIComponent(place.owner)}/${encodeURIComponent(place.name)}`
  if (team !== undefined)
    return { method: 'PUT', path: `/orgs/${encodeURIComponent(org ?? '')}/teams/${encodeURIComponent(team)}/repos/${repository}`, body: { permission: access } }
  return { method: 'PUT', path: `/repos/${repository}/collaborators/${encodeURIComponent(who)}`, body: { permission: access } }
}
