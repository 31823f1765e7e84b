/** The parts of a repository address as templates carry it: `host?owner=acme&repo=orders`. */
export interface RepoUrl {
  host: string
  owner: string
  repo: string
}

/** Reads the address; what is missing is empty. */
export function parseRepoUrl(text: string): RepoUrl {
  const [host = '', query = ''] = text.split('?')
  const parts = new URLSearchParams(query)
  return { host, owner: parts.get('owner') ?? '', repo: parts.get('repo') ?? '' }
}

/** Writes it; nothing at all when neither owner nor name is there. */
export function formatRepoUrl({ host, owner, repo }: RepoUrl): string {
  if (owner === '' && repo === '') return ''
  return `${host}?${new URLSearchParams({ owner, repo }).toString()}`
}
