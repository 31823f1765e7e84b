import type { RepositoryRef } from '../git-host.ts'
import type { ForgeType } from './forge-api.ts'

/** A Git host, as far as its addresses go. */
export interface HostAddress {
  /** E.g. `github.com`. */
  name: string
  type: ForgeType | 'fairway'
  /** Where its pages begin, without a slash at the end, e.g. `https://github.com`. */
  url: string
  /** Where its API begins, when that is not below `url`, e.g. `https://api.github.com`. */
  apiUrl?: string
}

/** What an address leads to. */
export interface UrlPlace<H extends HostAddress = HostAddress> {
  host: H
  repository: RepositoryRef
  /**
   * A branch, tag or commit as the address has it; undefined for the default branch. Where a path follows, it is taken to have no slash: an address does
   * not tell `feature` / `x/a.yaml` from `feature/x` / `a.yaml`, and `refCandidates` gives the others.
   */
  ref: string | undefined
  /** From the root, without a slash at either end; empty for the repository. */
  path: string
}

/**
 * Reads the address of a repository, file or folder: pages (`blob`, `tree`, `edit`, `src`), raw files, API contents, clone addresses by http, ssh and scp
 * (`git@github.com:acme/orders.git`), with Backstage's `url:` before them or not. Never throws. The table of shapes is in `read-url.test.ts`.
 * @returns undefined when it is of no host, or no such page.
 */
export function readUrl<H extends HostAddress>(text: string, hosts: readonly H[]): UrlPlace<H> | undefined {
  const url = URL.parse(plainAddress(text))
  if (!url || !/^https?:$|^ssh:$/.test(url.protocol)) return undefined
  for (const host of hosts.toSorted((a, b) => b.url.length - a.url.length)) {
    const found = READERS[host.type](url, host)
    if (found && isPlain(found)) return { host, ...found }
  }
  return undefined
}

/** Every way to split `ref/path`, shortest ref first, for asking the host which it has. */
export function refCandidates(place: Pick<UrlPlace, 'ref' | 'path'>): { ref: string; path: string }[] {
  if (place.ref === undefined) return []
  const parts = place.path === '' ? [] : place.path.split('/')
  return Array.from({ length: parts.length + 1 }, (_, index) => ({ ref: [place.ref, ...parts.slice(0, index)].join('/'), path: parts.slice(index).join('/') }))
}

type Found = Omit<UrlPlace, 'host'>

const READERS: Record<HostAddress['type'], (url: URL, host: HostAddress) => Found | undefined> = {
  github: (url, host) => readGithub(url, host),
  gitea: (url, host) => readGitea(url, host),
  gitlab: (url, host) => readGitlab(url, host),
  azure: (url, host) => readAzure(url, host),
  fairway: (url, host) => readFairway(url, host),
}

function readGithub(url: URL, host: HostAddress): Found | undefined {
  const base = new URL(host.url)
  const api = below(url, host.apiUrl ?? (base.hostname === 'github.com' ? 'https://api.github.com' : `${host.url}/api/v3`))
  if (api?.[0] === 'repos') return contents(api.slice(1), url.searchParams.get('ref'))
  if (url.hostname === (base.hostname === 'github.com' ? 'raw.githubusercontent.com' : `raw.${base.hostname}`)) return rawPath(segments(url.pathname))
  const [owner, name, word, ...rest] = below(url, host.url) ?? []
  // GitHub Enterprise Server without subdomain isolation.
  if (owner === 'raw' && rest.length > 0 && word !== undefined && name !== undefined) return rawPath([name, word, ...rest])
  return page(owner, name, word, rest, ['blob', 'tree', 'raw', 'edit', 'blame'])
}

function readGitea(url: URL, host: HostAddress): Found | undefined {
  const api = below(url, host.apiUrl ?? `${host.url}/api/v1`)
  if (api?.[0] === 'repos') return contents(api.slice(1), url.searchParams.get('ref'))
  const [owner, name, word, ...rest] = below(url, host.url) ?? []
  const tail = word !== undefined && ['branch', 'tag', 'commit'].includes(rest[0] ?? '') ? rest.slice(1) : rest
  return page(owner, name, word, tail, ['src', 'raw', 'media', '_edit', 'blame'])
}

function readGitlab(url: URL, host: HostAddress): Found | undefined {
  const [area, project, ...call] = below(url, host.apiUrl ?? `${host.url}/api/v4`) ?? []
  if (area === 'projects' && project !== undefined && call[0] === 'repository' && call[1] === 'files') {
    const path = call.slice(2, call.at(-1) === 'raw' ? -1 : undefined).join('/')
    return project.includes('/') ? { repository: split(project.split('/')), ref: url.searchParams.get('ref') ?? undefined, path } : undefined
  }
  const parts = below(url, host.url)
  if (!parts || parts.length < 2 || parts[0] === 'api') return undefined
  const words = ['blob', 'tree', 'raw', 'edit', 'blame']
  const dash = parts.indexOf('-')
  // Before version 12 the pages had no `/-/`.
  const at = dash === -1 ? parts.findIndex((part, index) => index >= 2 && words.includes(part)) : dash
  if (at === -1) return { repository: split(parts), ref: undefined, path: '' }
  const [word = '', ref, ...path] = parts.slice(dash === -1 ? at : at + 1)
  return at >= 2 && words.includes(word) && ref !== undefined ? settled(split(parts.slice(0, at)), [ref, ...path]) : undefined
}

/** `/organisation/project/_git/repository?path=/a.yaml&version=GBmain`; where project and repository have one name, the project may be left out. */
function readAzure(url: URL, host: HostAddress): Found | undefined {
  const isCloud = new URL(host.url).hostname === 'dev.azure.com'
  const old = isCloud ? /^([^.]+)\.visualstudio\.com$/.exec(url.hostname)?.[1] : undefined
  const ssh = isCloud && (url.hostname === 'ssh.dev.azure.com' || url.hostname === 'vs-ssh.visualstudio.com') ? segments(url.pathname) : undefined
  if (ssh)
    return ssh[0] === 'v3' && ssh.length === 4 ? { repository: { owner: `${ssh[1]}/${ssh[2]}`, name: ssh[3] ?? '' }, ref: undefined, path: '' } : undefined
  const all = old === undefined ? below(url, host.url) : [old, ...segments(url.pathname).filter((part) => part !== 'DefaultCollection')]
  if (!all) return undefined
  const query = url.searchParams
  const path = (query.get('path') ?? '').replace(/^\/+|\/+$/g, '')
  const call = all.indexOf('_apis')
  if (call === 2 && all[3] === 'git' && all[4] === 'repositories' && all[5] !== undefined) {
    const ref = query.get('versionDescriptor.version') ?? query.get('version') ?? undefined
    return { repository: { owner: all.slice(0, 2).join('/'), name: all[5] }, ref, path: (query.get('scopePath') ?? path).replace(/^\/+|\/+$/g, '') }
  }
  const git = all.indexOf('_git')
  const name = all[git + 1]
  if (git < 1 || name === undefined || all.length > git + 2) return undefined
  const owner = git === 1 ? `${all[0]}/${name}` : all.slice(0, git).join('/')
  // GB a branch, GT a tag, GC a commit.
  const version = /^G[BTC](.+)$/.exec(query.get('version') ?? '')?.[1]
  return { repository: { owner, name: name.replace(/\.git$/, '') }, ref: version, path }
}

/** Pages of the portal, and the clone address. */
function readFairway(url: URL, host: HostAddress): Found | undefined {
  const [area, owner, name, word, ...rest] = below(url, host.url) ?? []
  if (area === 'git') return word === undefined ? page(owner, name, undefined, [], []) : undefined
  return area === 'repositories' ? page(owner, name, word, rest, ['blob', 'tree', 'raw', 'edit']) : undefined
}

function page(
  owner: string | undefined,
  name: string | undefined,
  word: string | undefined,
  rest: readonly string[],
  words: readonly string[],
): Found | undefined {
  if (owner === undefined || name === undefined) return undefined
  const repository = { owner, name: name.replace(/\.git$/, '') }
  if (word === undefined) return { repository, ref: undefined, path: '' }
  return words.includes(word) && rest.length > 0 ? settled(repository, rest) : undefined
}

function contents([owner, name, word, ...path]: readonly string[], ref: string | null): Found | undefined {
  if (owner === undefined || name === undefined) return undefined
  if (word !== undefined && word !== 'contents' && word !== 'raw') return undefined
  return { repository: { owner, name }, ref: ref ?? undefined, path: path.join('/') }
}

function rawPath([owner, name, ...rest]: readonly string[]): Found | undefined {
  return owner === undefined || name === undefined || rest.length < 2 ? undefined : settled({ owner, name }, rest)
}

function settled(repository: RepositoryRef, tail: readonly string[]): Found {
  const plain = tail[0] === 'refs' && (tail[1] === 'heads' || tail[1] === 'tags') && tail.length > 2 ? tail.slice(2) : tail
  return { repository, ref: plain[0], path: plain.slice(1).join('/') }
}

function split(parts: readonly string[]): RepositoryRef {
  return { owner: parts.slice(0, -1).join('/'), name: (parts.at(-1) ?? '').replace(/\.git$/, '') }
}

/** Without Backstage's `url:`, and an scp address (`git@host:path`) as an ssh one. */
function plainAddress(text: string): string {
  const plain = text
    .trim()
    .replace(/^url:/, '')
    .replace(/^git\+/, '')
  const scp = /^[\w.-]+@([\w.-]+):(?!\/)(.+)$/.exec(plain)
  return scp ? `ssh://${scp[1]}/${scp[2]}` : plain
}

/** The segments below `base`, decoded; undefined when it lies elsewhere. Of an ssh address only the host counts. */
function below(url: URL, base: string): string[] | undefined {
  const root = URL.parse(base)
  if (!root) return undefined
  if (url.protocol === 'ssh:') return url.hostname === root.hostname ? segments(url.pathname) : undefined
  const folder = root.pathname.replace(/\/$/, '')
  if (url.host !== root.host || (folder !== '' && !`${url.pathname}/`.startsWith(`${folder}/`))) return undefined
  return segments(url.pathname.slice(folder.length))
}

function segments(pathname: string): string[] {
  try {
    return pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
  } catch {
    return []
  }
}

/** No part may lead elsewhere. */
function isPlain({ repository, ref, path }: Found): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  const isGood = (part: string): boolean => part !== '' && part !== '.' && part !== '..' && !/[\\\u0000-\u001f\u007f]/.test(part)
  const parts = [...repository.owner.split('/'), repository.name, ...(path === '' ? [] : path.split('/')), ...(ref === undefined ? [] : ref.split('/'))]
  return !repository.name.includes('/') && parts.every(isGood)
}
