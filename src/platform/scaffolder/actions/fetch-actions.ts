import { minimatch } from 'minimatch'
import { z } from 'zod'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { hasTemplateSyntax, parseTemplate, renderTree } from '../template-language/index.ts'
import { safePath, textOfFile } from '../workspace.ts'
import type { TemplateFile } from './effect.ts'
import { templateAction, type ActionContext } from './template-action.ts'

const common = { url: z.string().min(1), targetPath: z.string().default('.'), replace: z.boolean().default(false) }
const templateInput = z.looseObject({
  ...common,
  values: z.record(z.string(), z.unknown()).default({}),
  copyWithoutTemplating: z.array(z.string()).default([]),
  copyWithoutRender: z.array(z.string()).default([]),
  templateFileExtension: z.union([z.boolean(), z.string()]).default(false),
  trimBlocks: z.boolean().default(false),
  lstripBlocks: z.boolean().default(false),
  cookiecutterCompat: z.literal(false, { error: 'cookiecutter templates are not supported here' }).optional(),
})
type TemplateInput = z.infer<typeof templateInput>

export const fetchPlain = templateAction({
  id: 'fetch:plain',
  description: 'Copies a folder from beside the template as it is',
  input: z.looseObject(common),
  async run(input, context) {
    for (const file of await context.readFolder(input.url)) put(context, joined(input.targetPath, file.path), file, input.replace)
    return {}
  },
})

export const fetchTemplate = templateAction({
  id: 'fetch:template',
  description: 'Copies a folder from beside the template, with names and contents filled in',
  input: templateInput,
  async run(input, context) {
    const extension = input.templateFileExtension === true ? '.njk' : input.templateFileExtension === false ? undefined : input.templateFileExtension
    for (const file of await context.readFolder(input.url)) {
      const rendered = renderFile(file, input, extension)
      if (rendered) put(context, joined(input.targetPath, rendered.path), rendered, input.replace)
    }
    return {}
  },
})

/** The file as it comes out; undefined when its name comes out empty, which is how a template leaves a file away. */
function renderFile(file: TemplateFile, input: TemplateInput, extension: string | undefined): TemplateFile | undefined {
  const context = { values: input.values }
  const options = { where: file.path, trimBlocks: input.trimBlocks, lstripBlocks: input.lstripBlocks }
  const isRaw = input.copyWithoutRender.some((glob) => minimatch(file.path, glob, { dot: true }))
  if (isRaw) return file
  const isTemplate = extension === undefined || file.path.endsWith(extension)
  const bare = extension !== undefined && isTemplate ? file.path.slice(0, -extension.length) : file.path
  const path = hasTemplateSyntax(bare) ? renderTree(parseTemplate(bare, options), context, { where: file.path }) : bare
  if (path === '' || path.endsWith('/') || path.split('/').includes('')) return undefined
  const isCopied = !isTemplate || input.copyWithoutTemplating.some((glob) => minimatch(file.path, glob, { dot: true }))
  const text = isCopied ? undefined : textOfFile(file.content)
  if (text === undefined || !hasTemplateSyntax(text)) return { ...file, path }
  return { ...file, path, content: new TextEncoder().encode(renderTree(parseTemplate(text, options), context, { where: file.path })) }
}

function put(context: ActionContext, path: string, file: TemplateFile, isReplacing: boolean): void {
  if (context.workspace.has(path) && !isReplacing) {
    context.log(`${path} is there already and stays`)
    return
  }
  context.workspace.write(path, { content: file.content, isExecutable: file.isExecutable })
}

function joined(folder: string, path: string): string {
  const target = safePath(folder)
  // A name with `..` must not climb out of the target either.
  if (path.split('/').includes('..')) throw scaffolderFaults.bad_path({ path, why: 'leads out of the folder' })
  return target === '' ? path : `${target}/${path}`
}
