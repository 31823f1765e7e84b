import { z } from 'zod'
import { parseSource } from '#kernel/common/document'
import { checkEntity } from '#platform/catalog'
import { parseRepositoryUrl } from '../repository-url.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { safePath } from '../workspace.ts'
import { templateAction, type TemplateAction } from './template-action.ts'

const input = z.looseObject({
  repoUrl: z.string().min(1),
  description: z.string().default(''),
  defaultBranch: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,100}$/, 'is no name for a branch')
    .default('main'),
  sourcePath: z.string().default('.'),
})

/** Both names do the same: templates written for GitHub run unchanged against the built-in Git host. */
function publish(id: string): TemplateAction {
  return templateAction({
    id,
    description: 'Makes a repository of the files so far',
    input,
    run({ repoUrl, description, defaultBranch, sourcePath }, context) {
      const url = parseRepositoryUrl(repoUrl)
      if (!url) throw scaffolderFaults.bad_path({ path: repoUrl, why: 'is no repository; write ?owner=…&repo=…' })
      const files = context.workspace.below(sourcePath).map(({ path, file }) => ({ path, ...file }))
      if (files.length === 0) throw scaffolderFaults.bad_path({ path: sourcePath, why: 'has no files, so there is nothing to publish' })
      const effect = context.add({
        kind: 'repository',
        host: '',
        owner: url.owner,
        name: url.repo,
        description,
        defaultBranch,
        files,
        visibility: 'private',
        settings: {},
      })
      const remoteUrl = context.repositoryUrl(url.owner, url.repo)
      return { remoteUrl, repoContentsUrl: `${remoteUrl}#${defaultBranch}`, repository: `${url.owner}/${url.repo}`, commitHash: effect.output('commitHash') }
    },
  })
}

export const publishFairway = publish('publish:fairway')
export const publishGithub = publish('publish:github')

export const catalogRegister = templateAction({
  id: 'catalog:register',
  description: 'Registers what was published in the catalog',
  input: z.looseObject({
    repoContentsUrl: z.string().optional(),
    catalogInfoUrl: z.string().optional(),
    catalogInfoPath: z.string().default('/catalog-info.yaml'),
    optional: z.boolean().default(false),
  }),
  run({ repoContentsUrl, catalogInfoUrl, catalogInfoPath, optional }, { effects, add }) {
    const address = repoContentsUrl ?? catalogInfoUrl ?? ''
    const published = effects.find((effect) => effect.kind === 'repository' && address.includes(`/${effect.owner}/${effect.name}.git`))
    if (published?.kind !== 'repository') throw scaffolderFaults.bad_path({ path: address, why: 'is not what this template has published' })
    const path = safePath(catalogInfoPath.replace(/^\/+/, ''))
    const file = published.files.find((candidate) => candidate.path === path)
    if (!file && optional) return {}
    if (!file) throw scaffolderFaults.bad_path({ path, why: 'is not among the files, so nothing can be registered' })
    const source = parseSource(path, new TextDecoder().decode(file.content))
    const verdicts = source.documents.map(checkEntity)
    const problems = [...source.problems, ...verdicts.flatMap((verdict) => verdict.problems)]
    if (problems.length > 0) throw scaffolderFaults.step_failed({ step: 'catalog:register', what: `${path} would be no good descriptor` }, { errors: problems })
    const ref = (verdicts.find((verdict) => verdict.entity?.kind === 'Component') ?? verdicts[0])?.ref
    add({ kind: 'register', repository: `${published.owner}/${published.name}`, branch: published.defaultBranch, path, ref })
    return { ...(ref === undefined ? {} : { entityRef: ref }), catalogInfoUrl: address }
  },
})
