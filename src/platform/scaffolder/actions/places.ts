import { parseRepositoryUrl, type RepositoryUrl } from '../repository-url.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { HostType, RepositoryPlace, SecretJson } from './effect.ts'
import type { HostDirectory, ScmHost } from './template-action.ts'

/** Names of hosts for people. */
export const HOST_TITLES: Readonly<Record<HostType, string>> = {
  fairway: 'the built-in Git host',
  github: 'a GitHub host',
  gitlab: 'a GitLab host',
  azure: 'an Azure DevOps host',
  gitea: 'a Gitea host',
  bitbucketCloud: 'a Bitbucket Cloud host',
  bitbucketServer: 'a Bitbucket Server host',
  gerrit: 'a Gerrit host',
}

/** Kinds that a `GitHost` entity can name. */
const CONFIGURABLE = new Set<HostType>(['github', 'gitlab', 'azure', 'gitea'])

/** What to do when a kind of host is not there. */
export function todoFor(type: HostType): string {
  if (!CONFIGURABLE.has(type)) return 'Fairway can not write to such hosts; use publish:fairway or a host of another kind'
  return `add an entity of kind GitHost (apiVersion fairway.dev/v1) with spec.type ${type}, url and credential to the organisation repository, or use publish:fairway`
}

/** A repository on its host. */
export interface Place {
  place: RepositoryPlace
  /** Undefined is the built-in host. */
  host: ScmHost | undefined
  url: RepositoryUrl
}

/**
 * Where a step's repository is. What is written for GitHub goes to the built-in host as long as no GitHub host is configured, and when the address
 * names the host `fairway`.
 * @throws `platform.scaffolder.host_missing`, `.bad_path`.
 */
export function placeOf(
  input: { repoUrl: string; token?: string | SecretJson | undefined },
  action: { id: string; type: HostType; runsOnFairway: boolean },
  hosts: HostDirectory,
): Place {
  const url = parseRepositoryUrl(input.repoUrl)
  if (!url) throw scaffolderFaults.bad_path({ path: input.repoUrl, why: 'is no repository; write ?owner=…&repo=…' })
  const token = typeof input.token === 'object' ? { token: input.token } : {}
  const ofType = hosts.list().filter((host) => host.type === action.type)
  const isNamedOurs = url.host === 'fairway' && action.runsOnFairway
  if (action.type === 'fairway' || isNamedOurs || (ofType.length === 0 && action.runsOnFairway)) {
    if (url.owner.includes('/')) throw scaffolderFaults.bad_path({ path: url.owner, why: 'is no owner: the built-in Git host has no groups inside groups' })
    return { place: { host: '', owner: url.owner, name: url.repo, ...token }, host: undefined, url }
  }
  const host = ofType.find((candidate) => candidate.host === url.host) ?? (url.host === '' && ofType.length === 1 ? ofType[0] : undefined)
  if (!host) throw hostMissing(action, url.host, ofType)
  const owner = action.type === 'azure' && url.organization !== undefined && url.project !== undefined ? `${url.organization}/${url.project}` : url.owner
  return { place: { host: host.host, owner, name: url.repo, ...token }, host, url }
}

/** The fault for a host that is not there. */
function hostMissing(action: { id: string; type: HostType }, name: string, others: readonly ScmHost[]): Error {
  const what = name === '' ? HOST_TITLES[action.type] : `${HOST_TITLES[action.type]} named "${name}"`
  const known = others.length === 0 ? '' : ` (there are: ${others.map((host) => host.host).join(', ')})`
  return scaffolderFaults.host_missing({ action: action.id, what: what + known, todo: todoFor(action.type) })
}

/** Addresses of a repository as its host writes them; `contents` is where files of a branch are shown. */
export function addressesOf(
  { place, host, url }: Place,
  branch: string,
  repositoryUrl: (owner: string, name: string) => string,
): { remote: string; contents: string } {
  if (!host) {
    const remote = repositoryUrl(place.owner, place.name)
    return { remote, contents: `${remote}#${branch}` }
  }
  const base = `${host.webUrl}/${place.owner}/${place.name}`
  switch (host.type) {
    case 'gitlab':
      return { remote: base, contents: `${base}/-/blob/${branch}` }
    case 'azure': {
      const remote = `${host.webUrl}/${place.owner}/_git/${place.name}`
      return { remote, contents: `${remote}?path=/&version=GB${branch}` }
    }
    case 'gitea':
      return { remote: base, contents: `${base}/src/branch/${branch}` }
    case 'bitbucketCloud':
      return { remote: base, contents: `${base}/src/${branch}` }
    case 'bitbucketServer': {
      const remote = `${host.webUrl}/projects/${url.project ?? place.owner}/repos/${place.name}`
      return { remote, contents: `${remote}/browse?at=refs/heads/${branch}` }
    }
    default:
      return { remote: `${base}.git`, contents: `${base}/blob/${branch}` }
  }
}
