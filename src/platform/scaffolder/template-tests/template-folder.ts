import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { parseSource, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import type { TemplateFile } from '../actions/index.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { resolveInside } from '../workspace.ts'

/** A template as it lies on the disk of whoever writes it. */
export interface TemplateFolder {
  /** The template's document; undefined when there is none that can be read. */
  document: SourceDocument | undefined
  /** A document for each test in `tests/*.yaml`, in the order of their files. */
  tests: SourceDocument[]
  problems: FieldProblem[]
  /** Files below a folder; `url` is relative to the template, and stays inside the repository that it lies in. */
  readFolder: (url: string) => Promise<readonly TemplateFile[]>
}

/** Longest file that is read. */
const MAX_BYTES = 20 * 1024 * 1024

/** Reads `template.yaml` and `tests/*.yaml` of a folder. Never throws for what is in them. */
export async function openTemplateFolder(folder: string): Promise<TemplateFolder> {
  const base = path.resolve(folder)
  const root = repositoryOf(base)
  const name = existsSync(path.join(base, 'template.yml')) ? 'template.yml' : 'template.yaml'
  const shown = path.join(folder, name)
  const inside = path.relative(root, base).split(path.sep).join('/')
  const readBelow = async (url: string): Promise<readonly TemplateFile[]> => await filesBelow(path.join(root, resolveInside(inside, url)), '')
  const text = await readFile(path.join(base, name), 'utf8').catch(() => undefined)
  if (text === undefined) {
    const message = 'there is no such file: a template is a folder with a template.yaml'
    return { document: undefined, tests: [], problems: [{ field: '', message, file: shown, line: 1, column: 1 }], readFolder: readBelow }
  }
  const source = parseSource(shown, text)
  const templates = source.documents.filter((document) => (document.value as { kind?: unknown } | null)?.kind === 'Template')
  const tests = await readTests(base, folder)
  return { document: templates[0] ?? source.documents[0], tests: tests.documents, problems: [...source.problems, ...tests.problems], readFolder: readBelow }
}

async function readTests(base: string, folder: string): Promise<{ documents: SourceDocument[]; problems: FieldProblem[] }> {
  const names = await readdir(path.join(base, 'tests')).catch(() => [] as string[])
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort()
  const sources = await Promise.all(
    files.map(async (name) => parseSource(path.join(folder, 'tests', name), await readFile(path.join(base, 'tests', name), 'utf8'))),
  )
  return { documents: sources.flatMap((source) => source.documents), problems: sources.flatMap((source) => source.problems) }
}

/** The nearest folder above that is a Git repository; without one the folder beside which the template lies. */
function repositoryOf(base: string): string {
  for (let at = base; path.dirname(at) !== at; at = path.dirname(at)) if (existsSync(path.join(at, '.git'))) return at
  return path.dirname(base)
}

async function filesBelow(folder: string, prefix: string): Promise<TemplateFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (prefix === '' && (error as { code?: string }).code === 'ENOENT') return []
    throw error
  })
  const files: TemplateFile[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = path.join(folder, entry.name)
    const shown = prefix === '' ? entry.name : `${prefix}/${entry.name}`
    if (entry.isSymbolicLink()) throw scaffolderFaults.bad_path({ path: shown, why: 'is a link; a template has files only' })
    if (entry.isDirectory()) files.push(...(await filesBelow(at, shown)))
    else if (entry.isFile()) files.push(await readOne(at, shown))
  }
  return files
}

async function readOne(at: string, shown: string): Promise<TemplateFile> {
  const { size, mode } = await stat(at)
  if (size > MAX_BYTES) throw scaffolderFaults.too_large({ what: `"${shown}" of more than ${MAX_BYTES} bytes` })
  return { path: shown, content: await readFile(at), isExecutable: (mode & 0o111) !== 0 }
}
