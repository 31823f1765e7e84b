import type { PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import type { Effect, RepositoryEffect, RepositoryPlace, TemplateFile } from './actions/index.ts'
import type { CreationInput } from './creation-input.ts'
import { digestOf, fingerprintsOf } from './creation-render.ts'

export interface Author {
  ref: string
  name: string
  email: string
}

/** For which run actions are made. */
export interface ActionContext {
  input: CreationInput
  templateTitle: string
  author: Author
}

/** `acme/orders` on the built-in host, `github.com/acme/orders` elsewhere. */
export function placeText(place: RepositoryPlace): string {
  return place.host === '' ? `${place.owner}/${place.name}` : `${place.host}/${place.owner}/${place.name}`
}

/** The actions that carry one effect out, in order; the last one gives its outputs. Secrets are in them by name only. Pure. */
export function actionsOf(effect: Effect, context: ActionContext): PlannedAction[] {
  if (effect.kind === 'repository') return repositoryActions(effect, context)
  const action = { ...single(effect, context), input: { ...inputOf(effect), ...shared(effect, context) } }
  return [action]
}

function repositoryActions(effect: RepositoryEffect & Effect, context: ActionContext): PlannedAction[] {
  const repository = placeText(effect)
  const place = placeInput(effect)
  const { id, step, files, kind: _kind, host: _host, owner: _owner, name: _name, message, author, ...rest } = effect
  const by = context.author
  const made: PlannedAction = {
    ...shell(`repository:${repository}`, 'repository', `repository/${repository}`),
    title: `Create the repository ${repository}`,
    changes: [
      { path: 'description', after: effect.description },
      { path: 'defaultBranch', after: effect.defaultBranch },
    ],
    basis: 'absent',
    input: { ...place, ...(rest as JsonObject), createdBy: by.ref, ...shared({ id: files.length === 0 ? id : `${id}:repository`, step }, context) },
  }
  if (files.length === 0) return [made]
  const filled: PlannedAction = {
    ...shell(`files:${repository}`, 'files', `files/${repository}@${effect.defaultBranch}`),
    title: `Commit ${files.length} files to ${repository}`,
    changes: fileChanges(files),
    basis: 'absent',
    dependsOn: [made.id],
    input: {
      ...place,
      branch: effect.defaultBranch,
      digest: digestOf(files),
      files: fingerprintsOf(files) as unknown as JsonObject[],
      message: message ?? `Create ${effect.name} from ${context.templateTitle}`,
      author: { name: author?.name ?? by.name, email: author?.email ?? by.email },
      pusher: by.ref,
      ...recipe(context),
      ...shared(effect, context),
    },
  }
  return [made, filled]
}

function single(effect: Exclude<Effect, { kind: 'repository' }>, context: ActionContext): Omit<PlannedAction, 'input'> {
  switch (effect.kind) {
    case 'register': {
      const what = effect.ref ?? (effect.url === undefined ? effect.repository : effect.url)
      const id = effect.url === undefined ? `register:${effect.repository}` : `register:${effect.id}`
      return { ...shell(id, 'register', `entity/${what}`), title: `Register ${what} in the catalog` }
    }
    case 'commit':
    case 'pull-request': {
      const place = placeText(effect)
      const changes = [...fileChanges(effect.files), ...effect.removed.map((path) => ({ path, before: 'present', after: 'removed' }))]
      const title =
        effect.kind === 'commit'
          ? `Commit ${effect.files.length + effect.removed.length} files to ${place} (${effect.branch})`
          : `Open the pull request "${effect.title}" in ${place} with ${effect.files.length + effect.removed.length} files`
      return { ...shell(`${effect.kind}:${effect.id}`, effect.kind, `${effect.kind}/${place}@${effect.branch}`), title, changes }
    }
    case 'dispatch':
      return {
        ...shell(`dispatch:${effect.id}`, 'dispatch', `workflow/${placeText(effect)}/${effect.workflow}`),
        verb: 'run',
        title: `Start ${effect.workflow} of ${placeText(effect)} on ${effect.ref}`,
      }
    case 'host-call':
      return { ...shell(`host-call:${effect.id}`, 'host-call', `${effect.provider}/${placeText(effect)}`), verb: 'run', title: effect.title }
    case 'approval':
      return {
        ...shell(`approval:${effect.id}`, 'approval', `approval/${context.input.taskId ?? effect.id}`),
        verb: 'run',
        title: effect.message === '' ? 'Wait until people agree' : `Wait until people agree: ${effect.message}`,
      }
    case 'wait':
      return {
        ...shell(`wait:${effect.id}`, 'wait', `wait/${context.input.taskId ?? effect.id}`),
        verb: 'run',
        title: `Wait for ${Math.ceil(effect.durationMs / 1_000)} s`,
      }
    default:
      return {
        ...shell(`notify:${effect.id}`, 'notify', 'notification'),
        verb: 'run',
        title: `Tell ${effect.recipients.length === 0 ? 'everybody' : effect.recipients.join(', ')}: ${effect.title}`,
      }
  }
}

function inputOf(effect: Exclude<Effect, { kind: 'repository' }>): JsonObject {
  if (effect.kind === 'register')
    return {
      repository: effect.repository,
      branch: effect.branch,
      ...(effect.ref === undefined ? {} : { ref: effect.ref }),
      ...(effect.url === undefined ? {} : { url: effect.url }),
      ...(effect.isOptional === true ? { isOptional: true } : {}),
    }
  const { id: _id, step: _step, kind: _kind, ...facts } = effect
  if (!('files' in facts)) return JSON.parse(JSON.stringify(facts)) as JsonObject
  const { files, ...rest } = facts
  return JSON.parse(JSON.stringify({ ...rest, digest: digestOf(files), files: fingerprintsOf(files) })) as JsonObject
}

/** What every action carries: whose effect it is, and for whom. Files are not carried; the recipe makes them again. */
function shared(effect: Pick<Effect, 'id' | 'step'>, { input, author }: ActionContext): JsonObject {
  return {
    effect: effect.id,
    step: effect.step,
    ...(input.taskId === undefined ? {} : { task: input.taskId }),
    ...(input.secretsId === undefined ? {} : { secretsId: input.secretsId }),
    actor: author.ref,
  }
}

/** How files, and what can only be rendered later, are made again. */
export function recipe({ input, author }: ActionContext): JsonObject {
  const { onFailure: _onFailure, title: _title, component: _component, purpose: _purpose, ...rest } = input
  return { creation: JSON.parse(JSON.stringify({ ...rest, requestedBy: input.onBehalfOf ?? author.ref })) as JsonObject }
}

function placeInput(place: RepositoryPlace): JsonObject {
  return { ...(place.host === '' ? {} : { host: place.host }), owner: place.owner, name: place.name }
}

function fileChanges(files: readonly TemplateFile[]): PlannedAction['changes'] {
  return files.slice(0, 500).map((file) => ({ path: file.path, after: `${file.content.byteLength} bytes` }))
}

/** An action with nothing in it yet. */
export function shell(id: string, driver: string, target: string): Omit<PlannedAction, 'title'> {
  return { id, driver, verb: 'create', target, concern: 'code', changes: [], dependsOn: [], input: {} }
}
