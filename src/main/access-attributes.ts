import type { ResourceRef } from '#kernel/node/http'
import type { CatalogDirectory } from '#platform/catalog'

/** Owner of what a permission is asked for: the component's, or that of the component that a repository builds. Undefined when nobody owns it. */
export function ownerLookup(
  directory: CatalogDirectory,
  componentOf: (repository: string) => Promise<string | undefined>,
): (resource: ResourceRef) => Promise<string | undefined> {
  return async (resource) => {
    const component = resource.attributes?.['component'] ?? (resource.type === 'Component' ? resource.id : undefined)
    if (typeof component === 'string') return await directory.ownerOf(component)
    if (resource.type !== 'Repository') return undefined
    const built = await componentOf(resource.id)
    return built === undefined ? undefined : await directory.ownerOf(built)
  }
}
