/** Where one descriptor file lies. `path` of a repository is from its root; that of a folder is absolute. */
export type Place = RepositoryPlace | HttpPlace | FolderPlace

export interface RepositoryPlace {
  type: 'repository'
  /** Name of the Git host, e.g. `github.com`; empty for the built-in one. */
  host: string
  /** As its host names it, e.g. `acme/orders`. */
  repository: string
  /** A branch, tag or commit; null for the default branch. */
  ref: string | null
  /** E.g. `services/orders/catalog-info.yaml`; may be a glob where files are listed. */
  path: string
}

interface HttpPlace {
  type: 'http'
  url: string
}

export interface FolderPlace {
  type: 'folder'
  path: string
}

/** A file of a repository whose ref and path are not told apart yet: `main/docs/a.yaml` may be on branch `main` or on branch `main/docs`. */
export interface UnsettledPlace {
  type: 'unsettled'
  host: string
  repository: string
  /** Ref and path, joined by `/`. */
  tail: string
}

/** What an address leads to, as far as its text tells. */
export type Address = Place | UnsettledPlace

/** One text for a place: equal for equal places. */
export function placeKey(place: Place): string {
  if (place.type === 'http') return place.url
  if (place.type === 'folder') return place.path
  return `${place.host}/${place.repository}@${place.ref ?? ''}:${place.path}`
}

/** The repository with its host, e.g. `github.com/acme/orders`; the built-in host has no name: `acme/orders`. */
export function repositoryName(place: { host: string; repository: string }): string {
  return place.host === '' ? place.repository : `${place.host}/${place.repository}`
}
