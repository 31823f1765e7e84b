import type { RepositoryRef } from '../git-host.ts'

/** `/repos/acme/orders` */
export function repositoryPath({ owner, name }: RepositoryRef): string {
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`
}
