import type { HostAddress } from './host-address.ts'

/** Repositories of a Git host, as far as reading descriptors goes. `repository` is as the host names it, e.g. `acme/orders`. */
export interface RepositoryFiles {
  /** Undefined when there is none, or it may not be seen. Asks the host anew. */
  find(repository: string): Promise<{ defaultBranch: string } | undefined>
  /** The commit that a branch, tag or commit is at. Asks the host anew. */
  resolve(repository: string, ref: string): Promise<string | undefined>
  /** The regular files of a commit: path and id of the content (the blob). Links are left out. */
  tree(repository: string, commit: string): Promise<ReadonlyMap<string, string>>
  /** Contents by path. Absent files are left out; those over `maxBytes` are `large`. */
  read(repository: string, commit: string, paths: readonly string[], maxBytes: number): Promise<ReadonlyMap<string, Uint8Array | 'large'>>
  /** Regular files that differ between two commits, with the id now; null when gone. Undefined when nobody can tell. */
  diff?(repository: string, before: string, after: string): Promise<ReadonlyMap<string, string | null> | undefined>
}

/** A team of an organisation. */
export interface HostTeam {
  /** Stable, e.g. a slug; nested ones have their path. */
  name: string
  title: string
  description?: string
  /** Name of the team around it. */
  parent: string | null
  /** Logins. */
  members: readonly string[]
}

/** Somebody in an organisation. */
export interface HostMember {
  login: string
  name: string | null
  email: string | null
}

/** What is in an organisation, group or project of a Git host. */
export interface HostOrganisation {
  /** Names as the host has them; archived ones are left out. */
  listRepositories(organisation: string): Promise<readonly string[]>
  listTeams(organisation: string): Promise<readonly HostTeam[]>
  listMembers(organisation: string): Promise<readonly HostMember[]>
}

/** One ref that moved on a Git host, as its webhook tells. */
export interface HostPush {
  repository: string
  /** E.g. `refs/heads/main`. */
  ref: string
}

/** A Git host that descriptors are read from. */
export interface SourceHost extends HostAddress {
  /** Absent: nobody declared it, so that only public files are read, one by one. */
  repositories?: RepositoryFiles
  organisation?: HostOrganisation
  /** Checks a webhook's signature and reads it. None for an event that moves no ref. @throws a fault for what is not signed or can't be read; absent: none are taken. */
  readWebhook?(headers: Headers, body: Uint8Array): Promise<readonly HostPush[]>
  /** Whether people and teams of its organisations may give rights; they are shown only, unless the operator says otherwise. */
  isTrusted?: boolean
}

/** Hosts whose public files are read without anybody having declared them. */
export const PUBLIC_HOSTS: readonly SourceHost[] = [
  { name: 'github.com', type: 'github', url: 'https://github.com' },
  { name: 'gitlab.com', type: 'gitlab', url: 'https://gitlab.com' },
  { name: 'codeberg.org', type: 'gitea', url: 'https://codeberg.org' },
]
