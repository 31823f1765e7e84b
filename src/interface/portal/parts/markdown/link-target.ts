/** Where a link or a picture of a text leads: an address of the web, a place on this page, a path beside the text, or nowhere that may be gone to. */
export type LinkTarget = { kind: 'web'; href: string } | { kind: 'here'; id: string } | { kind: 'beside'; path: string; hash: string } | { kind: 'none' }

/** Reads the address of a link. Only http, https and mailto lead away: `javascript:` and its like lead nowhere. Pure. */
export function linkTarget(href: string): LinkTarget {
  const address = href.trim()
  if (/^(?:https?:\/\/|mailto:)/i.test(address)) return { kind: 'web', href: address }
  if (address.startsWith('//') || /^[a-z][\w+.-]*:/i.test(address) || hasOddCharacters(address)) return { kind: 'none' }
  const at = address.indexOf('#')
  const hash = at === -1 ? '' : address.slice(at + 1)
  const path = (at === -1 ? address : address.slice(0, at)).replace(/\?.*$/, '')
  if (path === '') return hash === '' ? { kind: 'none' } : { kind: 'here', id: hash }
  return { kind: 'beside', path: decoded(path), hash }
}

/**
 * A path that is written in the file `from`, seen from the root: `../a.md` in `guides/b.md` is `a.md`. A leading slash means the root.
 * @returns undefined for one that leads out. Pure.
 */
export function besidePath(from: string, path: string): string | undefined {
  const parts = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/') + (path.endsWith('/') && parts.length > 0 ? '/' : '')
}

/** Browsers leave out control characters, and take a backslash for a slash. */
function hasOddCharacters(address: string): boolean {
  return address.includes('\\') || Array.from(address).some((character) => character < ' ')
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
