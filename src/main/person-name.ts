import type { CatalogDirectory } from '#platform/catalog'

/** How people are called in commits: as the catalog has them, else by the last part of their ref. */
export function nameOfPerson(directory: Pick<CatalogDirectory, 'findPerson'>): (principal: string) => Promise<string> {
  return async (principal) => (await directory.findPerson(principal))?.displayName ?? principal.slice(principal.indexOf('/') + 1)
}
