import { z } from 'zod'
import { parseSource } from '#kernel/common/document'
import type { JsonObject } from '#kernel/common/json'
import type { Route } from '#kernel/node/http'
import { taggedJson } from '#platform/catalog'
import type { TemplateFile } from '../actions/index.ts'
import { runTemplate, type TemplateRun } from '../run-template.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { namedSteps, readTemplate } from '../template-document.ts'
import { resolveInside, safePath } from '../workspace.ts'
import type { BackstageScaffolderDeps } from './backstage-routes.ts'
import { jsonSchemaErrors } from './json-schema-errors.ts'
import { bodyOf, scaffolderRoute } from './scaffolder-route.ts'

const dryRun = z.looseObject({
  template: z.looseObject({}),
  values: z.record(z.string(), z.json()).default({}),
  secrets: z.record(z.string(), z.string()).default({}),
  directoryContents: z.array(z.looseObject({ path: z.string(), base64Content: z.string() })).default([]),
})

/** `POST /v2/dry-run`: a template that nobody has stored, run in memory. Nothing is published and no secret is used. */
export function dryRunRoute(deps: BackstageScaffolderDeps): Route {
  return scaffolderRoute({
    method: 'POST',
    path: '/v2/dry-run',
    operation: 'scaffolder.dryRun',
    summary: 'Run a template without making anything, in the dialect of Backstage',
    permission: 'template:read',
    handle: async (input) => {
      const body = await bodyOf(input, dryRun)
      const document = parseSource('template.yaml', JSON.stringify(body.template)).documents[0]
      const read = document && readTemplate(document)
      if (!read?.template)
        throw scaffolderFaults.template_invalid({ ref: 'of this request', count: read?.problems.length ?? 1 }, { errors: read?.problems ?? [] })
      const { template } = read
      const errors = jsonSchemaErrors(template.parameters, body.values as JsonObject)
      if (errors.length > 0) return taggedJson(input.request, JSON.stringify({ errors }), 400)
      const files = body.directoryContents.map(({ path, base64Content }): TemplateFile => ({
        path: safePath(path),
        content: Buffer.from(base64Content, 'base64'),
        isExecutable: false,
      }))
      const run = await runTemplate({
        template,
        values: body.values as JsonObject,
        actions: deps.actions,
        readFolder: async (url) => await Promise.resolve(below(files, resolveInside('', url))),
        repositoryUrl: deps.repositoryUrl,
        user: input.caller?.principal ?? 'user:default/guest',
        secrets: Object.keys(body.secrets),
        hosts: await deps.hosts?.(),
        fetch: deps.fetch,
        findEntity: deps.findEntity,
        fillsDefaults: false,
        signal: input.signal,
      })
      return viewRun(run, body.template['spec'] as JsonObject | undefined)
    },
  })
}

function below(files: readonly TemplateFile[], folder: string): TemplateFile[] {
  if (folder === '') return [...files]
  return files.flatMap((file) => (file.path.startsWith(`${folder}/`) ? [{ ...file, path: file.path.slice(folder.length + 1) }] : []))
}

function viewRun(run: TemplateRun, spec: JsonObject | undefined): JsonObject {
  const log = run.steps.flatMap((step) => {
    if (step.state === 'skipped') return [{ stepId: step.id, status: 'skipped', message: `Skipping step ${step.id} because its if condition was false` }]
    return [
      { stepId: step.id, status: 'processing', message: `Beginning step ${step.name}` },
      ...step.log.map((line) => ({ stepId: step.id, message: `\u001B[32minfo\u001B[39m: ${line}` })),
      { stepId: step.id, status: 'completed', message: `Finished step ${step.name}` },
    ]
  })
  return JSON.parse(
    JSON.stringify({
      // Backstage counts one more: the step that takes the files out.
      log: [{ body: { message: `Starting up task with ${run.steps.length + 1} steps` } }, ...log.map((body) => ({ body }))],
      directoryContents: run.workspace
        .below('')
        .map(({ path, file }) => ({ path, executable: file.isExecutable, base64Content: Buffer.from(file.content).toString('base64') })),
      steps: namedSteps(spec?.['steps']),
      output: run.output,
    }),
  ) as JsonObject
}
