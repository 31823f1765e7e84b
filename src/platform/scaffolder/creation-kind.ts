import { z } from 'zod'
import { sql } from 'kysely'
import type { JsonObject } from '#kernel/common/json'
import type { Transaction } from '#kernel/node/database'
import type { ResourceRef } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { GitHost } from '#delivery/git-host'
import { formatEntityRef, parseEntityRef, type CatalogDirectory, type EntityQuery } from '#platform/catalog'
import type { ChangeKind } from '#platform/change'
import { planCreation, renderCreation, type CreationInput, type Rendered, type RenderDeps } from './creation-plan.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'

export interface CreationKindDeps extends RenderDeps {
  journal: Journal
  host: Pick<GitHost, 'findRepository'>
  query: Pick<EntityQuery, 'findByRef'>
  directory: Pick<CatalogDirectory, 'findPerson'>
}

const schema = z.strictObject({
  template: z.string().min(1).max(200),
  values: z.record(z.string(), z.json()),
  templateCommit: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .optional(),
  title: z.string().optional(),
  component: z.string().optional(),
})

/** The change that makes something from a golden path: all files are computed when planned, and nothing is half made. */
export function createCreationKind(deps: CreationKindDeps): ChangeKind<CreationInput> {
  return {
    kind: 'create',
    input: schema as unknown as z.ZodType<CreationInput>,
    async prepare({ template, values }, { requestedBy }) {
      const rendered = await renderCreation(deps, { template, values }, requestedBy)
      await assertOwner(deps, { template, values })
      await assertNew(deps, rendered)
      const component = componentOf(rendered)
      const title = `Create ${component ?? rendered.repositories[0]?.name ?? 'nothing'} from ${rendered.title}`
      return { template: rendered.ref, values: rendered.run.values, templateCommit: rendered.commit, title, ...(component === undefined ? {} : { component }) }
    },
    describe: ({ title, component, template }) => ({ title: title ?? `Create from ${template}`, ...(component === undefined ? {} : { component }) }),
    resource: creationResource,
    async plan(input, { requestedBy }) {
      const rendered = await renderCreation(deps, input, requestedBy)
      await assertNew(deps, rendered)
      const person = await deps.directory.findPerson(requestedBy)
      const name = parseEntityRef(requestedBy)?.name ?? 'fairway'
      return planCreation(rendered, input, { ref: requestedBy, name: person?.displayName ?? name, email: person?.email ?? `${name}@fairway.localhost` })
    },
    async finished(tx, change) {
      const input = change.input as CreationInput
      if (change.state !== 'done' || change.plan === null) return
      const made = change.outputs[change.plan.actions.find((action) => action.driver === 'files')?.id ?? '']?.['repository']
      const repository = typeof made === 'string' ? made : null
      const componentRef = input.component === undefined ? null : formatEntityRef({ kind: 'component', name: input.component })
      await recordCreation(tx, { changeId: change.id, input, repository, componentRef, createdBy: change.requestedBy, at: change.finishedAt })
      const data: JsonObject = { template: input.template, templateCommit: input.templateCommit ?? '', repository, component: componentRef, change: change.id }
      await deps.journal.append(tx, {
        type: 'platform.creation.completed',
        subject: componentRef === null ? `change/${change.id}` : `entity/${componentRef}`,
        actor: change.requestedBy,
        data,
      })
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

async function assertNew(deps: CreationKindDeps, rendered: Rendered): Promise<void> {
  for (const { owner, name } of rendered.repositories)
    if (await deps.host.findRepository(owner, name)) throw scaffolderFaults.exists({ what: `the repository "${owner}/${name}"` })
  for (const { ref } of rendered.registrations) if (ref !== undefined && (await deps.query.findByRef(ref))) throw scaffolderFaults.exists({ what: `"${ref}"` })
}

function componentOf(rendered: Rendered): string | undefined {
  const parts = rendered.registrations
    .map(({ ref }) => (ref === undefined ? undefined : parseEntityRef(ref)))
    .find((candidate) => candidate?.kind === 'component')
  return parts?.name
}

async function recordCreation(
  tx: Transaction,
  row: { changeId: string; input: CreationInput; repository: string | null; componentRef: string | null; createdBy: string; at: Date },
): Promise<void> {
  await sql`insert into creation (change_id, template_ref, template_commit, parameters, repository, component_ref, created_by, created_at)
    values (${row.changeId}, ${row.input.template}, ${row.input.templateCommit ?? ''}, ${JSON.stringify(row.input.values)}::jsonb, ${row.repository}, ${row.componentRef}, ${row.createdBy}, ${row.at})
    on conflict (change_id) do nothing`.execute(tx)
}
