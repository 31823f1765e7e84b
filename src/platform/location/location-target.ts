import { hostOf, readHostUrl, type HostAddress } from './host-address.ts'
import { isGlob } from './glob.ts'
import type { Address, UnsettledPlace } from './place.ts'

/** `url` is one file, `git` a repository, `organisation` all repositories of an organisation, `file` a path, glob or folder on the platform's machine. */
export type LocationKind = 'url' | 'git' | 'organisation' | 'file'

/** A location's target, understood. */
export type LocationTarget = { target: string } & (
  | { kind: 'url'; address: Address }
  | {
      kind: 'git'
      host: string
      repository: string
      /** Ref, and perhaps a folder behind it; null for the default branch. */
      tail: string | null
      /** What is read, from that folder on. */
      globs: readonly string[]
      /** Only the host knows whether it is a repository or a group. */
      mayBeGroup: boolean
    }
  | { kind: 'organisation'; host: string; organisation: string }
  | { kind: 'file'; path: string }
)

/** What is read of a repository unless its location says otherwise. */
export const REPOSITORY_FILES: readonly string[] = ['catalog-info.yaml', 'catalog-info.yml', 'openslo.yaml']

const MAX_LENGTH = 2_000

/**
 * Understands what somebody gives as a target: an http address, the address of a file, repository or organisation in a Git host that is known, an SSH clone
 * address, or an absolute path. Pure.
 * @returns the target, or what is wrong with it in words for its author.
 */
export function parseTarget(text: string, hosts: readonly HostAddress[]): LocationTarget | { problem: string } {
  const target = text.trim()
  if (target === '') return { problem: 'it is empty: give a path, a glob, or the address of a file, a repository or an organisation' }
  if (target.length > MAX_LENGTH) return { problem: `it is longer than ${MAX_LENGTH} characters` }
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(target) || !target.isWellFormed()) return { problem: 'it has characters that no address has' }
  const plain = target.replace(/^(?:url:|file:(?!\/\/))/, '')
  const url = webUrl(plain)
  if (typeof url === 'object') return understood(target, url, hosts)
  if (url !== undefined) return { problem: url }
  return fileTarget(target, plain.startsWith('file://') ? decodePath(plain.slice('file://'.length)) : plain)
}

/** The https address of what is written as one, or as SSH; a text that says why it can't be; undefined for a path. */
function webUrl(text: string): URL | string | undefined {
  const ssh = /^(?:ssh:\/\/)?git@([A-Za-z0-9.-]+)(?::\d+(?=\/))?[:/](.+)$/.exec(text)
  if (ssh) return webUrl(`https://${ssh[1]}/${azureSsh(ssh[1] ?? '', ssh[2] ?? '')}`)
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined || scheme === 'file') return undefined
  if (scheme !== 'http' && scheme !== 'https') return `"${scheme}:" addresses are not read: give one that begins with https:// or http://`
  const url = URL.parse(text)
  if (!url || /^\.|\.\./.test(url.hostname)) return 'it is no address: a host is missing, or a character is wrong'
  if (url.password !== '' || (url.username !== '' && url.hostname !== 'dev.azure.com'))
    return 'it has a user or a password: take them out; credentials belong to the Git host'
  // Azure's clone addresses name the organisation as the user.
  url.username = ''
  url.hash = ''
  return url
}

/** `v3/{organisation}/{project}/{repository}` of Azure's SSH addresses. */
function azureSsh(host: string, path: string): string {
  const match = host === 'ssh.dev.azure.com' ? /^v3\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) : null
  return match ? `${match[1]}/${match[2]}/_git/${match[3]}` : path
}

function understood(target: string, found: URL, hosts: readonly HostAddress[]): LocationTarget | { problem: string } {
  const url = found.hostname === 'ssh.dev.azure.com' ? new URL(found.pathname, 'https://dev.azure.com') : found
  const host = hostOf(url, hosts)
  if (!host) {
    if (/\.git\/?$/.test(url.pathname)) return { problem: `there is no Git host "${url.host}": declare it as a GitHost in the organisation repository` }
    return { target, kind: 'url', address: { type: 'http', url: url.href } }
  }
  const page = readHostUrl(url, host)
  if (!page) return { problem: `this page of ${host.name === '' ? 'the built-in Git host' : host.name} is no file, repository or organisation` }
  if (page.is === 'organisation') return { target, kind: 'organisation', host: page.host, organisation: page.organisation }
  if (page.is === 'file') return { target, kind: 'url', address: page.place }
  const globs = host.type === 'azure' ? [] : url.searchParams.getAll('path').flatMap((value) => value.split(','))
  const wrong = globs.find((glob) => !isRelative(glob))
  if (wrong !== undefined) return { problem: `"${wrong}" in ?path= leads out of the repository, or is empty` }
  const tail = page.tail ?? url.searchParams.get('ref')
  return {
    target,
    kind: 'git',
    host: page.host,
    repository: page.repository,
    tail,
    globs: globs.length > 0 ? globs.map((glob) => glob.replace(/^\/+/, '')) : REPOSITORY_FILES,
    mayBeGroup: page.mayBeGroup && tail === null && globs.length === 0,
  }
}

function isRelative(glob: string): boolean {
  const parts = glob.replace(/^\/+/, '').split('/')
  return parts.every((part) => part !== '' && part !== '.' && part !== '..') && !glob.includes('\\')
}

function fileTarget(target: string, path: string | undefined): LocationTarget | { problem: string } {
  if (path === undefined || !path.startsWith('/')) return { problem: `"${target}" is neither an address nor a whole path: begin with https:// or with /` }
  if (path.split('/').includes('..')) return { problem: 'it has "..": give the path itself' }
  const clean = path.replaceAll(/\/+/g, '/')
  return clean === '/' || isGlob(clean.split('/')[1] ?? '')
    ? { problem: 'the whole machine is not read: name a folder' }
    : { target, kind: 'file', path: clean.replace(/\/$/, '') }
}

function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replace(/^localhost(?=\/)/, ''))
  } catch {
    return undefined
  }
}

/** The parts of a tail that can be ref and path, the shortest ref first: branches may have slashes in their names. */
export function tailSplits(place: UnsettledPlace): { ref: string; path: string }[] {
  const parts = place.tail.split('/')
  return parts.slice(0, -1).map((_, index) => ({ ref: parts.slice(0, index + 1).join('/'), path: parts.slice(index + 1).join('/') }))
}
