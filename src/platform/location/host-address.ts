import type { UnsettledPlace } from './place.ts'

/** A Git host, as far as its web addresses go. */
export interface HostAddress {
  /** E.g. `github.com`; empty for the built-in host. */
  name: string
  type: 'built-in' | 'github' | 'gitlab' | 'azure' | 'gitea'
  /** Where its pages begin, without a slash at the end, e.g. `https://github.com`. */
  url: string
}

/** What a web address of a Git host leads to. */
export type HostPage =
  | { is: 'file'; place: UnsettledPlace }
  /** A repository, or a folder of it when there is a tail. `mayBeGroup`: only the host knows whether it is a repository or a group of them. */
  | { is: 'repository'; host: string; repository: string; tail: string | null; mayBeGroup: boolean }
  | { is: 'organisation'; host: string; organisation: string }

/** The host that an address belongs to; the one with the longest address when several do. */
export function hostOf(url: URL, hosts: readonly HostAddress[]): HostAddress | undefined {
  const isBelow = (host: HostAddress): boolean => {
    const base = URL.parse(host.url)
    if (!base) return false
    if (host.type === 'github' && url.hostname === `raw.${base.hostname === 'github.com' ? 'githubusercontent.com' : base.hostname}`) return true
    if (host.type === 'azure' && base.hostname === 'dev.azure.com' && url.hostname.endsWith('.visualstudio.com')) return true
    const folder = base.pathname.replace(/\/$/, '')
    return url.origin === base.origin && (folder === '' || url.pathname === folder || url.pathname.startsWith(`${folder}/`))
  }
  return hosts.filter(isBelow).sort((a, b) => b.url.length - a.url.length)[0]
}

/** Reads an address of `host`: pages of files, raw files, clone addresses, folders, repositories, organisations. Undefined for any other page. */
export function readHostUrl(url: URL, host: HostAddress): HostPage | undefined {
  const base = URL.parse(host.url)
  const folder = base?.pathname.replace(/\/$/, '') ?? ''
  const isOwnOrigin = url.origin === base?.origin
  const segments = segmentsOf(isOwnOrigin ? url.pathname.slice(folder.length) : url.pathname)
  if (!segments || segments.length === 0) return undefined
  if (host.type === 'azure') return azurePage(url, host, segments, isOwnOrigin)
  if (host.type === 'gitlab') return gitlabPage(host, segments)
  if (host.type === 'built-in') return builtInPage(host, segments)
  return githubPage(host, segments, isOwnOrigin)
}

/** The page of a file, e.g. `https://github.com/acme/orders/blob/main/catalog-info.yaml`. */
export function fileUrl(host: HostAddress, at: { repository: string; ref: string; path: string }): string {
  return pageUrl(host, at, { github: 'blob', gitlab: '-/blob', gitea: 'src/branch', 'built-in': 'blob' })
}

/** The page where a file is edited; undefined where the host has none. */
export function editUrl(host: HostAddress, at: { repository: string; ref: string; path: string }): string | undefined {
  if (host.type === 'built-in') return undefined
  return pageUrl(host, at, { github: 'edit', gitlab: '-/edit', gitea: '_edit', 'built-in': '' })
}

/** The page of a folder, with a slash at the end; `path` is empty for the root. */
export function folderUrl(host: HostAddress, at: { repository: string; ref: string; path: string }): string {
  const folder = at.path === '' || at.path.endsWith('/') ? at.path : `${at.path}/`
  return pageUrl(host, { ...at, path: folder }, { github: 'tree', gitlab: '-/tree', gitea: 'src/branch', 'built-in': 'tree' })
}

/** The page of a repository. */
export function repositoryUrl(host: HostAddress, repository: string): string {
  if (host.type === 'built-in') return `${host.url}/repositories/${encodePath(repository)}`
  if (host.type !== 'azure') return `${host.url}/${encodePath(repository)}`
  const parts = repository.split('/')
  return `${host.url}/${encodePath(parts.slice(0, -1).join('/'))}/_git/${encodePath(parts.at(-1) ?? '')}`
}

/** Where a file of a public repository is read without an account; undefined where there is no such address. */
export function rawUrl(host: HostAddress, at: { repository: string; tail: string }): string | undefined {
  if (host.type === 'github' && host.name === 'github.com') return `https://raw.githubusercontent.com/${encodePath(at.repository)}/${encodePath(at.tail)}`
  if (host.type === 'gitlab') return `${host.url}/${encodePath(at.repository)}/-/raw/${encodePath(at.tail)}`
  if (host.type === 'gitea' || host.type === 'github') return `${host.url}/${encodePath(at.repository)}/raw/${encodePath(at.tail)}`
  return undefined
}

function pageUrl(
  host: HostAddress,
  at: { repository: string; ref: string; path: string },
  words: Readonly<Record<'github' | 'gitlab' | 'gitea' | 'built-in', string>>,
): string {
  const page = repositoryUrl(host, at.repository)
  if (host.type !== 'azure') return `${page}/${words[host.type]}/${encodePath(at.ref)}/${encodePath(at.path)}`
  return `${page}?path=/${encodePath(at.path)}&version=GB${encodeURIComponent(at.ref)}`
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/').replaceAll('%40', '@').replaceAll('%2B', '+')
}

/** The parts of a path, decoded; undefined when one could lead elsewhere or is no text. */
function segmentsOf(pathname: string): string[] | undefined {
  try {
    const parts = pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
    return parts.every(isPlain) ? parts : undefined
  } catch {
    return undefined
  }
}

function isPlain(part: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  return part !== '.' && part !== '..' && !/[/\\\u0000-\u001f\u007f]/.test(part)
}

function file(host: HostAddress, repository: string, tail: readonly string[]): HostPage | undefined {
  return tail.length < 2 ? undefined : { is: 'file', place: { type: 'unsettled', host: host.name, repository, tail: tail.join('/') } }
}

function repositoryPage(host: HostAddress, repository: string, tail: readonly string[], mayBeGroup = false): HostPage {
  return { is: 'repository', host: host.name, repository: repository.replace(/\.git$/, ''), tail: tail.length === 0 ? null : tail.join('/'), mayBeGroup }
}

/** GitHub and Gitea. Gitea says which sort of ref it is (`src/branch/main/…`). */
function githubPage(host: HostAddress, segments: readonly string[], isOwnOrigin: boolean): HostPage | undefined {
  const [owner = '', name, word, ...rest] = segments
  if (name === undefined) return { is: 'organisation', host: host.name, organisation: owner }
  const repository = `${owner}/${name}`
  if (!isOwnOrigin) return file(host, repository, segments.slice(2)?.[0] === 'refs' ? segments.slice(4) : segments.slice(2))
  if (owner === 'orgs' && host.type === 'github') return { is: 'organisation', host: host.name, organisation: name }
  if (word === undefined) return repositoryPage(host, repository, [])
  if (host.type === 'gitea' && ['src', 'raw', '_edit', 'media'].includes(word)) {
    const tail = ['branch', 'tag', 'commit'].includes(rest[0] ?? '') ? rest.slice(1) : rest
    return looksLikeFile(tail) ? file(host, repository, tail) : repositoryPage(host, repository, tail)
  }
  if (word === 'tree') return repositoryPage(host, repository, rest)
  const plain = rest[0] === 'refs' && (rest[1] === 'heads' || rest[1] === 'tags') ? rest.slice(2) : rest
  return ['blob', 'raw', 'edit'].includes(word) ? file(host, repository, plain) : undefined
}

/** Gitea has one word for files and folders; a descriptor's folder has no ending. */
function looksLikeFile(tail: readonly string[]): boolean {
  return tail.length >= 2 && /\.[A-Za-z0-9]+$/.test(tail.at(-1) ?? '')
}

/** GitLab: groups nest, and `/-/` separates the repository from its pages; older addresses do without. */
function gitlabPage(host: HostAddress, segments: readonly string[]): HostPage | undefined {
  if (segments[0] === 'groups' && segments.length > 1) {
    const dash = segments.indexOf('-')
    return { is: 'organisation', host: host.name, organisation: segments.slice(1, dash === -1 ? undefined : dash).join('/') }
  }
  const dash = segments.indexOf('-')
  const old = segments.findIndex((part, index) => index >= 2 && ['blob', 'raw', 'tree', 'edit'].includes(part))
  const end = dash === -1 ? old : dash
  if (end === -1) {
    if (segments.length === 1) return { is: 'organisation', host: host.name, organisation: segments[0] ?? '' }
    return repositoryPage(host, segments.join('/'), [], true)
  }
  const repository = segments.slice(0, end).join('/')
  const [word = '', ...rest] = segments.slice(dash === -1 ? end : end + 1)
  if (end < 2) return undefined
  if (word === 'tree') return repositoryPage(host, repository, rest)
  return ['blob', 'raw', 'edit'].includes(word) ? file(host, repository, rest) : undefined
}

/** Azure Repos: `/{organisation}/{project}/_git/{repository}?path=/a.yaml&version=GBmain`; without a project before `_git`, the repository has its name. */
function azurePage(url: URL, host: HostAddress, segments: readonly string[], isOwnOrigin: boolean): HostPage | undefined {
  const parts = isOwnOrigin ? segments : [url.hostname.split('.')[0] ?? '', ...segments.filter((part) => part !== 'DefaultCollection')]
  const git = parts.indexOf('_git')
  if (git === -1) return parts.length <= 2 ? { is: 'organisation', host: host.name, organisation: parts.join('/') } : undefined
  const name = parts[git + 1]
  if (name === undefined || git < 1 || git > 2 || parts.length > git + 2) return undefined
  const repository = [...parts.slice(0, git), ...(git === 1 ? [name] : []), name].join('/')
  const path = url.searchParams.get('path')?.replace(/^\/+|\/+$/g, '') ?? ''
  if (path !== '' && !path.split('/').every(isPlain)) return undefined
  const version = url.searchParams.get('version') ?? ''
  const ref = /^G[BTC]./.test(version) ? version.slice(2) : 'HEAD'
  if (path === '' && version === '') return repositoryPage(host, repository, [])
  return path !== '' && looksLikeFile(['', path]) ? file(host, repository, [ref, path]) : repositoryPage(host, repository, path === '' ? [ref] : [ref, path])
}

/** `/repositories/{owner}/{name}/blob/{ref}/{path}` of the portal, and `/git/{owner}/{name}.git`. */
function builtInPage(host: HostAddress, segments: readonly string[]): HostPage | undefined {
  const [area, owner, name, word, ...rest] = segments
  if ((area !== 'repositories' && area !== 'git') || owner === undefined) return undefined
  if (name === undefined) return { is: 'organisation', host: host.name, organisation: owner }
  const repository = `${owner}/${name}`
  if (word === undefined) return repositoryPage(host, repository, [])
  if (area === 'git') return undefined
  if (word === 'tree') return repositoryPage(host, repository, rest)
  return ['blob', 'raw', 'edit'].includes(word) ? file(host, repository, rest) : undefined
}
