import { stringify } from 'yaml'
import { z } from 'zod'
import { parseSource } from '#kernel/common/document'
import type { Json, JsonObject } from '#kernel/common/json'
import { checkEntity, formatEntityRef, parseEntityRef } from '#platform/catalog'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { safePath } from '../workspace.ts'
import type { TemplateFile } from './effect.ts'
import { addressesOf } from './places.ts'
import { templateAction, type ActionContext, type StepOutput } from './template-action.ts'

const registerInput = z.looseObject({
  repoContentsUrl: z.string().optional().describe('Root of a repository, as a publish step gives it'),
  catalogInfoUrl: z.string().optional().describe('Address of a descriptor'),
  catalogInfoPath: z.string().default('/catalog-info.yaml').describe('Path of the descriptor below repoContentsUrl'),
  optional: z.boolean().default(false).describe('Whether it may be missing'),
})

export const catalogRegister = templateAction({
  id: 'catalog:register',
  description: 'Registers a descriptor in the catalog: of what was published, or of an address',
  input: registerInput,
  output: z.object({ entityRef: z.string().optional(), catalogInfoUrl: z.string() }),
  examples: [
    {
      description: 'Register what was published',
      example:
        'steps:\n  - id: register\n    name: Register\n    action: catalog:register\n    input:\n      repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}\n',
    },
  ],
  run(given, context) {
    const address = given.repoContentsUrl ?? given.catalogInfoUrl ?? ''
    const path = pathOf(given, address)
    const target = targetOf(address, path, given, context)
    const { files } = target
    if (!files) {
      const effect = context.add({ kind: 'register', ...target.effect, path, ref: undefined, isOptional: given.optional })
      return { entityRef: effect.output('entityRef'), catalogInfoUrl: target.url }
    }
    const file = files.find((candidate) => candidate.path === path)
    if (!file && given.optional) return {}
    if (!file) throw scaffolderFaults.bad_path({ path, why: 'is not among the files, so nothing can be registered' })
    const ref = refOf(path, file)
    context.add({ kind: 'register', ...target.effect, path, ref })
    return { ...(ref === undefined ? {} : { entityRef: ref }), catalogInfoUrl: target.url }
  },
})

interface Target {
  effect: { repository: string; branch: string; url?: string }
  url: string
  /** Of a repository that this run publishes; undefined for one that is elsewhere. */
  files: readonly TemplateFile[] | undefined
}

function targetOf(address: string, path: string, given: z.infer<typeof registerInput>, context: ActionContext): Target {
  const published = context.effects.flatMap((effect) => (effect.kind === 'repository' ? [effect] : []))
  for (const effect of published) {
    const host = context.hosts.list().find((candidate) => candidate.host === effect.host)
    const url = { host: effect.host, owner: effect.owner, repo: effect.name }
    const { remote, contents } = addressesOf({ place: effect, host, url }, effect.defaultBranch, context.repositoryUrl)
    if (address !== contents && !isBelow(address, contents) && !isBelow(address, remote.replace(/\.git$/, ''))) continue
    // Later commits of the same run count: what is on the default branch is what is read.
    const later = context.effects.flatMap((other) =>
      other.kind === 'commit' &&
      other.host === effect.host &&
      other.owner === effect.owner &&
      other.name === effect.name &&
      other.branch === effect.defaultBranch
        ? other.files
        : [],
    )
    const files = [...later.toReversed(), ...effect.files]
    if (!host) return { effect: { repository: `${effect.owner}/${effect.name}`, branch: effect.defaultBranch }, url: address, files }
    const descriptor = given.catalogInfoUrl ?? joinedUrl(contents, path)
    return { effect: { repository: '', branch: effect.defaultBranch, url: descriptor }, url: descriptor, files }
  }
  const ours = builtInRepositoryOf(address, context)
  if (ours) return { effect: ours, url: address, files: undefined }
  if (!/^https?:\/\//.test(address)) throw scaffolderFaults.bad_path({ path: address, why: 'is not what this template has published, nor an address' })
  const url = given.repoContentsUrl === undefined ? address : joinedUrl(address, path)
  return { effect: { repository: '', branch: '', url }, url, files: undefined }
}

function pathOf(given: z.infer<typeof registerInput>, address: string): string {
  const fragment = given.repoContentsUrl === undefined ? /\/(?:blob|src\/branch|-\/blob|src)\/[^/]+\/(.+)$/.exec(address)?.[1] : undefined
  return safePath((fragment ?? given.catalogInfoPath).replace(/^\/+/, ''))
}

function isBelow(address: string, root: string): boolean {
  return address.startsWith(root) && /^(?:\.git)?(?:[/#?]|$)/.test(address.slice(root.length))
}

function joinedUrl(contents: string, path: string): string {
  const [base, query] = contents.split('?')
  return query === undefined ? `${contents.replace(/\/+$/, '')}/${path}` : `${base ?? ''}?${query.replace(/path=[^&]*/, `path=/${path}`)}`
}

/** A repository of the built-in host that was there before. */
function builtInRepositoryOf(address: string, context: ActionContext): { repository: string; branch: string } | undefined {
  const [before = '', after = ''] = context.repositoryUrl('OWNER', 'NAME').split('OWNER/NAME')
  if (before === '' || !address.startsWith(before)) return undefined
  const [path = '', branch = ''] = address.slice(before.length).split('#')
  const [owner, name] = path.slice(0, after !== '' && path.endsWith(after) ? -after.length : undefined).split('/')
  return owner === undefined || name === undefined || owner === '' || name === '' ? undefined : { repository: `${owner}/${name}`, branch }
}

function refOf(path: string, file: TemplateFile): string | undefined {
  const source = parseSource(path, new TextDecoder().decode(file.content))
  const verdicts = source.documents.map(checkEntity)
  const problems = [...source.problems, ...verdicts.flatMap((verdict) => verdict.problems)]
  if (problems.length > 0) throw scaffolderFaults.step_failed({ step: 'catalog:register', what: `${path} would be no good descriptor` }, { errors: problems })
  return (verdicts.find((verdict) => verdict.entity?.kind === 'Component') ?? verdicts[0])?.ref
}

export const catalogWrite = templateAction({
  id: 'catalog:write',
  description: 'Writes a catalog-info.yaml',
  input: z.looseObject({ filePath: z.string().default('catalog-info.yaml'), entity: z.record(z.string(), z.unknown()) }),
  output: z.object({}),
  run({ filePath, entity }, { workspace }) {
    workspace.write(filePath, { content: new TextEncoder().encode(stringify(entity)), isExecutable: false })
    return {}
  },
})

export const catalogFetch = templateAction({
  id: 'catalog:fetch',
  description: 'Reads entities of the catalog',
  input: z.looseObject({
    entityRef: z.string().optional().describe('One entity'),
    entityRefs: z.array(z.string()).max(500).optional().describe('Several'),
    optional: z.boolean().default(false).describe('Whether they may be missing'),
    defaultKind: z.string().optional(),
    defaultNamespace: z.string().optional(),
  }),
  output: z.object({ entity: z.unknown().optional(), entities: z.array(z.unknown()).optional() }),
  async run({ entityRef, entityRefs, optional, defaultKind, defaultNamespace }, context): Promise<StepOutput> {
    const defaults = { ...(defaultKind === undefined ? {} : { kind: defaultKind }), ...(defaultNamespace === undefined ? {} : { namespace: defaultNamespace }) }
    const find = async (text: string): Promise<JsonObject | undefined> => {
      const parts = parseEntityRef(text, defaults)
      const ref = parts ? formatEntityRef(parts) : text
      const found = parts ? await context.findEntity(ref) : undefined
      if (!found && !optional) throw scaffolderFaults.bad_path({ path: text, why: 'is not in the catalog' })
      return found
    }
    if (entityRef !== undefined) return { entity: (await find(entityRef)) ?? null }
    if (entityRefs === undefined) throw scaffolderFaults.bad_path({ path: 'input', why: 'names neither entityRef nor entityRefs' })
    const entities: Json[] = []
    for (const ref of entityRefs) entities.push((await find(ref)) ?? null)
    return { entities }
  },
})
