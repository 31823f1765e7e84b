import { z } from 'zod'
import { isFault, type FieldProblem } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import { jsonRoute, type Route } from '#kernel/node/http'
import { changeSchema, viewChange, type ChangeService } from '#platform/change'
import { assertOwner, creationResource, type CreationKindDeps } from './creation-kind.ts'
import { renderCreation, type RenderDeps, type Rendered } from './creation-plan.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import type { Template } from './template-document.ts'
import { textOfFile } from './workspace.ts'

const json = z.record(z.string(), z.json())
const templateSchema = z
  .object({
    ref: z.string(),
    name: z.string(),
    title: z.string(),
    description: z.string(),
    owner: z.string(),
    type: z.string(),
    tags: z.array(z.string()),
    steps: z.array(z.object({ id: z.string(), name: z.string(), action: z.string() })),
    parameters: z.array(json),
  })
  .meta({ id: 'Template' })
const problemSchema = z.object({
  field: z.string(),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
})
const previewSchema = z.object({
  files: z.array(z.object({ path: z.string(), content: z.string(), isBinary: z.boolean() })),
  steps: z.array(z.object({ id: z.string(), name: z.string(), action: z.string(), input: json, isSkipped: z.boolean() })),
  problems: z.array(problemSchema),
})
const asked = z.strictObject({ template: z.string().min(1).max(200), values: json })

/** Faults that a person who fills in a form can mend: shown beside the fields, not as a failure. */
const MENDABLE = new Set<string>(
  [scaffolderFaults.values_invalid, scaffolderFaults.step_failed, scaffolderFaults.expression, scaffolderFaults.bad_path, scaffolderFaults.unknown_action].map(
    (fault) => fault.code,
  ),
)
/** Longer files are cut in a preview. */
const MAX_PREVIEW_LENGTH = 200_000

type RouteDeps = RenderDeps & Pick<CreationKindDeps, 'query'> & { changes: Pick<ChangeService, 'create'> }

export function scaffolderRoutes(deps: RouteDeps): Route[] {
  const tag = 'Golden paths'
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/templates',
      operation: 'templates.list',
      summary: 'List golden paths',
      tag,
      permission: 'template:read',
      response: z.object({ items: z.array(templateSchema) }),
      handle: async () => ({ items: (await deps.library.list()).map(viewTemplate) }),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/templates/{namespace}/{name}',
      operation: 'templates.get',
      summary: 'Get a golden path with the schema of its parameters',
      tag,
      permission: 'template:read',
      params: z.object({ namespace: z.string().min(1), name: z.string().min(1) }),
      response: templateSchema,
      errors: [scaffolderFaults.template_not_found, scaffolderFaults.template_invalid],
      handle: async ({ params }) => viewTemplate((await deps.library.load(`template:${params.namespace}/${params.name}`)).template),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/creations/preview',
      operation: 'creations.preview',
      summary: 'Show every file that a golden path would make, without making anything',
      tag,
      permission: 'template:read',
      body: asked,
      response: previewSchema,
      errors: [scaffolderFaults.template_not_found, scaffolderFaults.template_invalid],
      handle: async ({ body, caller }) => await preview(deps, { template: body.template, values: body.values as JsonObject }, caller.principal),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/creations',
      operation: 'creations.create',
      summary: 'Create from a golden path',
      tag,
      permission: 'creation:create',
      body: asked.extend({ reason: z.string().max(2_000).optional() }),
      response: changeSchema,
      status: 202,
      errors: [
        scaffolderFaults.template_not_found,
        scaffolderFaults.template_invalid,
        scaffolderFaults.values_invalid,
        scaffolderFaults.unknown_action,
        scaffolderFaults.step_failed,
        scaffolderFaults.exists,
      ],
      resource: ({ body }) => creationResource({ template: body.template, values: body.values as JsonObject }),
      handle: async ({ body, caller, idempotencyKey }) => {
        const { template, values, reason } = body
        return viewChange(await deps.changes.create(caller, { kind: 'create', input: { template, values }, reason, idempotencyKey }))
      },
    }),
  ]
}

async function preview(deps: RouteDeps, input: { template: string; values: JsonObject }, requestedBy: string): Promise<z.infer<typeof previewSchema>> {
  try {
    const rendered = await renderCreation(deps, input, requestedBy)
    await assertOwner(deps, input)
    return viewRendered(rendered)
  } catch (error) {
    if (!isFault(error) || !MENDABLE.has(error.code)) throw error
    const problems: FieldProblem[] = error.errors.length > 0 ? [...error.errors] : [{ field: '', message: error.message }]
    return { files: [], steps: [], problems: problems.map((problem) => problemSchema.parse(problem)) }
  }
}

function viewRendered(rendered: Rendered): z.infer<typeof previewSchema> {
  const many = rendered.repositories.length > 1
  const files = rendered.repositories.flatMap((effect) =>
    effect.files.map((file) => {
      const text = textOfFile(file.content)
      return {
        path: many ? `${effect.owner}/${effect.name}/${file.path}` : file.path,
        content: (text ?? '').slice(0, MAX_PREVIEW_LENGTH),
        isBinary: text === undefined,
      }
    }),
  )
  return { files, steps: rendered.run.steps.map((step) => ({ ...step, input: step.input as z.infer<typeof json> })), problems: [] }
}

function viewTemplate(template: Template): z.infer<typeof templateSchema> {
  const { output: _output, steps, parameters, ...rest } = template
  return { ...rest, steps: steps.map(({ id, name, action }) => ({ id, name, action })), parameters: parameters as z.infer<typeof json>[] }
}
