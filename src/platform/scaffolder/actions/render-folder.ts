import path from 'node:path/posix'
import { minimatch } from 'minimatch'
import { hasTemplateSyntax, parseTemplate, renderTree, type EvaluateOptions, type OtherTemplate, type TemplateLoader } from '../template-language/index.ts'
import { textOfFile } from '../workspace.ts'
import type { TemplateFile } from './effect.ts'

/** How the files of a folder are filled in. */
export interface RenderOptions {
  values: Record<string, unknown>
  copyWithoutTemplating: readonly string[]
  copyWithoutRender: readonly string[]
  /** Only files whose name ends so are templates; the end is cut off. */
  extension: string | undefined
  trimBlocks: boolean
  lstripBlocks: boolean
  /** `{{ cookiecutter.x }}` in place of `${{ values.x }}`. */
  isJinja: boolean
}

/**
 * Fills in names and contents of a folder, file by file; `pause` is called between files. Files may include others of the same folder, and none else.
 * A file whose name comes out empty is left away.
 */
export async function renderFolder(files: readonly TemplateFile[], options: RenderOptions, pause: () => Promise<void>): Promise<TemplateFile[]> {
  const load = loaderOf(files, options)
  const rendered: TemplateFile[] = []
  for (const file of files) {
    const result = renderFile(file, options, load)
    if (result) rendered.push(result)
    await pause()
  }
  return rendered
}

/** One file by itself. */
export function renderText(text: string, where: string, options: RenderOptions, load?: TemplateLoader): string {
  const { trimBlocks, lstripBlocks, isJinja } = options
  if (!hasTemplateSyntax(text, isJinja)) return text
  const context = isJinja ? { cookiecutter: options.values } : { values: options.values }
  const evaluation: EvaluateOptions = { where, isJinja, load }
  return renderTree(parseTemplate(text, { where, trimBlocks, lstripBlocks, isJinja }), context, evaluation)
}

function renderFile(file: TemplateFile, options: RenderOptions, load: TemplateLoader): TemplateFile | undefined {
  const matches = (globs: readonly string[]): boolean => globs.some((glob) => glob.length <= 1_000 && minimatch(file.path, glob, { dot: true }))
  if (matches(options.copyWithoutRender)) return file
  const { extension } = options
  const isTemplate = extension === undefined || file.path.endsWith(extension)
  const bare = extension !== undefined && isTemplate ? file.path.slice(0, -extension.length) : file.path
  const name = renderText(bare, file.path, options)
  if (name === '' || name.endsWith('/') || name.split('/').includes('')) return undefined
  const isCopied = !isTemplate || matches(options.copyWithoutTemplating)
  const text = isCopied ? undefined : textOfFile(file.content)
  if (text === undefined || !hasTemplateSyntax(text, options.isJinja)) return { ...file, path: name }
  return { ...file, path: name, content: new TextEncoder().encode(renderText(text, file.path, options, load)) }
}

/** Files of the folder by name: relative to the asking file when the name starts with a dot, else to the folder. Each is parsed once. */
function loaderOf(files: readonly TemplateFile[], options: RenderOptions): TemplateLoader {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const parsed = new Map<string, OtherTemplate>()
  return (name, from) => {
    const full = path.normalize(name.startsWith('./') || name.startsWith('../') ? path.join(path.dirname(from), name) : name)
    const file = byPath.get(full) ?? (options.extension === undefined ? undefined : byPath.get(full + options.extension))
    const text = file && textOfFile(file.content)
    if (!file || text === undefined) return undefined
    const known = parsed.get(file.path)
    if (known) return known
    const { trimBlocks, lstripBlocks, isJinja } = options
    const made = { name: file.path, root: parseTemplate(text, { where: file.path, trimBlocks, lstripBlocks, isJinja }) }
    parsed.set(file.path, made)
    return made
  }
}
