import { createHash } from 'node:crypto'
import type { FieldProblem } from '#kernel/common/fault'
import { pagesIn, type DocsPlace } from './docs-place.ts'
import type { DocsReader } from './docs-reader.ts'
import { readMkdocs } from './mkdocs-file.ts'
import { homeOf, navigationOf, readingOrder, type NavItem } from './navigation.ts'
import { readPage, type PageText } from './page-text.ts'

export interface SitePage extends PageText {
  path: string
  markdown: string
  contentHash: string
  commit: string
  author: string
  updatedAt: Date
}

/** A whole documentation as it is at one commit. Pages come in reading order. */
export interface Site {
  repository: string
  branch: string
  folder: string
  commit: string
  title: string
  nav: NavItem[]
  home: string
  pages: SitePage[]
  problems: FieldProblem[]
  updatedAt: Date
  codeChangedAt: Date
  commitsSince: number
}

const MAX_PAGES = 1_000
const MAX_PAGE_BYTES = 1024 * 1024
/** Younger commits than the documentation's are counted up to here. */
const COUNTED_COMMITS = 200
const READ_AT_ONCE = 4

/**
 * Reads the documentation of an entity at the head of a branch. Nothing that the repository says is run: no plugin, no theme, no macro.
 * @param known pages as they were read last: what has the same content keeps its date without asking Git again.
 * @returns undefined when there is none.
 */
export async function readSite(
  reader: DocsReader,
  at: {
    repository: string
    branch: string
    place: DocsPlace
    title: string
    known: ReadonlyMap<string, Pick<SitePage, 'contentHash' | 'commit' | 'author' | 'updatedAt'>>
  },
): Promise<Site | undefined> {
  const { repository, branch, place } = at
  const commit = await reader.headOf(repository, branch)
  if (commit === undefined) return undefined
  const files = await reader.listFiles(repository, commit)
  const inRoot = (name: string): string => (place.root === '' ? name : `${place.root}/${name}`)
  const config = ['mkdocs.yml', 'mkdocs.yaml'].map(inRoot).find((file) => files.includes(file))
  const mkdocs = config === undefined ? { docsDir: 'docs', problems: [] } : readMkdocs(config, await textOf(reader, repository, commit, config))
  const { folder, pages } = pagesIn(files, place.root, mkdocs.docsDir)
  if (pages.length === 0) return undefined
  const problems = [...mkdocs.problems]
  if (pages.length > MAX_PAGES) problems.push({ field: '', message: `has ${pages.length} pages; the first ${MAX_PAGES} are shown`, file: config ?? folder })
  const read = await inParts(
    pages.slice(0, MAX_PAGES),
    async (path) => await readSitePage(reader, { repository, commit, folder, path, known: at.known.get(path), problems }),
  )
  const found = new Map(read.flatMap((page) => (page ? [[page.path, page] as const] : [])))
  const titles = new Map([...found].map(([path, page]) => [path, page.title]))
  const nav = navigationOf(mkdocs.nav, titles)
  const order = [...new Set([...readingOrder(nav), ...found.keys()])]
  const ordered = order.flatMap((path) => found.get(path) ?? [])
  const history = await reader.log(repository, commit, { limit: COUNTED_COMMITS })
  const updatedAt = new Date(Math.max(0, ...ordered.map((page) => page.updatedAt.getTime())))
  return {
    repository,
    branch,
    folder,
    commit,
    title: mkdocs.siteName ?? at.title,
    nav,
    home: homeOf(nav, titles),
    pages: ordered,
    problems,
    updatedAt,
    codeChangedAt: history[0]?.at ?? updatedAt,
    commitsSince: history.filter((entry) => entry.at > updatedAt).length,
  }
}

async function readSitePage(
  reader: DocsReader,
  at: {
    repository: string
    commit: string
    folder: string
    path: string
    known: Pick<SitePage, 'contentHash' | 'commit' | 'author' | 'updatedAt'> | undefined
    problems: FieldProblem[]
  },
): Promise<SitePage | undefined> {
  const file = at.folder === '' ? at.path : `${at.folder}/${at.path}`
  let markdown: string
  try {
    markdown = (await textOf(reader, at.repository, at.commit, file)).replaceAll('\u0000', '\uFFFD')
  } catch (error) {
    at.problems.push({ field: '', message: error instanceof Error ? error.message : 'can not be read', file })
    return undefined
  }
  const contentHash = createHash('sha256').update(markdown).digest('hex')
  const page = { ...readPage(at.path, markdown), path: at.path, markdown, contentHash }
  if (at.known?.contentHash === contentHash) return { ...page, commit: at.known.commit, author: at.known.author, updatedAt: at.known.updatedAt }
  const [last] = await reader.log(at.repository, at.commit, { path: file, limit: 1 })
  return { ...page, commit: last?.sha ?? at.commit, author: last?.author ?? '', updatedAt: last?.at ?? new Date(0) }
}

async function textOf(reader: DocsReader, repository: string, commit: string, path: string): Promise<string> {
  return new TextDecoder().decode(await reader.readFile(repository, commit, path, MAX_PAGE_BYTES))
}

async function inParts<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < items.length; from += READ_AT_ONCE) results.push(...(await Promise.all(items.slice(from, from + READ_AT_ONCE).map(work))))
  return results
}
