/** A repository as template parameters name it. */
export interface RepositoryUrl {
  /** Empty for the built-in Git host. */
  host: string
  owner: string
  repo: string
  organization?: string
  workspace?: string
  project?: string
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

/**
 * Reads what Backstage's RepoUrlPicker gives: `github.com?owner=acme&repo=orders`; a plain `acme/orders` is taken too.
 * @returns undefined when owner or repository is missing or could lead elsewhere.
 */
export function parseRepositoryUrl(text: string): RepositoryUrl | undefined {
  const plain = /^([^/?&=\s]+)\/([^/?&=\s]+)$/.exec(text.trim())
  if (plain) return checked({ host: '', owner: plain[1] ?? '', repo: plain[2] ?? '' })
  const at = text.indexOf('?')
  if (at === -1) return undefined
  const query = new URLSearchParams(text.slice(at + 1))
  const extra = Object.fromEntries(['organization', 'workspace', 'project'].flatMap((key) => (query.get(key) === null ? [] : [[key, query.get(key) ?? '']])))
  return checked({
    host: text.slice(0, at).trim(),
    owner: query.get('owner') ?? query.get('workspace') ?? query.get('project') ?? '',
    repo: query.get('repo') ?? '',
    ...extra,
  })
}

function checked(url: RepositoryUrl): RepositoryUrl | undefined {
  // GitLab has groups inside groups; the built-in host has not.
  const owners = url.host === '' ? [url.owner] : url.owner.split('/')
  const isGood =
    owners.every((owner) => NAME.test(owner)) && NAME.test(url.repo) && !url.repo.endsWith('.git') && !url.repo.includes('..') && !url.owner.includes('..')
  return isGood ? url : undefined
}
