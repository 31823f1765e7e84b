import { z } from 'zod'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { safePath } from '../workspace.ts'
import type { TemplateFile } from './effect.ts'
import { token } from './inputs.ts'
import { templateAction, type ActionContext } from './template-action.ts'

/** Members that all fetch actions have. */
export const fetchInputs = {
  url: z.string().min(1).describe('Beside the template, e.g. ./skeleton, or an address of a folder, a repository or an archive'),
  replace: z.boolean().default(false).describe('Whether files that are there already are written over'),
  token,
}

export const fetchPlain = templateAction({
  id: 'fetch:plain',
  description: 'Copies a folder as it is',
  input: z.looseObject({ ...fetchInputs, targetPath: z.string().default('.').describe('Folder of the workspace to copy into') }),
  output: z.object({}),
  examples: [
    {
      description: 'Copy a folder',
      example: 'steps:\n  - id: fetch\n    name: Fetch\n    action: fetch:plain\n    input:\n      url: ./content\n      targetPath: ./out\n',
    },
  ],
  async run(input, context) {
    for (const file of await context.readFolder(input.url)) put(context, joined(input.targetPath, file.path), file, input.replace)
    return {}
  },
})

export const fetchPlainFile = templateAction({
  id: 'fetch:plain:file',
  description: 'Copies one file as it is',
  input: z.looseObject({ ...fetchInputs, targetPath: z.string().min(1).describe('File of the workspace to write') }),
  output: z.object({}),
  async run(input, context) {
    const file = await context.readFile(input.url)
    // As Backstage has it: one file by name is written over.
    context.workspace.write(safePath(input.targetPath), { content: file.content, isExecutable: file.isExecutable })
    return {}
  },
})

/** Writes a file unless it is there, which is logged. */
export function put(context: ActionContext, path: string, file: TemplateFile, isReplacing: boolean): void {
  if (context.workspace.has(path) && !isReplacing) {
    context.log(`${path} is there already and stays`)
    return
  }
  context.workspace.write(path, { content: file.content, isExecutable: file.isExecutable })
}

/** A path below a folder. A name with `..` must not climb out of the target either. @throws `platform.scaffolder.bad_path`. */
export function joined(folder: string, path: string): string {
  const target = safePath(folder)
  if (path.split('/').includes('..')) throw scaffolderFaults.bad_path({ path, why: 'leads out of the folder' })
  return target === '' ? path : `${target}/${path}`
}
