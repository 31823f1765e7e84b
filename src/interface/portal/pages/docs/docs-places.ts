import type { DocsNavItem, EntityParams } from '../../api/docs-queries.ts'
import { docsAssetAddress } from '../../api/docs-queries.ts'
import { besidePath } from '../../parts/markdown/link-target.ts'
import type { MarkdownPlaces } from '../../parts/markdown/markdown-context.ts'

/** The address of a page of somebody's documentation; without a path, of its first. */
export function docsHref({ kind, namespace, name }: EntityParams, path = ''): string {
  const root = `/docs/${[kind.toLowerCase(), namespace, name].map(encodeURIComponent).join('/')}`
  return path === '' ? root : `${root}/${path.split('/').map(encodeURIComponent).join('/')}`
}

/** Where the links and pictures of the page `from` lead: pages beside it to this reader, all else to the file as it is. */
export function docsPlaces(of: EntityParams, from: string): MarkdownPlaces {
  return {
    link(written) {
      const path = besidePath(from, written)
      if (path === undefined) return null
      const page = pageOf(path)
      return page === undefined ? { href: docsAssetAddress(of, path), isPage: false } : { href: docsHref(of, page), isPage: true }
    },
    image(written) {
      const path = besidePath(from, written)
      return path === undefined || path === '' ? null : docsAssetAddress(of, path)
    },
  }
}

/** The file of the page that a path means: folders mean their index, as on a built site. Undefined for what is no page. */
export function pageOf(path: string): string | undefined {
  if (path === '' || path.endsWith('/')) return `${path}index.md`
  if (/\.(?:md|markdown)$/i.test(path)) return path
  return /\.[a-z0-9]{1,5}$/i.test(path) ? undefined : `${path}.md`
}

/** True when the page is this item, or one below it. */
export function holdsPage(item: DocsNavItem, path: string): boolean {
  return item.path === path || (item.children ?? []).some((child) => holdsPage(child, path))
}
