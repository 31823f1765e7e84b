import { isMap, isPair, isScalar, isSeq, parseDocument, type Node } from 'yaml'
import type { FieldProblem } from '#kernel/common/fault'

/** One entry of a navigation: a page, a section with pages below it, or a link elsewhere. */
export interface NavEntry {
  /** Undefined: the page's own title. */
  title?: string
  /** Page below the docs folder, e.g. `guides/start.md`. */
  path?: string
  /** Address elsewhere. */
  url?: string
  children?: NavEntry[]
}

/** What of a `mkdocs.yml` is understood: title, folder and navigation. Themes, plugins and extensions are none of ours: nothing of a repository is run. */
export interface MkdocsFile {
  siteName?: string
  docsDir: string
  nav?: NavEntry[]
  problems: FieldProblem[]
}

const MAX_ENTRIES = 2_000
const MAX_DEPTH = 8

/** Reads a `mkdocs.yml`. Never throws; tags such as `!!python/name` and `!ENV` are passed over. Source: mkdocs.org, configuration. Pure. */
export function readMkdocs(file: string, text: string): MkdocsFile {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: true })
  const [error] = document.errors
  const problems: FieldProblem[] = error
    ? [{ field: '', message: error.message.split('\n')[0] ?? 'can not be read', file, line: error.linePos?.[0].line ?? 1, column: error.linePos?.[0].col ?? 1 }]
    : []
  const root = document.contents
  if (!isMap(root)) return { docsDir: 'docs', problems }
  const scalar = (key: string): string | undefined => {
    const value = document.get(key, true)
    return isScalar(value) && (typeof value.value === 'string' || typeof value.value === 'number') ? String(value.value) : undefined
  }
  const docsDir = cleanPath(scalar('docs_dir') ?? 'docs')
  if (docsDir === undefined) problems.push({ field: 'docs_dir', message: 'leads out of the repository; docs is read instead', file, line: 1, column: 1 })
  let budget = MAX_ENTRIES
  const entriesOf = (node: Node | null | undefined, depth: number): NavEntry[] => {
    if (!isSeq(node) || depth > MAX_DEPTH) return []
    return node.items.flatMap((item) => {
      if (--budget < 0) return []
      if (isScalar(item) && typeof item.value === 'string') return entryOf(undefined, item.value)
      if (!isMap(item)) return []
      return item.items.flatMap((pair) => {
        if (!isPair(pair) || !isScalar(pair.key)) return []
        const title = String(pair.key.value)
        if (isScalar(pair.value)) return typeof pair.value.value === 'string' ? entryOf(title, pair.value.value) : []
        return [{ title, children: entriesOf(pair.value as Node, depth + 1) }]
      })
    })
  }
  const nav = document.get('nav', true) as Node | undefined
  const siteName = scalar('site_name')
  return { ...(siteName === undefined ? {} : { siteName }), docsDir: docsDir ?? 'docs', ...(nav === undefined ? {} : { nav: entriesOf(nav, 0) }), problems }
}

function entryOf(title: string | undefined, target: string): NavEntry[] {
  const named = title === undefined ? {} : { title }
  if (/^https?:\/\//i.test(target)) return [{ ...named, url: target }]
  const path = cleanPath(target)
  return path === undefined || path === '' ? [] : [{ ...named, path }]
}

/** A path without `.` and `..`; undefined when it leads out. */
export function cleanPath(path: string): string | undefined {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else parts.push(part)
  }
  return parts.join('/')
}
