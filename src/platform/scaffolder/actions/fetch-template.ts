import { z } from 'zod'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { safePath, textOfFile } from '../workspace.ts'
import { fetchInputs, joined, put } from './fetch-actions.ts'
import { renderFolder, renderText, type RenderOptions } from './render-folder.ts'
import type { TemplateFile } from './effect.ts'
import { templateAction, type ActionContext, type StepOutput } from './template-action.ts'

const rendering = {
  values: z.record(z.string(), z.unknown()).default({}).describe('What the files see as values'),
  trimBlocks: z.boolean().default(false),
  lstripBlocks: z.boolean().default(false),
  cookiecutterCompat: z.boolean().default(false).describe('Files are written for cookiecutter: {{ cookiecutter.name }}'),
}

const folderRendering = {
  ...rendering,
  copyWithoutTemplating: z.array(z.string()).default([]).describe('Files whose contents stay as they are; names are filled in'),
  copyWithoutRender: z.array(z.string()).default([]).describe('Files that stay as they are, name and all'),
  templateFileExtension: z.union([z.boolean(), z.string()]).default(false).describe('Only files with this end are templates; true is .njk'),
}
const fileInput = z.object(rendering)
const folderInput = z.object(folderRendering)

export const fetchTemplate = templateAction({
  id: 'fetch:template',
  description: 'Copies a folder with names and contents filled in',
  input: z.looseObject({
    ...fetchInputs,
    ...folderRendering,
    targetPath: z.string().default('.').describe('Folder of the workspace to copy into'),
  }),
  output: z.object({}),
  examples: [
    {
      description: 'Fill in a skeleton',
      example:
        'steps:\n  - id: fetch\n    name: Fill in the skeleton\n    action: fetch:template\n    input:\n      url: ./skeleton\n      values:\n        name: ${{ parameters.name }}\n',
    },
  ],
  run: async (input, context) => await renderInto(await context.readFolder(input.url), input, context),
})

/** The same for what earlier steps have put into the workspace. */
export const workspaceTemplate = templateAction({
  id: 'workspace:template',
  description: 'Fills in names and contents of a folder of the workspace, into another folder of it',
  input: z
    .looseObject({
      ...folderRendering,
      sourcePath: z.string().min(1).describe('Folder of the workspace with the template'),
      targetPath: z.string().min(1).describe('Folder of the workspace to write into; must not overlap the source'),
      replace: z.boolean().default(false).describe('Write over files that are there'),
    })
    .refine((input) => !overlap(input.sourcePath, input.targetPath), { path: ['targetPath'], error: 'must not overlap sourcePath' }),
  output: z.object({}),
  run: async (input, context) =>
    await renderInto(
      context.workspace.below(input.sourcePath).map(({ path, file }) => ({ path, ...file })),
      input,
      context,
    ),
})

function overlap(source: string, target: string): boolean {
  const [from, to] = [safePath(source), safePath(target)].map((path) => `${path}/`)
  return from === '/' || to === '/' || (from ?? '').startsWith(to ?? '') || (to ?? '').startsWith(from ?? '')
}

async function renderInto(
  files: readonly TemplateFile[],
  input: z.infer<typeof folderInput> & { targetPath: string; replace: boolean },
  context: ActionContext,
): Promise<StepOutput> {
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
  for (const file of await renderFolder(files, options, context.pause)) put(context, joined(input.targetPath, file.path), file, input.replace)
  return {}
}

export const fetchTemplateFile = templateAction({
  id: 'fetch:template:file',
  description: 'Copies one file with its contents filled in',
  input: z.looseObject({ ...fetchInputs, ...rendering, targetPath: z.string().min(1).describe('File of the workspace to write') }),
  output: z.object({}),
  run: async (input, context) => await renderFileInto(async () => await context.readFile(input.url), input.url, input, context),
})

export const workspaceTemplateFile = templateAction({
  id: 'workspace:template:file',
  description: 'Fills in one file of the workspace, into another',
  input: z.looseObject({
    ...rendering,
    sourcePath: z.string().min(1).describe('File of the workspace with the template'),
    targetPath: z.string().min(1).describe('File of the workspace to write'),
    replace: z.boolean().default(false).describe('Write over a file that is there'),
  }),
  output: z.object({}),
  run: async (input, context) =>
    await renderFileInto(
      () => {
        const path = safePath(input.sourcePath)
        const file = context.workspace.find(path)
        if (!file) throw scaffolderFaults.bad_path({ path: input.sourcePath, why: 'is no file of the workspace' })
        return { path, ...file }
      },
      input.sourcePath,
      input,
      context,
    ),
})

async function renderFileInto(
  read: () => Promise<TemplateFile> | TemplateFile,
  where: string,
  input: z.infer<typeof fileInput> & { targetPath: string; replace: boolean },
  context: ActionContext,
): Promise<StepOutput> {
  const path = safePath(input.targetPath)
  if (context.workspace.has(path) && !input.replace) {
    context.log(`${path} is there already and stays`)
    return {}
  }
  const file = await read()
  const text = textOfFile(file.content)
  const options: RenderOptions = { ...input, copyWithoutTemplating: [], copyWithoutRender: [], extension: undefined, isJinja: input.cookiecutterCompat }
  const content = text === undefined ? file.content : new TextEncoder().encode(renderText(text, where, options))
  context.workspace.write(path, { content, isExecutable: file.isExecutable })
  return {}
}
