import { z } from 'zod'
import type { Json, JsonObject } from '#kernel/common/json'
import type { Route } from '#kernel/node/http'
import type { TemplateAction } from '../actions/index.ts'
import { FILTERS } from '../template-language/filters.ts'
import { GLOBALS } from '../template-language/globals.ts'
import type { BackstageScaffolderDeps } from './backstage-routes.ts'
import { bodyOf, scaffolderRoute } from './scaffolder-route.ts'

const completion = z.looseObject({ token: z.string().optional(), context: z.record(z.string(), z.string()).default({}) })

/** What Backstage's forms ask for: actions, the schema of a template's form, completions, what expressions may use. */
export function templateRoutes(deps: BackstageScaffolderDeps): Route[] {
  return [
    scaffolderRoute({
      method: 'GET',
      path: '/v2/actions',
      operation: 'scaffolder.listActions',
      summary: 'List the actions that templates may use, in the dialect of Backstage',
      permission: 'template:read',
      handle: async () => await Promise.resolve([...deps.actions].sort((a, b) => (a.id < b.id ? -1 : 1)).map(viewAction)),
    }),
    scaffolderRoute({
      method: 'GET',
      path: '/v2/templates/{namespace}/{kind}/{name}/parameter-schema',
      operation: 'scaffolder.getParameterSchema',
      summary: "Get the schema of a template's form, in the dialect of Backstage",
      permission: 'template:read',
      handle: async ({ params }) => {
        const { template, entity } = await deps.library.load(`${params['kind'] ?? ''}:${params['namespace'] ?? ''}/${params['name'] ?? ''}`)
        const spec = (entity['spec'] ?? {}) as JsonObject
        return {
          title: template.title,
          description: ((entity['metadata'] ?? {}) as JsonObject)['description'],
          ...(spec['presentation'] === undefined ? {} : { presentation: spec['presentation'] }),
          'ui:options': ((entity['metadata'] ?? {}) as JsonObject)['ui:options'],
          steps: template.parameters.map((schema) => ({
            title: schema['title'] ?? 'Please enter the following information',
            ...(schema['description'] === undefined ? {} : { description: schema['description'] }),
            schema,
          })),
          ...(spec['EXPERIMENTAL_formDecorators'] === undefined ? {} : { EXPERIMENTAL_formDecorators: spec['EXPERIMENTAL_formDecorators'] }),
        }
      },
    }),
    scaffolderRoute({
      method: 'POST',
      path: '/v2/autocomplete/{provider}/{resource}',
      operation: 'scaffolder.autocomplete',
      summary: 'Complete a field of a form, in the dialect of Backstage',
      permission: 'template:read',
      handle: async (input) => {
        const { context } = await bodyOf(input, completion)
        const { provider = '', resource = '' } = input.params
        return { results: await deps.complete({ provider, resource, context }) }
      },
    }),
    scaffolderRoute({
      method: 'GET',
      path: '/v2/templating-extensions',
      operation: 'scaffolder.listTemplatingExtensions',
      summary: 'List the filters and globals of expressions, in the dialect of Backstage',
      permission: 'template:read',
      handle: async () =>
        await Promise.resolve({
          filters: Object.fromEntries(
            Object.keys(FILTERS)
              .sort()
              .map((name) => [name, {}]),
          ),
          globals: {
            functions: Object.fromEntries(
              Object.keys(GLOBALS)
                .sort()
                .map((name) => [name, {}]),
            ),
            values: {},
          },
        }),
    }),
  ]
}

function viewAction(action: TemplateAction): JsonObject {
  return {
    id: action.id,
    description: action.description,
    examples: (action.examples ?? []).map(({ description, example }) => ({ description, example })),
    schema: { input: schemaOf(action.input), ...(action.output ? { output: schemaOf(action.output) } : {}) },
  }
}

function schemaOf(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' }) as unknown as Json
}
