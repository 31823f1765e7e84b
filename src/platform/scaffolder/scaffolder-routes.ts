import { z } from 'zod'
import { isFault, type FieldProblem } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import { jsonRoute, type Route } from '#kernel/node/http'
import { unifiedDiff } from '#delivery/git-host'
import { changeSchema, viewChange } from '#platform/change'
import { actionsOf } from './creation-actions.ts'
import type { CreationInput } from './creation-input.ts'
import { assertOwner, creationResource, type CreationKindDeps } from './creation-kind.ts'
import { renderCreation, type RenderDeps, type Rendered } from './creation-render.ts'
import type { Outside } from './drivers/index.ts'
import { compareFiles, type ComparedFile } from './file-comparison.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import type { Template } from './template-document.ts'
import type { TaskService } from './tasks/task-service.ts'
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
    /** JSON Schema of the secrets that a run needs. */
    secrets: json.optional(),
    /** How the form is shown, e.g. the labels of its buttons. */
    presentation: json.optional(),
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
  files: z.array(
    z.object({
      /** With the repository before it when there are several. */
      path: z.string(),
      content: z.string(),
      isBinary: z.boolean(),
      repository: z.string(),
      state: z.enum(['added', 'altered', 'unchanged', 'removed']),
      /** What is there now; null when there is nothing, or no text. */
      before: z.string().nullable(),
      /** Hunks of a unified diff of an altered text. */
      patch: z.string().nullable(),
    }),
  ),
  steps: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      action: z.string(),
      input: json,
      isSkipped: z.boolean(),
      state: z.enum(['ran', 'skipped', 'held', 'later']),
      log: z.array(z.string()),
    }),
  ),
  /** What would be done outside, in order. */
  effects: z.array(z.object({ id: z.string(), kind: z.string(), title: z.string(), target: z.string() })),
  output: json,
  problems: z.array(problemSchema),
})
const asked = z.strictObject({ template: z.string().min(1).max(200), values: json })
const askedForGood = asked.extend({
  reason: z.string().max(2_000).optional(),
  /** Texts by name; sealed until the run ends, and never shown. */
  secrets: z.record(z.string().max(200), z.string().max(20_000)).optional(),
  onFailure: z.enum(['undo', 'keep']).optional(),
})

/** Faults that a person who fills in a form can mend: shown beside the fields, not as a failure. */
const MENDABLE = new Set<string>(
  [scaffolderFaults.values_invalid, scaffolderFaults.step_failed, scaffolderFaults.expression, scaffolderFaults.bad_path, scaffolderFaults.unknown_action].map(
    (fault) => fault.code,
  ),
)
/** Longer files are cut in a preview. */
const MAX_PREVIEW_LENGTH = 200_000

type RouteDeps = RenderDeps & Pick<CreationKindDeps, 'query'> & { outside: Pick<Outside, 'findHost'>; tasks: TaskService }

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
      body: askedForGood,
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
        const { template, values, reason, secrets, onFailure } = body
        const input = { template, values: values as JsonObject, ...(onFailure === undefined ? {} : { onFailure }) }
        return viewChange(await deps.tasks.start(caller, input, { ...(secrets === undefined ? {} : { secrets }), reason, idempotencyKey }))
      },
    }),
  ]
}

async function preview(deps: RouteDeps, input: CreationInput, requestedBy: string): Promise<z.infer<typeof previewSchema>> {
  try {
    const rendered = await renderCreation(deps, input, requestedBy)
    await assertOwner(deps, input)
    return await viewRendered(deps, rendered, input, requestedBy)
  } catch (error) {
    if (!isFault(error) || !MENDABLE.has(error.code)) throw error
    const problems: FieldProblem[] = error.errors.length > 0 ? [...error.errors] : [{ field: '', message: error.message }]
    return { files: [], steps: [], effects: [], output: {}, problems: problems.map((problem) => problemSchema.parse(problem)) }
  }
}

async function viewRendered(deps: RouteDeps, rendered: Rendered, input: CreationInput, requestedBy: string): Promise<z.infer<typeof previewSchema>> {
  const files: ComparedFile[] = []
  for (const effect of rendered.effects) files.push(...(await compareFiles(deps.outside, effect)))
  const isMany = new Set(files.map((file) => file.repository)).size > 1
  const cut = (text: string): string => text.slice(0, MAX_PREVIEW_LENGTH)
  const context = { input, templateTitle: rendered.title, author: { ref: requestedBy, name: '', email: '' } }
  return {
    files:
      rendered.effects.length === 0
        ? workspaceFiles(rendered)
        : files.map(({ repository, path, state, before, after, isBinary }) => ({
            path: isMany ? `${repository}/${path}` : path,
            content: cut(after ?? ''),
            isBinary,
            repository,
            state,
            before: before === null ? null : cut(before),
            patch: state === 'altered' && before !== null && after !== null ? cut(unifiedDiff(before, after)) : null,
          })),
    steps: rendered.run.steps.map(({ id, name, action, input: given, isSkipped, state, log }) => ({
      id,
      name,
      action,
      input: printable(given),
      isSkipped,
      state,
      log,
    })),
    effects: rendered.effects.flatMap((effect) => actionsOf(effect, context).map(({ title, target }) => ({ id: effect.id, kind: effect.kind, title, target }))),
    output: printable(rendered.run.output as JsonObject),
    problems: [],
  }
}

/** Of a template that publishes nothing, what its steps left. */
function workspaceFiles(rendered: Rendered): z.infer<typeof previewSchema>['files'] {
  return rendered.run.workspace.below('').map(({ path, file }) => {
    const text = textOfFile(file.content)
    return { path, content: (text ?? '').slice(0, MAX_PREVIEW_LENGTH), isBinary: text === undefined, repository: '', state: 'added', before: null, patch: null }
  })
}

/** Deferred values and secrets by their names. */
function printable(value: JsonObject): z.infer<typeof json> {
  return JSON.parse(JSON.stringify(value)) as z.infer<typeof json>
}

function viewTemplate(template: Template): z.infer<typeof templateSchema> {
  const { output: _output, steps, ...rest } = template
  return { ...rest, steps: steps.map(({ id, name, action }) => ({ id, name, action })) } as z.infer<typeof templateSchema>
}
