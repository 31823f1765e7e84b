import { z } from 'zod'
import type { Json, JsonObject } from '#kernel/common/json'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { HostRequest, HostType, RepositoryPlace } from './effect.ts'
import { githubPath, githubSettings } from './github-settings.ts'
import { gitlabSettings } from './gitlab-settings.ts'
import { authorInputs, authorOf, branch, filesOf, repoUrl, token } from './inputs.ts'
import { addressesOf, HOST_TITLES, placeOf } from './places.ts'
import { templateAction, type TemplateAction } from './template-action.ts'

const input = z.looseObject({
  repoUrl,
  description: z.string().default('').describe('What the repository is for'),
  defaultBranch: branch.default('main').describe('Its default branch'),
  sourcePath: z.string().default('.').describe('Folder of the workspace that becomes the repository'),
  repoVisibility: z.enum(['private', 'internal', 'public']).default('private').describe('Who sees it'),
  gitCommitMessage: z.string().min(1).optional().describe('Message of the first commit'),
  ...authorInputs,
  token,
})
type PublishInput = z.infer<typeof input>

const output = z.object({
  remoteUrl: z.string().describe('Address of the repository'),
  repoContentsUrl: z.string().describe('Address of the root of its default branch'),
  repository: z.string().describe('owner/name'),
  commitHash: z.string().describe('The first commit; known when it is made'),
})

/** Members that every publish action has a place for of their own, and those that are for forms or say nothing here. */
const OWN = new Set([...Object.keys(input.shape), 'allowedHosts', 'signCommit'])

/** What the template says beside that, as the host has it: topics, collaborators, settings. */
function settingsOf(given: PublishInput): JsonObject {
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => !OWN.has(name) && value !== undefined)) as Record<string, Json>
}

/** What a host's own API is asked for; undefined where a host has no such settings. */
function settingRequests(type: HostType | undefined, place: RepositoryPlace, given: PublishInput, settings: JsonObject): HostRequest[] | undefined {
  if (type === 'github') return githubSettings(place, given.defaultBranch, settings, given.repoVisibility)
  if (type === 'gitlab') return gitlabSettings(place, given.defaultBranch, given.repoVisibility, settings)
  if (type !== 'gitea') return undefined
  // Gitea has private and public only.
  return given.repoVisibility === 'public' ? [{ method: 'PATCH', path: githubPath(place), body: { private: false } }] : []
}

function publish(id: string, type: HostType): TemplateAction {
  const runsOnFairway = type === 'github'
  return templateAction({
    id,
    description: `Makes a repository of the files so far on ${HOST_TITLES[type]}${runsOnFairway ? '; on the built-in one when there is none' : ''}`,
    input,
    output,
    host: type,
    runsOnFairway,
    // Where GitHub and GitLab keep secrets for their pipelines.
    secrets: ['secrets', 'projectVariables'],
    examples: [
      {
        description: 'Publish the workspace',
        example: `steps:\n  - id: publish\n    name: Publish\n    action: ${id}\n    input:\n      repoUrl: \${{ parameters.repoUrl }}\n      defaultBranch: main\n`,
      },
    ],
    run(given, context) {
      const found = placeOf(given, { id, type, runsOnFairway }, context.hosts)
      const { place } = found
      const files = filesOf(context, given.sourcePath)
      if (files.length === 0) throw scaffolderFaults.bad_path({ path: given.sourcePath, why: 'has no files, so there is nothing to publish' })
      const settings = settingsOf(given)
      const effect = context.add({
        kind: 'repository',
        ...place,
        description: given.description,
        defaultBranch: given.defaultBranch,
        files,
        visibility: given.repoVisibility,
        ...(given.gitCommitMessage === undefined ? {} : { message: given.gitCommitMessage }),
        ...authorOf(given),
        settings,
      })
      const requests = settingRequests(found.host?.type, place, given, settings)
      if (requests && found.host && requests.length > 0)
        context.add({ kind: 'host-call', provider: found.host.type, ...place, title: `Settings of ${place.owner}/${place.name}`, requests })
      if (!requests && Object.keys(settings).length > 0)
        context.log(`${HOST_TITLES[found.host?.type ?? 'fairway']} has no ${Object.keys(settings).join(', ')}; left away`)
      const { remote, contents } = addressesOf(found, given.defaultBranch, context.repositoryUrl)
      return { remoteUrl: remote, repoContentsUrl: contents, repository: `${place.owner}/${place.name}`, commitHash: effect.output('commitHash') }
    },
  })
}

/** One action a kind of host, as Backstage names them. */
export const publishActions: readonly TemplateAction[] = [
  publish('publish:fairway', 'fairway'),
  publish('publish:github', 'github'),
  publish('publish:gitlab', 'gitlab'),
  publish('publish:azure', 'azure'),
  publish('publish:gitea', 'gitea'),
]
