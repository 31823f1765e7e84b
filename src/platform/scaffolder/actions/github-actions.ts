import { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'
import type { HostRequest } from './effect.ts'
import { githubCall } from './github-call.ts'
import { githubRepositoryActions } from './github-repository-actions.ts'
import { secretRequests } from './github-secrets.ts'
import { githubPath, loginOf, githubSettings, protectionInputs, protectionRequests } from './github-settings.ts'
import { authorInputs, authorOf, branch, filesOf, repoUrl, secretText, token } from './inputs.ts'
import { addressesOf, placeOf } from './places.ts'
import { templateAction, type TemplateAction } from './template-action.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'

const dispatch = templateAction({
  id: 'github:actions:dispatch',
  description: 'Starts a workflow of a repository for a branch or tag; on the built-in host too',
  input: z.looseObject({
    repoUrl,
    workflowId: z.union([z.string().min(1), z.number()]).describe('File name of the workflow, e.g. build.yaml'),
    branchOrTagName: z.string().min(1),
    workflowInputs: z.record(z.string(), z.union([z.number(), z.boolean(), secretText])).default({}),
    token,
  }),
  output: z.object({}),
  host: 'github',
  runsOnFairway: true,
  secrets: ['workflowInputs'],
  run({ workflowId, branchOrTagName, workflowInputs, ...input }, context) {
    const { place } = placeOf(input, { id: 'github:actions:dispatch', type: 'github', runsOnFairway: true }, context.hosts)
    context.add({ kind: 'dispatch', ...place, workflow: String(workflowId), ref: branchOrTagName, inputs: workflowInputs as JsonObject })
    return {}
  },
})

const repoCreate = templateAction({
  id: 'github:repo:create',
  description: 'Makes an empty repository; on the built-in host when there is no GitHub host',
  input: z.looseObject({
    repoUrl,
    description: z.string().default(''),
    repoVisibility: z.enum(['private', 'internal', 'public']).default('private'),
    secrets: z.record(z.string(), secretText).optional(),
    token,
  }),
  secrets: ['secrets'],
  output: z.object({ remoteUrl: z.string(), repoContentsUrl: z.string() }),
  host: 'github',
  runsOnFairway: true,
  run({ description, repoVisibility, ...input }, context) {
    const found = placeOf(input, { id: 'github:repo:create', type: 'github', runsOnFairway: true }, context.hosts)
    const { place } = found
    const settings = Object.fromEntries(
      Object.entries(input).filter(([name, value]) => !['repoUrl', 'token'].includes(name) && value !== undefined),
    ) as JsonObject
    context.add({ kind: 'repository', ...place, description, defaultBranch: 'main', files: [], visibility: repoVisibility, settings })
    const requests = found.host ? githubSettings(place, 'main', settings, repoVisibility) : []
    if (requests.length > 0) context.add({ kind: 'host-call', provider: 'github', ...place, title: `Settings of ${place.owner}/${place.name}`, requests })
    const { remote, contents } = addressesOf(found, 'main', context.repositoryUrl)
    return { remoteUrl: remote, repoContentsUrl: contents }
  },
})

const repoPush = templateAction({
  id: 'github:repo:push',
  description: 'Commits the files so far to the default branch of a repository; on the built-in host when there is no GitHub host',
  input: z.looseObject({
    repoUrl,
    defaultBranch: branch.default('main'),
    sourcePath: z.string().optional(),
    gitCommitMessage: z.string().min(1).default('initial commit'),
    ...authorInputs,
    token,
  }),
  output: z.object({ remoteUrl: z.string(), repoContentsUrl: z.string(), commitHash: z.string() }),
  host: 'github',
  runsOnFairway: true,
  run({ defaultBranch, sourcePath, gitCommitMessage, ...input }, context) {
    const found = placeOf(input, { id: 'github:repo:push', type: 'github', runsOnFairway: true }, context.hosts)
    const files = filesOf(context, sourcePath)
    if (files.length === 0) throw scaffolderFaults.bad_path({ path: sourcePath ?? '.', why: 'has no files, so there is nothing to push' })
    const effect = context.add({ kind: 'commit', ...found.place, branch: defaultBranch, message: gitCommitMessage, ...authorOf(input), files, removed: [] })
    const { remote, contents } = addressesOf(found, defaultBranch, context.repositoryUrl)
    return { remoteUrl: remote, repoContentsUrl: contents, commitHash: effect.output('commitHash') }
  },
})

const common = { repoUrl, token }

/** @see https://docs.github.com/en/rest */
export const githubActions: readonly TemplateAction[] = [
  dispatch,
  repoCreate,
  repoPush,
  githubCall({
    id: 'github:webhook',
    description: 'Adds a webhook to a repository on GitHub',
    secrets: ['webhookSecret'],
    input: z.looseObject({
      ...common,
      webhookUrl: z.url(),
      webhookSecret: secretText.optional(),
      events: z.array(z.string()).default(['push']),
      active: z.boolean().default(true),
      contentType: z.enum(['form', 'json']).default('form'),
      insecureSsl: z.boolean().default(false),
    }),
    title: ({ webhookUrl }, repository) => `Add a webhook to ${webhookUrl} to ${repository}`,
    requests: (input, place) => [
      {
        method: 'POST',
        path: githubPath(place, '/hooks'),
        body: {
          name: 'web',
          active: input.active,
          events: input.events,
          config: {
            url: input.webhookUrl,
            content_type: input.contentType,
            insecure_ssl: input.insecureSsl ? '1' : '0',
            ...(input.webhookSecret === undefined ? {} : { secret: input.webhookSecret as unknown as JsonObject }),
          },
        },
        doneStatuses: [422],
      },
    ],
  }),
  githubCall({
    id: 'github:issues:label',
    description: 'Adds labels to an issue or pull request on GitHub',
    input: z.looseObject({ ...common, number: z.coerce.number().int().positive(), labels: z.array(z.string()).min(1) }),
    title: ({ number, labels }, repository) => `Label ${repository}#${number} ${labels.join(', ')}`,
    requests: ({ number, labels }, place) => [{ method: 'POST', path: githubPath(place, `/issues/${number}/labels`), body: { labels } }],
  }),
  githubCall({
    id: 'github:issues:create',
    description: 'Opens an issue on GitHub',
    input: z.looseObject({
      ...common,
      title: z.string().min(1),
      body: z.string().optional(),
      assignees: z.array(z.string()).optional(),
      milestone: z.union([z.string(), z.number()]).optional(),
      labels: z.array(z.string()).optional(),
    }),
    output: z.object({ issueUrl: z.string(), issueNumber: z.number() }),
    outputs: ['issueUrl', 'issueNumber'],
    title: ({ title }, repository) => `Open the issue "${title}" in ${repository}`,
    requests: ({ title, body, assignees, milestone, labels }, place) => [
      {
        method: 'POST',
        path: githubPath(place, '/issues'),
        body: JSON.parse(JSON.stringify({ title, body, assignees, milestone, labels })) as JsonObject,
        outputs: { issueUrl: 'html_url', issueNumber: 'number' },
      },
    ],
  }),
  githubCall({
    id: 'github:environment:create',
    description: 'Makes a deployment environment on GitHub',
    secrets: ['secrets'],
    input: z.looseObject({
      ...common,
      name: z.string().min(1),
      deploymentBranchPolicy: z.object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() }).nullish(),
      customBranchPolicyNames: z.array(z.string()).default([]),
      customTagPolicyNames: z.array(z.string()).default([]),
      environmentVariables: z.record(z.string(), z.string()).default({}),
      waitTimer: z.number().optional(),
      preventSelfReview: z.boolean().optional(),
      secrets: z.record(z.string(), secretText).default({}),
      reviewers: z.array(z.string()).max(6, 'are at most six').default([]).describe('Refs of users and groups, who are called so on GitHub too'),
    }),
    title: ({ name }, repository) => `Make the environment ${name} in ${repository}`,
    requests: (input, place) => {
      const path = githubPath(place, `/environments/${encodeURIComponent(input.name)}`)
      const policy = (name: string, type: 'branch' | 'tag'): HostRequest => ({
        method: 'POST',
        path: `${path}/deployment-branch-policies`,
        body: { name, type },
        doneStatuses: [303],
      })
      const reviewers = input.reviewers.map((ref, index) => ({ isTeam: /^group:/i.test(ref), name: loginOf(ref), output: `reviewer${index}` }))
      const body = {
        deployment_branch_policy: input.deploymentBranchPolicy,
        wait_timer: input.waitTimer,
        prevent_self_review: input.preventSelfReview,
        ...(reviewers.length === 0 ? {} : { reviewers: reviewers.map(({ isTeam, output }) => ({ type: isTeam ? 'Team' : 'User', id: { $output: output } })) }),
      }
      return [
        ...reviewers.map(({ isTeam, name, output }): HostRequest => ({
          method: 'GET',
          path: isTeam ? `/orgs/${encodeURIComponent(place.owner)}/teams/${encodeURIComponent(name)}` : `/users/${encodeURIComponent(name)}`,
          outputs: { [output]: 'id' },
        })),
        { method: 'PUT', path, body: JSON.parse(JSON.stringify(body)) as JsonObject },
        ...input.customBranchPolicyNames.map((name) => policy(name, 'branch')),
        ...input.customTagPolicyNames.map((name) => policy(name, 'tag')),
        ...Object.entries(input.environmentVariables).map(([name, value]): HostRequest => ({
          method: 'POST',
          path: `${path}/variables`,
          body: { name, value },
          doneStatuses: [409],
        })),
        ...secretRequests(path, input.secrets),
      ]
    },
  }),
  githubCall({
    id: 'github:autolinks:create',
    description: 'Adds an autolink to a repository on GitHub',
    input: z.looseObject({ ...common, keyPrefix: z.string().min(1), urlTemplate: z.string().min(1), isAlphanumeric: z.boolean().default(true) }),
    title: ({ keyPrefix }, repository) => `Link ${keyPrefix}… in ${repository}`,
    requests: ({ keyPrefix, urlTemplate, isAlphanumeric }, place) => [
      {
        method: 'POST',
        path: githubPath(place, '/autolinks'),
        body: { key_prefix: keyPrefix, url_template: urlTemplate, is_alphanumeric: isAlphanumeric },
        doneStatuses: [422],
      },
    ],
  }),
  githubCall({
    id: 'github:pages:enable',
    description: 'Turns on GitHub Pages for a repository',
    input: z.looseObject({
      ...common,
      buildType: z.enum(['legacy', 'workflow']).default('workflow'),
      sourceBranch: z.string().default('main'),
      sourcePath: z.enum(['/', '/docs']).default('/'),
    }),
    title: (_input, repository) => `Turn on pages of ${repository}`,
    requests: ({ buildType, sourceBranch, sourcePath }, place) => [
      {
        method: 'POST',
        path: githubPath(place, '/pages'),
        body: { build_type: buildType, source: { branch: sourceBranch, path: sourcePath } },
        doneStatuses: [409],
      },
    ],
  }),
  githubCall({
    id: 'github:branch-protection:create',
    description: 'Protects a branch of a repository on GitHub',
    input: z.looseObject({
      ...common,
      branch: branch.optional().describe('The default branch unless told'),
      enforceAdmins: z.boolean().default(true),
      ...protectionInputs,
    }),
    title: (input, repository) => `Protect ${input.branch ?? 'the default branch'} of ${repository}`,
    requests: (input, place) => protectionRequests(place, input.branch, input, input.enforceAdmins),
  }),
  ...githubRepositoryActions,
]
