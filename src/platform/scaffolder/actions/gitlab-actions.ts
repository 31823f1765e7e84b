import { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { gitlabCall, projectIdInput } from './gitlab-call.ts'
import { gitlabGroupActions } from './gitlab-group-actions.ts'
import { variableRequests } from './gitlab-settings.ts'
import { gitlabTokenActions } from './gitlab-token-actions.ts'
import { branch, filesOf, repoUrl, secretText, token } from './inputs.ts'
import { placeOf } from './places.ts'
import { templateAction, type TemplateAction } from './template-action.ts'

const body = (value: Record<string, unknown>): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject
const common = { repoUrl, token, projectId: projectIdInput }

const repoPush = templateAction({
  id: 'gitlab:repo:push',
  description: 'Commits the files so far to a branch of a repository on GitLab',
  input: z.looseObject({
    repoUrl,
    branchName: branch,
    commitMessage: z.string().min(1),
    sourcePath: z.string().optional(),
    targetPath: z.string().optional(),
    commitAction: z.enum(['create', 'update', 'delete']).default('create'),
    token,
  }),
  output: z.object({ projectid: z.string(), projectPath: z.string(), commitHash: z.string() }),
  host: 'gitlab',
  run({ branchName, commitMessage, sourcePath, targetPath, commitAction, ...input }, context) {
    const { place } = placeOf(input, { id: 'gitlab:repo:push', type: 'gitlab', runsOnFairway: false }, context.hosts)
    const files = filesOf(context, sourcePath, targetPath)
    if (files.length === 0) throw scaffolderFaults.bad_path({ path: sourcePath ?? '.', why: 'has no files, so there is nothing to push' })
    const effect = context.add({
      kind: 'commit',
      ...place,
      branch: branchName,
      message: commitMessage,
      files: commitAction === 'delete' ? [] : files,
      removed: commitAction === 'delete' ? files.map((file) => file.path) : [],
    })
    const path = `${place.owner}/${place.name}`
    return { projectid: path, projectPath: path, commitHash: effect.output('commitHash') }
  },
})

/** @see https://docs.gitlab.com/api/rest/ */
export const gitlabActions: readonly TemplateAction[] = [
  repoPush,
  gitlabCall({
    id: 'gitlab:issues:create',
    description: 'Opens an issue on GitLab',
    input: z.looseObject({
      ...common,
      title: z.string().min(1),
      description: z.string().optional(),
      confidential: z.boolean().optional(),
      assignees: z.array(z.number()).optional(),
      labels: z.string().optional(),
      dueDate: z.string().optional(),
      issueType: z.string().optional(),
      milestoneId: z.number().optional(),
      weight: z.number().min(0).optional(),
    }),
    output: z.object({ issueUrl: z.string(), issueId: z.number(), issueIid: z.number() }),
    title: ({ title }, repository) => `Open the issue "${title}" in ${repository}`,
    requests: (input, project) => [
      {
        method: 'POST',
        path: `${project}/issues`,
        body: body({
          title: input.title,
          description: input.description,
          confidential: input.confidential,
          assignee_ids: input.assignees,
          labels: input.labels,
          due_date: input.dueDate?.slice(0, 10),
          issue_type: input.issueType,
          milestone_id: input.milestoneId,
          weight: input.weight,
        }),
        outputs: { issueUrl: 'web_url', issueId: 'id', issueIid: 'iid' },
      },
    ],
  }),
  gitlabCall({
    id: 'gitlab:issue:edit',
    description: 'Alters an issue on GitLab',
    input: z.looseObject({
      ...common,
      issueIid: z.number(),
      title: z.string().optional(),
      description: z.string().optional(),
      addLabels: z.string().optional(),
      removeLabels: z.string().optional(),
      labels: z.string().optional(),
      stateEvent: z.enum(['close', 'reopen']).optional(),
    }),
    output: z.object({ issueUrl: z.string(), issueId: z.number(), issueIid: z.number(), state: z.string(), title: z.string(), projectId: z.number() }),
    title: ({ issueIid }, repository) => `Alter the issue ${issueIid} of ${repository}`,
    requests: (input, project) => [
      {
        method: 'PUT',
        path: `${project}/issues/${input.issueIid}`,
        body: body({
          title: input.title,
          description: input.description,
          labels: input.labels,
          add_labels: input.addLabels,
          remove_labels: input.removeLabels,
          state_event: input.stateEvent,
        }),
        outputs: { issueUrl: 'web_url', issueId: 'id', issueIid: 'iid', state: 'state', title: 'title', projectId: 'project_id' },
      },
    ],
  }),
  gitlabCall({
    id: 'gitlab:projectVariable:create',
    description: 'Adds a CI variable to a project on GitLab',
    secrets: ['value'],
    input: z.looseObject({
      ...common,
      key: z.string().regex(/^[A-Za-z0-9_]{1,255}$/),
      value: secretText,
      variableType: z.enum(['env_var', 'file']).default('env_var'),
      variableProtected: z.boolean().default(false),
      masked: z.boolean().default(false),
      raw: z.boolean().default(false),
      environmentScope: z.string().default('*'),
    }),
    output: z.object({}),
    title: ({ key }, repository) => `Add the variable ${key} to ${repository}`,
    requests: (input, project) =>
      variableRequests(project, {
        key: input.key,
        value: input.value,
        variable_type: input.variableType,
        protected: input.variableProtected,
        masked: input.masked,
        raw: input.raw,
        environment_scope: input.environmentScope,
      }),
  }),
  gitlabCall({
    id: 'gitlab:pipeline:trigger',
    description: 'Starts a pipeline on GitLab',
    input: z.looseObject({ ...common, branch, tokenDescription: z.string().optional(), variables: z.record(z.string(), z.string()).default({}) }),
    output: z.object({ pipelineUrl: z.string() }),
    title: (input, repository) => `Start a pipeline of ${repository} on ${input.branch}`,
    requests: (input, project) => [
      {
        method: 'POST',
        path: `${project}/pipeline`,
        body: body({ ref: input.branch, variables: Object.entries(input.variables).map(([key, value]) => ({ key, value })) }),
        outputs: { pipelineUrl: 'web_url' },
      },
    ],
  }),
  gitlabCall({
    id: 'gitlab:repo:exists',
    description: 'Tells whether a project is there on GitLab',
    input: z.looseObject({ repoUrl, token }),
    output: z.object({ exists: z.boolean() }),
    title: (_input, repository) => `Ask whether ${repository} is there`,
    requests: (_input, project) => [{ method: 'GET', path: project, outputs: { exists: '?id' }, doneStatuses: [404] }],
  }),
  ...gitlabGroupActions,
  ...gitlabTokenActions,
]
