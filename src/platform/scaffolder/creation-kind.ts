import { randomUUID } from 'node:crypto'
import { isFault } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import type { Database, Transaction } from '#kernel/node/database'
import type { ResourceRef } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import { formatEntityRef, parseEntityRef, type CatalogDirectory, type EntityQuery } from '#platform/catalog'
import type { ChangeKind, ChangeResult, DraftPlan, FinishedChange, Settlement } from '#platform/change'
import { stepsOf, type StepDetails } from './creation-details.ts'
import type { RanStep } from './template-run.ts'
import { placeText, type Author } from './creation-actions.ts'
import { creationInput, type CreationInput } from './creation-input.ts'
import { planCreation, planUndo } from './creation-plan.ts'
import { renderCreation, type FileFingerprint, type RenderDeps, type Rendered } from './creation-render.ts'
import { forgetDone, listDone, listEffects, recordCreation } from './creation-store.ts'
import type { Outside } from './drivers/index.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import { addAttempt, findTask, insertTask } from './tasks/task-store.ts'
import { requestOf, specOf } from './tasks/task-spec.ts'
import type { TaskSecrets } from './task-secrets.ts'

export interface CreationKindDeps extends RenderDeps {
  db: Database
  journal: Journal
  outside: Pick<Outside, 'findHost'>
  query: Pick<EntityQuery, 'findByRef'>
  directory: Pick<CatalogDirectory, 'findPerson'>
  /** Admissions of administrators to others' tasks, by `admissionOf`: as long as they ask. */
  admitted: ReadonlySet<string>
  secrets: Pick<TaskSecrets, 'erase' | 'eraseOutputs'>
}

/** What is known of a request between its preparation and its change, both in one call. */
type Prepared =
  | { rendered: Rendered; ran?: undefined }
  | { failure: ChangeResult; ran: StepDetails[]; template: TemplateFacts | undefined; rendered?: undefined }

/** Faults that a request is refused for in any dialect. */
const REFUSED = new Set<string>([scaffolderFaults.values_invalid.code, scaffolderFaults.template_not_found.code])

type TemplateFacts = Pick<Rendered, 'entity' | 'ref' | 'commit'>

/** What a task whose plan failed shows of its template; undefined when that can not be read. */
async function templateOf(deps: Pick<CreationKindDeps, 'library'>, input: CreationInput): Promise<TemplateFacts | undefined> {
  try {
    const { entity, template, commit } = await deps.library.load(input.template, input.templateCommit)
    return { entity, ref: template.ref, commit }
  } catch (error) {
    if (isFault(error)) return undefined
    throw error
  }
}

/** How an administrator's leave to go on with somebody else's task is told. */
export function admissionOf(taskId: string, principal: string): string {
  return `${taskId} ${principal}`
}

/** Requests whose change was never made must not stay. */
const KEPT_REQUESTS = 64

/** The change that makes something from a golden path: all files are computed when planned, and nothing is half made. */
export function createCreationKind(deps: CreationKindDeps): ChangeKind<CreationInput> {
  const prepared = new Map<string, Prepared>()
  const keep = (taskId: string, what: Prepared): void => {
    prepared.set(taskId, what)
    const oldest = prepared.keys().next().value
    if (prepared.size > KEPT_REQUESTS && oldest !== undefined) prepared.delete(oldest)
  }

  return {
    kind: 'create',
    input: creationInput,

    async prepare(asked, { requestedBy }) {
      const earlier = asked.taskId === undefined ? undefined : await findTask(deps.db, asked.taskId)
      const isOthers = earlier !== undefined && earlier.createdBy !== requestedBy
      if (isOthers && !deps.admitted.has(admissionOf(earlier.id, requestedBy)))
        throw scaffolderFaults.not_yours({ id: earlier.id, createdBy: earlier.createdBy })
      const taskId = asked.taskId ?? randomUUID()
      // Never as it was asked: nobody says by themselves whom they act for.
      const input: CreationInput = { ...asked, taskId, onBehalfOf: isOthers ? earlier.createdBy : undefined }
      const trace: RanStep[] = []
      let hasRun = false
      const rendered = await attempt(async () => {
        const result = await renderCreation(deps, input, requestedBy, undefined, trace)
        // What fails from here on is none of these steps.
        hasRun = true
        if (input.dialect === undefined) await assertOwner(deps, input)
        if (input.purpose !== 'undo') await assertNew(deps, result, taskId)
        return result
      }, input)
      if ('failure' in rendered) {
        keep(taskId, { failure: rendered.failure, ran: hasRun ? [] : stepsOf(trace), template: await templateOf(deps, input) })
        return input
      }
      const { result } = rendered
      keep(taskId, { rendered: result })
      const component = componentOf(result)
      const made = component ?? result.effects.find((effect) => effect.kind === 'repository')?.name
      const title =
        input.purpose === 'undo'
          ? `Take back what was made from ${result.title}`
          : made === undefined
            ? `Run ${result.title}`
            : `Create ${made} from ${result.title}`
      return {
        ...input,
        template: result.ref,
        values: result.run.values,
        templateCommit: result.commit,
        templateVersion: result.version,
        templateSource: result.source,
        title,
        ...(component === undefined ? {} : { component }),
        ...(Object.keys(result.run.pins).length === 0 ? {} : { pins: result.run.pins }),
      }
    },

    async settle(input, { requestedBy }): Promise<Settlement | undefined> {
      const known = prepared.get(input.taskId ?? '')
      if (!known) return undefined
      if (known.rendered === undefined) return { failure: known.failure }
      if (known.rendered.effects.length > 0 || known.rendered.run.held || input.purpose === 'undo') return undefined
      return { plan: planCreation(known.rendered, input, await authorOf(deps, requestedBy)) }
    },

    async created(tx, { id, input: raw, requestedBy, at }) {
      const input = raw as CreationInput
      const taskId = input.taskId ?? id
      const known = prepared.get(taskId)
      prepared.delete(taskId)
      const isNew = await insertTask(tx, {
        id: taskId,
        changeId: id,
        templateRef: input.template,
        createdBy: requestedBy,
        createdAt: at,
        spec: specOf(input, requestedBy, known && 'template' in known ? known.template : known?.rendered),
        request: requestOf(input),
        ...(known?.ran === undefined ? {} : { ran: known.ran }),
      })
      if (!isNew) await addAttempt(tx, taskId, id, known?.ran)
    },

    describe: ({ title, component, template }) => ({ title: title ?? `Create from ${template}`, ...(component === undefined ? {} : { component }) }),
    resource: creationResource,

    async plan(input, { requestedBy }): Promise<DraftPlan> {
      const rendered = await renderCreation(deps, input, requestedBy)
      const author = await authorOf(deps, requestedBy)
      if (input.purpose === 'undo') return planUndo(rendered, input, author)
      await assertNew(deps, rendered, input.taskId)
      const done = input.taskId === undefined ? {} : await listDone(deps.db, input.taskId)
      return planCreation(rendered, input, author, new Set(Object.keys(done)))
    },

    async finished(tx, change) {
      const input = change.input as CreationInput
      if (input.secretsId !== undefined) await deps.secrets.erase(input.secretsId, tx)
      // What people agreed to is asked anew for what is made anew.
      const isTakenBack = input.purpose === 'undo' || (change.state !== 'done' && input.onFailure !== 'keep')
      if (input.taskId !== undefined && (change.state === 'done' || isTakenBack)) await deps.secrets.eraseOutputs(input.taskId, tx)
      if (isTakenBack && input.taskId !== undefined) await forgetDone(tx, input.taskId, approvalsIn(change))
      if (change.state === 'done' && input.purpose !== 'undo') await recordLineage(tx, deps, change, input)
    },
  }
}

/** Who may create is asked for the owner that the new thing will have: people create for their own groups. */
export function creationResource(input: CreationInput): ResourceRef {
  const owner = typeof input.values['owner'] === 'string' ? parseEntityRef(input.values['owner'], { kind: 'group' }) : undefined
  return { type: 'Template', id: input.template, ...(owner ? { attributes: { owner: formatEntityRef(owner) } } : {}) }
}

/**
 * Without its owner a thing belongs to nobody: no one could deploy it.
 * @throws `platform.scaffolder.values_invalid`.
 */
export async function assertOwner(deps: Pick<CreationKindDeps, 'query'>, input: CreationInput): Promise<void> {
  const owner = creationResource(input).attributes?.['owner']
  if (typeof owner !== 'string' || (await deps.query.findByRef(owner))) return
  const message = `there is no "${owner}" in the catalog: name a group or a person that is there`
  throw scaffolderFaults.values_invalid({ template: input.template, count: 1 }, { errors: [{ field: 'values.owner', message }] })
}

/** In Backstage's dialect a step that fails is a failed task; wrong values and an absent template are refused there too. */
async function attempt(work: () => Promise<Rendered>, input: CreationInput): Promise<{ result: Rendered } | { failure: ChangeResult }> {
  try {
    return { result: await work() }
  } catch (error) {
    if (input.dialect !== 'backstage' || !isFault(error) || REFUSED.has(error.code)) throw error
    const fields = error.errors.map((problem) => `${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`)
    return { failure: { message: [error.message, ...fields].join('\n'), code: error.code } }
  }
}

/** What an earlier attempt of the same task has made is no obstacle. */
async function assertNew(deps: CreationKindDeps, rendered: Rendered, taskId: string | undefined): Promise<void> {
  const ours = taskId === undefined ? [] : await listEffects(deps.db, taskId)
  for (const effect of rendered.effects) {
    if (effect.kind === 'repository' && !ours.includes(placeText(effect))) {
      const host = await deps.outside.findHost(effect.host)
      if (!host) throw scaffolderFaults.no_such_host({ host: effect.host })
      if (await host.findRepository(effect.owner, effect.name)) throw scaffolderFaults.exists({ what: `the repository "${placeText(effect)}"` })
    }
    if (effect.kind === 'register' && effect.ref !== undefined && !ours.includes(effect.repository) && (await deps.query.findByRef(effect.ref)))
      throw scaffolderFaults.exists({ what: `"${effect.ref}"` })
  }
}

function approvalsIn(change: FinishedChange): string[] {
  return (change.plan?.actions ?? []).flatMap((action) =>
    action.driver === 'approval' && typeof action.input['effect'] === 'string' ? [action.input['effect']] : [],
  )
}

function componentOf(rendered: Rendered): string | undefined {
  return rendered.effects
    .map((effect) => (effect.kind === 'register' && effect.ref !== undefined ? parseEntityRef(effect.ref) : undefined))
    .find((ref) => ref?.kind === 'component')?.name
}

async function authorOf(deps: Pick<CreationKindDeps, 'directory'>, requestedBy: string): Promise<Author> {
  const person = await deps.directory.findPerson(requestedBy)
  const name = parseEntityRef(requestedBy)?.name ?? 'fairway'
  return { ref: requestedBy, name: person?.displayName ?? name, email: person?.email ?? `${name}@fairway.localhost` }
}

async function recordLineage(tx: Transaction, deps: CreationKindDeps, change: FinishedChange, input: CreationInput): Promise<void> {
  const commits = (change.plan?.actions ?? []).filter((action) => action.driver === 'files')
  const files = commits.flatMap((action) => {
    const repository = change.outputs[action.id]?.['repository']
    const listed = (action.input['files'] ?? []) as unknown as FileFingerprint[]
    return typeof repository === 'string' ? listed.map((file) => ({ ...file, repository })) : []
  })
  const made = change.outputs[commits[0]?.id ?? '']?.['repository']
  const repository = typeof made === 'string' ? made : null
  if (repository === null && input.component === undefined) return
  const componentRef = input.component === undefined ? null : formatEntityRef({ kind: 'component', name: input.component })
  await recordCreation(
    tx,
    {
      changeId: change.id,
      taskId: input.taskId ?? null,
      templateRef: input.template,
      templateCommit: input.templateCommit ?? '',
      templateVersion: input.templateVersion ?? '',
      templateSource: input.templateSource ?? '',
      parameters: input.values,
      pins: input.pins ?? {},
      fillsDefaults: input.dialect !== 'backstage',
      repository,
      componentRef,
      createdBy: change.requestedBy,
      createdAt: change.finishedAt,
    },
    files,
  )
  const data: JsonObject = {
    template: input.template,
    templateCommit: input.templateCommit ?? '',
    templateSource: input.templateSource ?? '',
    repository,
    component: componentRef,
    change: change.id,
  }
  await deps.journal.append(tx, {
    type: 'platform.creation.completed',
    subject: componentRef === null ? `change/${change.id}` : `entity/${componentRef}`,
    actor: change.requestedBy,
    data,
  })
}
