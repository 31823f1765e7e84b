import { z } from 'zod'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { textOfFile } from '../workspace.ts'
import type { TemplateFile } from './effect.ts'
import { fetchInputs, joined, put } from './fetch-actions.ts'
import { renderFolder, renderText, type RenderOptions } from './render-folder.ts'
import { templateAction } from './template-action.ts'

export const fetchCookiecutter = templateAction({
  id: 'fetch:cookiecutter',
  description: 'Fills in a cookiecutter template, without Python: no hooks and no extensions are run',
  input: z.looseObject({
    ...fetchInputs,
    targetPath: z.string().default('.'),
    values: z.record(z.string(), z.unknown()).default({}),
    copyWithoutRender: z.array(z.string()).default([]),
    extensions: z.array(z.string()).max(0, 'extensions are code, which is not run here').default([]),
    imageName: z.string().optional(),
  }),
  output: z.object({}),
  async run(input, context) {
    const files = await context.readFolder(input.url)
    const hook = files.find((file) => file.path.startsWith('hooks/'))
    if (hook) throw scaffolderFaults.bad_path({ path: hook.path, why: 'is a hook, which is code: nothing from a repository is run here' })
    const root = files.map((file) => file.path.slice(0, file.path.indexOf('/'))).find((name) => /\{\{.*cookiecutter/.test(name))
    if (root === undefined)
      throw scaffolderFaults.bad_path({ path: input.url, why: 'is no cookiecutter template: it has no folder named by {{ cookiecutter.… }}' })
    const options: RenderOptions = {
      values: contextOf(files, input.values),
      copyWithoutTemplating: [],
      copyWithoutRender: input.copyWithoutRender,
      extension: undefined,
      trimBlocks: false,
      lstripBlocks: false,
      isJinja: true,
    }
    const inside = files.filter((file) => file.path.startsWith(`${root}/`)).map((file) => ({ ...file, path: file.path.slice(root.length + 1) }))
    for (const file of await renderFolder(inside, options, context.pause)) put(context, joined(input.targetPath, file.path), file, input.replace)
    return {}
  },
})

/** What `cookiecutter.json` gives by itself, each member in sight of those before it, under the values. Of a list of choices it is the first. */
function contextOf(files: readonly TemplateFile[], values: Record<string, unknown>): Record<string, unknown> {
  const file = files.find((candidate) => candidate.path === 'cookiecutter.json')
  const context: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(file ? defaultsOf(file) : {})) {
    const value = Object.hasOwn(values, name) ? values[name] : Array.isArray(given) ? (given as unknown[])[0] : given
    const options = {
      values: context,
      copyWithoutTemplating: [],
      copyWithoutRender: [],
      extension: undefined,
      trimBlocks: false,
      lstripBlocks: false,
      isJinja: true,
    }
    context[name] = typeof value === 'string' && !Object.hasOwn(values, name) ? renderText(value, `cookiecutter.json: ${name}`, options) : value
  }
  return { ...context, ...values }
}

function defaultsOf(file: TemplateFile): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(textOfFile(file.content) ?? ''))
  } catch (error) {
    throw scaffolderFaults.bad_path({ path: file.path, why: 'is no JSON object' }, { cause: error })
  }
}
