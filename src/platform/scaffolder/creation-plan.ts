import { createHash } from 'node:crypto'
import type { PlannedAction } from '#kernel/common/driver'
import { canonicalJson, type JsonObject } from '#kernel/common/json'
import type { DraftPlan } from '#platform/change'
import type { Effect, TemplateAction, TemplateFile } from './actions/index.ts'
import { withLineage } from './lineage.ts'
import { runTemplate, type TemplateRun } from './run-template.ts'
import type { TemplateLibrary } from './template-library.ts'

/** What is kept of a request: the commit pins the template, so that what is approved is what is made. */
export interface CreationInput {
  template: string
  values: JsonObject
  templateCommit?: string | undefined
  title?: string | undefined
  component?: string | undefined
}

export interface RenderDeps {
  library: TemplateLibrary
  actions: readonly TemplateAction[]
  repositoryUrl: (owner: string, name: string) => string
}

type RepositoryEffect = Extract<Effect, { kind: 'repository' }>
type RegisterEffect = Extract<Effect, { kind: 'register' }>

/** A template filled in, with the files as they will be committed. */
export interface Rendered {
  run: TemplateRun
  ref: string
  title: string
  commit: string
  repositories: RepositoryEffect[]
  registrations: RegisterEffect[]
}

/** Fills a template in, from its commit. The same input always gives the same files. @throws as `TemplateLibrary.load` and `runTemplate`. */
export async function renderCreation(deps: RenderDeps, input: CreationInput, requestedBy: string): Promise<Rendered> {
  const loaded = await deps.library.load(input.template, input.templateCommit)
  const run = await runTemplate({
    template: loaded.template,
    values: input.values,
    actions: deps.actions,
    readFolder: loaded.readFolder,
    repositoryUrl: deps.repositoryUrl,
    user: requestedBy,
  })
  const registrations = run.effects.filter((effect) => effect.kind === 'register')
  const repositories = run.effects
    .filter((effect) => effect.kind === 'repository')
    .map((effect) => {
      const descriptor = registrations.find((registration) => registration.repository === `${effect.owner}/${effect.name}`)?.path
      return descriptor === undefined
        ? effect
        : { ...effect, files: withLineage(effect.files, descriptor, { ref: loaded.template.ref, commit: loaded.commit }) }
    })
  return { run, ref: loaded.template.ref, title: loaded.template.title, commit: loaded.commit, repositories, registrations }
}

/** Fingerprint of a set of files: paths, contents and modes. */
export function digestOf(files: readonly TemplateFile[]): string {
  const facts = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => [file.path, createHash('sha256').update(file.content).digest('hex'), file.isExecutable])
  return `sha256:${createHash('sha256').update(canonicalJson(facts)).digest('hex')}`
}

/** Turns what a template made into a plan: for each repository make it, put the files in; then register. Undoing deletes what this change made. Pure. */
export function planCreation(rendered: Rendered, input: CreationInput, author: { ref: string; name: string; email: string }): DraftPlan {
  const made = rendered.repositories.flatMap((effect) => actionsOf(effect, rendered, input, author))
  const registered = rendered.registrations.map((effect) => registerAction(effect, rendered.repositories))
  const undone = rendered.repositories.flatMap((effect): PlannedAction[] => {
    const repository = `${effect.owner}/${effect.name}`
    return [
      {
        ...shell(`repository:${repository}`, 'repository', `repository/${repository}`),
        verb: 'destroy',
        title: `Delete the repository ${repository}, if this change made it`,
        input: { owner: effect.owner, name: effect.name, actor: author.ref },
      },
      ...rendered.registrations
        .filter((registration) => registration.repository === repository)
        .map((registration): PlannedAction => ({
          ...registerAction(registration, []),
          id: `register:${repository}`,
          verb: 'destroy',
          title: `Take ${registration.ref ?? repository} out of the catalog`,
          dependsOn: [`repository:${repository}`],
        })),
    ]
  })
  const fileCount = rendered.repositories.reduce((count, effect) => count + effect.files.length, 0)
  const names = rendered.repositories.map((effect) => `${effect.owner}/${effect.name}`).join(', ')
  return {
    summary: names === '' ? `Nothing is made: "${rendered.title}" publishes no repository` : `Create ${names} with ${fileCount} files from "${rendered.title}"`,
    actions: [...made, ...registered],
    rollback: undone,
    costCentsPerMonth: 0,
    approval: null,
    unchanged: made.length + registered.length === 0,
  }
}

function actionsOf(effect: RepositoryEffect, rendered: Rendered, input: CreationInput, author: { ref: string; name: string; email: string }): PlannedAction[] {
  const repository = `${effect.owner}/${effect.name}`
  const common = { owner: effect.owner, name: effect.name }
  return [
    {
      ...shell(`repository:${repository}`, 'repository', `repository/${repository}`),
      title: `Create the repository ${repository}`,
      changes: [
        { path: 'description', after: effect.description },
        { path: 'defaultBranch', after: effect.defaultBranch },
      ],
      basis: 'absent',
      input: { ...common, description: effect.description, defaultBranch: effect.defaultBranch, createdBy: author.ref },
    },
    {
      ...shell(`files:${repository}`, 'files', `files/${repository}@${effect.defaultBranch}`),
      title: `Commit ${effect.files.length} files to ${repository}`,
      changes: effect.files.slice(0, 500).map((file) => ({ path: file.path, after: `${file.content.byteLength} bytes` })),
      basis: 'absent',
      dependsOn: [`repository:${repository}`],
      input: {
        ...common,
        branch: effect.defaultBranch,
        digest: digestOf(effect.files),
        message: `Create ${effect.name} from ${rendered.title}`,
        author: { name: author.name, email: author.email },
        pusher: author.ref,
        creation: { template: rendered.ref, templateCommit: rendered.commit, values: input.values, requestedBy: author.ref },
      },
    },
  ]
}

function registerAction(effect: RegisterEffect, repositories: readonly RepositoryEffect[]): PlannedAction {
  const isOurs = repositories.some((candidate) => `${candidate.owner}/${candidate.name}` === effect.repository)
  return {
    ...shell(`register:${effect.repository}`, 'register', `entity/${effect.ref ?? effect.repository}`),
    title: `Register ${effect.ref ?? effect.repository} in the catalog`,
    dependsOn: isOurs ? [`files:${effect.repository}`] : [],
    input: { repository: effect.repository, branch: effect.branch, ...(effect.ref === undefined ? {} : { ref: effect.ref }) },
  }
}

function shell(id: string, driver: string, target: string): Omit<PlannedAction, 'title'> {
  return { id, driver, verb: 'create', target, concern: 'code', changes: [], dependsOn: [], input: {} }
}
