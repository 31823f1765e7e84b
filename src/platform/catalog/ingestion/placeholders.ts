import { parse } from 'yaml'
import { pathText, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import type { PlaceholderReader } from './placeholder-reader.ts'
import type { SourceFile } from './source-batch.ts'

/** Keys that stand for a text that is read later. `$openapi`, `$asyncapi` and `$graphql`-like ones resolve by the reader. */
const KEY = /^\$[a-z][a-z0-9]*$/i
const MAX_PLACEHOLDERS = 50
const MAX_DEPTH = 60
/** A YAML or JSON that is put in is parsed with the same bound on aliases as a descriptor. */
const MAX_ALIASES = 100

interface Found {
  path: (string | number)[]
  key: string
  target: string
}

export function hasPlaceholders(value: unknown): boolean {
  return findPlaceholders(value).length > 0
}

/** Puts in what the placeholders of a document stand for. A failing one is a problem at its line, and stays as it is. */
export async function resolvePlaceholders(
  document: SourceDocument,
  at: { file: SourceFile; source: string; reader?: PlaceholderReader },
): Promise<{ document: SourceDocument; problems: FieldProblem[] }> {
  const { reader } = at
  // Without a reader they are kept: whoever checks a file offline knows no others.
  if (!reader) return { document, problems: [] }
  const found = findPlaceholders(document.value)
  const problems: FieldProblem[] = []
  const value = structuredClone(document.value)
  await Promise.all(
    found.slice(0, MAX_PLACEHOLDERS).map(async ({ path, key, target }) => {
      try {
        const text = await reader.read({ key, target, file: at.file, source: at.source })
        replace(value, path, key === '$json' ? JSON.parse(text) : key === '$yaml' ? parse(text, { maxAliasCount: MAX_ALIASES, logLevel: 'error' }) : text)
      } catch (error) {
        const message = `${key} "${target}" can not be put in: ${error instanceof Error ? error.message : String(error)}`
        problems.push({ field: pathText(path), message, file: document.file, ...document.locate(path) })
      }
    }),
  )
  if (found.length > MAX_PLACEHOLDERS)
    problems.push({ field: '', message: `a document has at most ${MAX_PLACEHOLDERS} placeholders`, file: document.file, ...document.locate([]) })
  return { document: { ...document, value }, problems }
}

/** Objects with one key that begins with `$` and a text, anywhere in a document's metadata and spec. A template's parameters and steps have their own language. */
function findPlaceholders(value: unknown): Found[] {
  const found: Found[] = []
  const walk = (node: unknown, path: (string | number)[]): void => {
    if (typeof node !== 'object' || node === null || path.length > MAX_DEPTH || found.length > MAX_PLACEHOLDERS) return
    if (Array.isArray(node)) return node.forEach((item, index) => walk(item, [...path, index]))
    const entries = Object.entries(node)
    const [first] = entries
    if (entries.length === 1 && first && KEY.test(first[0]) && typeof first[1] === 'string') return void found.push({ path, key: first[0], target: first[1] })
    for (const [key, member] of entries) walk(member, [...path, key])
  }
  const kind = (value as { kind?: unknown } | null)?.kind
  if (typeof value === 'object' && value !== null && kind !== 'Template')
    for (const part of ['metadata', 'spec']) walk((value as Record<string, unknown>)[part], [part])
  return found
}

function replace(root: unknown, path: readonly (string | number)[], value: unknown): void {
  let node = root as Record<string | number, unknown>
  for (const part of path.slice(0, -1)) node = node[part] as Record<string | number, unknown>
  const last = path.at(-1)
  if (last !== undefined) Object.defineProperty(node, last, { value, enumerable: true, configurable: true, writable: true })
}
