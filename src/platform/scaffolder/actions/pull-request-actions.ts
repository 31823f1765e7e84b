import { z } from 'zod'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { safePath } from '../workspace.ts'
import type { HostType } from './effect.ts'
import { authorInputs, authorOf, branch, filesOf, repoUrl, token } from './inputs.ts'
import { HOST_TITLES, placeOf, type Place } from './places.ts'
import { templateAction, type ActionContext, type StepOutput, type TemplateAction } from './template-action.ts'

const common = {
  repoUrl,
  title: z.string().min(1).describe('Title of the request'),
  description: z.string().default('').describe('What it is about'),
  sourcePath: z.string().optional().describe('Folder of the workspace to take files from'),
  targetPath: z.string().optional().describe('Folder of the repository to put them in'),
  commitMessage: z.string().min(1).optional().describe('Message of the commit; the title unless told'),
  ...authorInputs,
  token,
}

const githubInput = z.looseObject({
  ...common,
  branchName: branch.describe('Branch with the changes'),
  targetBranchName: branch.optional().describe('Branch to merge into; the default branch unless told'),
  draft: z.boolean().default(false),
  reviewers: z.array(z.string()).default([]),
  teamReviewers: z.array(z.string()).default([]),
  assignees: z.array(z.string()).default([]),
  labels: z.array(z.string()).default([]),
  filesToDelete: z.array(z.string()).default([]).describe('Files of the repository that the request removes'),
  update: z.boolean().default(false).describe('Add to the request of this branch when there is one'),
  forceFork: z.literal(false, { error: 'forks are not supported' }).optional(),
  createWhenEmpty: z.boolean().default(true).describe('Without it nothing happens when there are no files'),
})
type RequestInput = z.infer<typeof githubInput>

const githubOutput = z.object({
  remoteUrl: z.string().describe('Page of the request; known when it is open'),
  pullRequestNumber: z.number().describe('Its number; known when it is open'),
  targetBranchName: z.string().describe('Branch that it goes into'),
  commitHash: z.string().describe('Its commit; known when it is made'),
})

/** Adds the effect of a request; what is left to the caller is how the outputs are called. */
function open(
  found: Place,
  given: RequestInput,
  context: ActionContext,
  files = filesOf(context, given.sourcePath, given.targetPath),
): ReturnType<ActionContext['add']> {
  const removed = given.filesToDelete.map((path) => safePath(given.targetPath === undefined ? path : `${given.targetPath}/${path}`))
  if (files.length === 0 && removed.length === 0)
    throw scaffolderFaults.bad_path({ path: given.sourcePath ?? '.', why: 'has no files, so there is nothing to ask for' })
  return context.add({
    kind: 'pull-request',
    ...found.place,
    branch: given.branchName,
    ...(given.targetBranchName === undefined ? {} : { targetBranch: given.targetBranchName }),
    title: given.title,
    body: given.description,
    message: given.commitMessage ?? given.title,
    isDraft: given.draft,
    isUpdate: given.update,
    labels: given.labels,
    reviewers: given.reviewers,
    teamReviewers: given.teamReviewers,
    assignees: given.assignees,
    ...authorOf(given),
    files,
    removed,
    settings: {},
  })
}

function pullRequest(id: string, type: HostType, runsOnFairway: boolean): TemplateAction {
  return templateAction({
    id,
    description: `Commits the files so far to a branch and asks to merge it, on ${HOST_TITLES[type]}${runsOnFairway && type !== 'fairway' ? '; on the built-in one when there is none' : ''}`,
    input: githubInput,
    output: githubOutput,
    host: type,
    runsOnFairway,
    examples: [
      {
        description: 'Ask for a change',
        example: `steps:\n  - id: change\n    name: Open a pull request\n    action: ${id}\n    input:\n      repoUrl: \${{ parameters.repoUrl }}\n      branchName: add-docs\n      title: Add docs\n      description: As asked\n`,
      },
    ],
    run(given, context): StepOutput {
      const found = placeOf(given, { id, type, runsOnFairway }, context.hosts)
      const files = filesOf(context, given.sourcePath, given.targetPath)
      if (files.length === 0 && given.filesToDelete.length === 0 && !given.createWhenEmpty) {
        context.log('there are no files, so no pull request is opened')
        return {}
      }
      const effect = open(found, given, context, files)
      return {
        remoteUrl: effect.output('url'),
        pullRequestNumber: effect.output('number'),
        targetBranchName: given.targetBranchName ?? effect.output('targetBranch'),
        commitHash: effect.output('commitHash'),
      }
    },
  })
}

const gitlabInput = githubInput.omit({ title: true, filesToDelete: true }).extend({
  title: z.string().min(1).optional(),
  commitAction: z.enum(['create', 'update', 'delete', 'skip', 'auto']).default('auto').describe('What happens to each file; `auto` and `update` write it'),
  removeSourceBranch: z.boolean().default(false),
  assignee: z.string().optional(),
  projectid: z.string().optional(),
  assignReviewersFromApprovalRules: z.boolean().optional(),
})

/** GitLab's name and outputs for the same. */
const mergeRequest = templateAction({
  id: 'publish:gitlab:merge-request',
  description: 'Commits the files so far to a branch and asks to merge it, on a GitLab host',
  input: gitlabInput,
  output: z.object({ targetBranchName: z.string(), projectid: z.string(), projectPath: z.string(), mergeRequestUrl: z.string() }),
  host: 'gitlab',
  run(given, context): StepOutput {
    const found = placeOf(given, { id: 'publish:gitlab:merge-request', type: 'gitlab', runsOnFairway: false }, context.hosts)
    // GitLab's action takes the target folder for the source too when no source is told; existing templates count on it.
    const source = given.sourcePath ?? given.targetPath
    const files = filesOf(context, source, given.targetPath)
    const isRemoval = given.commitAction === 'delete'
    const title = given.title ?? `Changes on ${given.branchName}`
    const effect = context.add({
      kind: 'pull-request',
      ...found.place,
      branch: given.branchName,
      ...(given.targetBranchName === undefined ? {} : { targetBranch: given.targetBranchName }),
      title,
      body: given.description,
      message: given.commitMessage ?? title,
      isDraft: given.draft,
      isUpdate: given.update,
      labels: given.labels,
      reviewers: given.reviewers,
      teamReviewers: [],
      assignees: given.assignee === undefined ? given.assignees : [given.assignee],
      ...authorOf(given),
      files: isRemoval || given.commitAction === 'skip' ? [] : files,
      removed: isRemoval ? files.map((file) => file.path) : [],
      settings: { removeSourceBranch: given.removeSourceBranch },
    })
    const projectPath = `${found.place.owner}/${found.place.name}`
    return {
      targetBranchName: given.targetBranchName ?? effect.output('targetBranch'),
      projectid: projectPath,
      projectPath,
      mergeRequestUrl: effect.output('url'),
    }
  },
})

export const pullRequestActions: readonly TemplateAction[] = [
  pullRequest('publish:github:pull-request', 'github', true),
  pullRequest('publish:fairway:pull-request', 'fairway', true),
  pullRequest('publish:azure:pull-request', 'azure', false),
  pullRequest('publish:gitea:pull-request', 'gitea', false),
  mergeRequest,
]
