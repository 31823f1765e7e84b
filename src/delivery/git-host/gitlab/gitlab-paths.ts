import type { RepositoryRef } from '../git-host.ts'

/** `/projects/acme%2Fshop%2Forders`: GitLab takes a path for an id when it is escaped whole. */
export function projectPath({ owner, name }: RepositoryRef): string {
  return `/projects/${encodeURIComponent(`${owner}/${name}`)}`
}

/** `/groups/acme%2Fshop` */
export function groupPath(group: string): string {
  return `/groups/${encodeURIComponent(group)}`
}
