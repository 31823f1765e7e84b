import type { Egress } from '#kernel/node/egress'
import type { TemplateFile } from '#platform/scaffolder'

/** Most files of a folder, and folders inside folders. */
const MAX_FILES = 2_000
const MAX_DEPTH = 12

/** What a listing names below itself: names of files, and of folders with a slash at the end. */
export type Listing = readonly string[]

/**
 * Reads a folder's listing as web servers write it: a page with links (Apache, nginx, Caddy, `python -m http.server`), or nginx' JSON. Links that lead
 * elsewhere, up, or into a query are left out. Pure.
 * @returns undefined when it is no listing.
 */
export function readListing(text: string, contentType: string, url: string): Listing | undefined {
  if (contentType.includes('json')) return fromJson(text)
  if (!contentType.includes('html')) return undefined
  const base = new URL(url)
  const names = new Set<string>()
  for (const [, quoted, plain] of text.matchAll(/<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)) {
    const target = URL.parse((quoted ?? plain ?? '').replaceAll('&amp;', '&'), url)
    if (!target || target.origin !== base.origin || target.search !== '' || !target.pathname.startsWith(base.pathname)) continue
    const name = decoded(target.pathname.slice(base.pathname.length))
    if (name !== undefined && isName(name)) names.add(name)
  }
  return [...names].sort()
}

/**
 * Files below the address of a folder, as far as its server lists it.
 * @param url with a slash at the end.
 * @returns undefined when it does not.
 * @throws faults of the egress; an Error in words for files that are listed and can not be read.
 */
export async function listHttpFolder(egress: Pick<Egress, 'fetch'>, url: string): Promise<TemplateFile[] | undefined> {
  const files: TemplateFile[] = []
  const walk = async (at: string, prefix: string, depth: number): Promise<boolean> => {
    const answer = await egress.fetch(at, { headers: { accept: 'text/html, application/json' } })
    const listing = answer.ok ? readListing(await answer.text(), answer.headers.get('content-type') ?? '', at) : undefined
    if (!listing || depth > MAX_DEPTH) return false
    for (const name of listing) {
      const child = new URL(name.split('/').map(encodeURIComponent).join('/'), at).href
      if (name.endsWith('/')) {
        if (!(await walk(child, `${prefix}${name}`, depth + 1))) return false
        continue
      }
      if (files.length >= MAX_FILES) return false
      const content = await egress.fetch(child)
      if (!content.ok) return false
      files.push({ path: `${prefix}${name}`, content: new Uint8Array(await content.arrayBuffer()), isExecutable: false })
    }
    return true
  }
  return (await walk(url, '', 0)) ? files : undefined
}

function fromJson(text: string): Listing | undefined {
  try {
    const list: unknown = JSON.parse(text)
    if (!Array.isArray(list)) return undefined
    const names = list.flatMap((item: unknown) => {
      const { name, type } = (typeof item === 'object' && item !== null ? item : {}) as { name?: unknown; type?: unknown }
      return typeof name === 'string' ? [type === 'directory' ? `${name}/` : name] : []
    })
    return names.filter(isName).sort()
  } catch {
    return undefined
  }
}

/** One segment, perhaps with a slash behind it. */
function isName(name: string): boolean {
  return /^[^/\\]+\/?$/.test(name) && !/^\.\.?\/?$/.test(name)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
