import type { NavEntry } from './mkdocs-file.ts'

/** A navigation as readers get it: every page that exists once, every section with a title. */
export interface NavItem {
  title: string
  path?: string
  url?: string
  children?: NavItem[]
}

const HOME = /(?:^|\/)(?:index|readme)\.md$/i

/**
 * The navigation of a site. With a declared one, pages that are not there are left out and pages that it does not name can still be read;
 * without, folders become sections, and an index or README leads each. Pure.
 * @param titles of all pages, by path.
 */
export function navigationOf(declared: readonly NavEntry[] | undefined, titles: ReadonlyMap<string, string>): NavItem[] {
  return declared ? declaredItems(declared, titles) : folderItems('', [...titles.keys()].sort(byOrder), titles)
}

/** All pages in the order in which one reads them. Pure. */
export function readingOrder(nav: readonly NavItem[]): string[] {
  return [...new Set(nav.flatMap((item) => [...(item.path === undefined ? [] : [item.path]), ...readingOrder(item.children ?? [])]))]
}

/** The page that a reader sees first; empty for a site without pages. Pure. */
export function homeOf(nav: readonly NavItem[], titles: ReadonlyMap<string, string>): string {
  const root = [...titles.keys()].find((path) => !path.includes('/') && HOME.test(path))
  return root ?? readingOrder(nav)[0] ?? [...titles.keys()].sort(byOrder)[0] ?? ''
}

function declaredItems(entries: readonly NavEntry[], titles: ReadonlyMap<string, string>): NavItem[] {
  return entries.flatMap((entry): NavItem[] => {
    if (entry.children) {
      const children = declaredItems(entry.children, titles)
      return children.length === 0 ? [] : [{ title: entry.title ?? 'Pages', children }]
    }
    if (entry.url !== undefined) return [{ title: entry.title ?? entry.url, url: entry.url }]
    if (entry.path === undefined || !titles.has(entry.path)) return []
    return [{ title: entry.title ?? titles.get(entry.path) ?? entry.path, path: entry.path }]
  })
}

function folderItems(folder: string, paths: readonly string[], titles: ReadonlyMap<string, string>): NavItem[] {
  const items: NavItem[] = []
  const seen = new Set<string>()
  for (const path of paths) {
    const rest = folder === '' ? path : path.slice(folder.length + 1)
    const slash = rest.indexOf('/')
    if (slash === -1) {
      items.push({ title: titles.get(path) ?? path, path })
      continue
    }
    const name = rest.slice(0, slash)
    if (seen.has(name)) continue
    seen.add(name)
    const inner = folder === '' ? name : `${folder}/${name}`
    items.push({
      title: wordsOf(name),
      children: folderItems(
        inner,
        paths.filter((other) => other.startsWith(`${inner}/`)),
        titles,
      ),
    })
  }
  return items
}

/** Pages before folders, the index first, then by name. */
function byOrder(a: string, b: string): number {
  const rank = (path: string): number => (HOME.test(path) && !path.includes('/') ? 0 : path.includes('/') ? 2 : 1)
  const home = (path: string): string => path.replace(HOME, (match) => (match.startsWith('/') ? '/ ' : ' '))
  return rank(a) - rank(b) || home(a).localeCompare(home(b), 'en')
}

function wordsOf(name: string): string {
  const words = name.replaceAll(/[-_]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
