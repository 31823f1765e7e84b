import { z } from 'zod'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { safePath, textOfFile } from '../workspace.ts'
import { fetchInputs, joined, put } from './fetch-actions.ts'
import { renderFolder, renderText, type RenderOptions } from './render-folder.ts'
import { templateAction } from './template-action.ts'

const rendering = {
  values: z.record(z.string(), z.unknown()).default({}).describe('What the files see as values'),
  trimBlocks: z.boolean().default(false),
  lstripBlocks: z.boolean().default(false),
  cookiecutterCompat: z.boolean().default(false).describe('Files are written for cookiecutter: {{ cookiecutter.name }}'),
}

export const fetchTemplate = templateAction({
  id: 'fetch:template',
  description: 'Copies a folder with names and contents filled in',
  input: z.looseObject({
    ...fetchInputs,
    ...rendering,
    targetPath: z.string().default('.').describe('Folder of the workspace to copy into'),
    copyWithoutTemplating: z.array(z.string()).default([]).describe('Files whose contents stay as they are; names are filled in'),
    copyWithoutRender: z.array(z.string()).default([]).describe('Files that stay as they are, name and all'),
    templateFileExtension: z.union([z.boolean(), z.string()]).default(false).describe('Only files with this end are templates; true is .njk'),
  }),
  output: z.object({}),
  examples: [
    {
      description: 'Fill in a skeleton',
      example:
        'steps:\n  - id: fetch\n    name: Fill in the skeleton\n    action: fetch:template\n    input:\n      url: ./skeleton\n      values:\n        name: ${{ parameters.name }}\n',
    },
  ],
  async run(input, context) {
    const extension = input.templateFileExtension === true ? '.njk' : input.templateFileExtension === false ? undefined : input.templateFileExtension
    const isLimited = extension !== undefined && extension !== ''
    if (isLimited && input.cookiecutterCompat)
      throw scaffolderFaults.bad_path({ path: 'templateFileExtension', why: 'does not go together with cookiecutterCompat' })
    const options: RenderOptions = {
      values: input.values,
      copyWithoutTemplating: input.copyWithoutTemplating,
      copyWithoutRender: input.copyWithoutRender,
      extension: isLimited ? extension : undefined,
      trimBlocks: input.trimBlocks,
      lstripBlocks: input.lstripBlocks,
      isJinja: input.cookiecutterCompat,
    }
    for (const file of await renderFolder(await context.readFolder(input.url), options, context.pause))
      put(context, joined(input.targetPath, file.path), file, input.replace)
    return {}
  },
})

export const fetchTemplateFile = templateAction({
  id: 'fetch:template:file',
  description: 'Copies one file with its contents filled in',
  input: z.looseObject({ ...fetchInputs, ...rendering, targetPath: z.string().min(1).describe('File of the workspace to write') }),
  output: z.object({}),
  async run(input, context) {
    const path = safePath(input.targetPath)
    if (context.workspace.has(path) && !input.replace) {
      context.log(`${path} is there already and stays`)
      return {}
    }
    const file = await context.readFile(input.url)
    const text = textOfFile(file.content)
    const options: RenderOptions = { ...input, copyWithoutTemplating: [], copyWithoutRender: [], extension: undefined, isJinja: input.cookiecutterCompat }
    const content = text === undefined ? file.content : new TextEncoder().encode(renderText(text, input.url, options))
    context.workspace.write(path, { content, isExecutable: file.isExecutable })
    return {}
  },
})
