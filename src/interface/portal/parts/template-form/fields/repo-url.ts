/** The parts of a repository address as templates carry it: `host?owner=acme&repo=orders`; Azure Repos has an organization and a project in place of an owner. */
export interface RepoUrl {
  host: string
  owner: string
  repo: string
  organization?: string
  project?: string
}

/** Reads the address; what is missing is empty. */
export function parseRepoUrl(text: string): RepoUrl {
  const [host = '', query = ''] = text.split('?')
  const parts = new URLSearchParams(query)
  const extra = Object.fromEntries(['organization', 'project'].flatMap((key) => (parts.has(key) ? [[key, parts.get(key) ?? '']] : [])))
  return { host, owner: parts.get('owner') ?? '', repo: parts.get('repo') ?? '', ...extra }
}

/** Writes it; nothing at all when no part but the host is there. */
export function formatRepoUrl({ host, owner, repo, organization = '', project = '' }: RepoUrl): string {
  if ([owner, repo, organization, project].every((part) => part === '')) return ''
  const place: Record<string, string> = organization === '' && project === '' ? { owner } : { organization, project }
  return `${host}?${new URLSearchParams({ ...place, repo }).toString()}`
}
