import { isGlob } from './glob.ts'
import type { HostAddress } from './host-address.ts'
import { parseTarget } from './location-target.ts'
import type { Address, Place } from './place.ts'

/**
 * Where a target leads that a file names: a Location's target or a placeholder's. Relative ones stay in the file's own source; what begins with `/` means the root of its
 * repository or, in a folder, of the machine; addresses are read as they are. Pure.
 * @param base the file that names it.
 * @returns the address, whose path may be a glob, or what is wrong in words for the file's author.
 */
export function resolveTarget(base: Place, target: string, hosts: readonly HostAddress[]): Address | { problem: string } {
  const text = target.trim()
  if (/^(?:url:)?[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text) || text.startsWith('git@')) return absolute(base, text, hosts)
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (text === '' || text.length > 1_000 || /[\u0000-\u001f\u007f\\]/.test(text)) return { problem: `"${target.slice(0, 100)}" is no path` }
  if (base.type === 'http') return relativeUrl(base.url, text)
  if (base.type === 'folder' && text.startsWith('/')) return absolute(base, text, hosts)
  const path = joined(base.type === 'folder' ? base.path.slice(1) : base.path, text)
  if (path === undefined) return { problem: `"${text}" leads out of ${base.type === 'folder' ? 'the folder' : 'the repository'}` }
  return base.type === 'folder' ? { type: 'folder', path: `/${path}` } : { ...base, path }
}

function absolute(base: Place, text: string, hosts: readonly HostAddress[]): Address | { problem: string } {
  const parsed = parseTarget(text, hosts)
  if ('problem' in parsed) return { problem: `"${text.slice(0, 200)}" can not be read: ${parsed.problem}` }
  if (parsed.kind === 'file') {
    if (base.type === 'folder') return { type: 'folder', path: parsed.path }
    return { problem: `"${text}" is a file of the platform's machine: only files of that machine may name it` }
  }
  if (parsed.kind === 'url') return parsed.address
  return { problem: `"${text}" is no file: name a file in it, or register it as a location of its own` }
}

function relativeUrl(base: string, text: string): Address | { problem: string } {
  if (isGlob(text)) return { problem: `"${text}" is a glob, which works in Git repositories and folders only` }
  const url = URL.parse(text, base)
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? { type: 'http', url: url.href } : { problem: `"${text}" is no path` }
}

/** `target` from the folder of `file`; undefined when it climbs over the root. */
function joined(file: string, target: string): string | undefined {
  const parts = target.startsWith('/') ? [] : file.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.length === 0 ? undefined : parts.join('/')
}
