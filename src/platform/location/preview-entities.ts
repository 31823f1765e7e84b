import { parseSource } from '#kernel/common/document'
import { checkEntity, type Entity } from '#platform/catalog'

/** The good entities of a descriptor's text, as a first reading would give them. Pure. */
export function previewEntities(
  file: string,
  text: string,
  places: { location: string; origin: string; viewUrl?: string | undefined; editUrl?: string | undefined },
): Entity[] {
  return parseSource(file, text).documents.flatMap((document): Entity[] => {
    const { entity } = checkEntity(document)
    if (!entity) return []
    const annotations = {
      ...entity.metadata.annotations,
      'backstage.io/managed-by-location': places.location,
      'backstage.io/managed-by-origin-location': places.origin,
      ...(places.viewUrl === undefined ? {} : { 'backstage.io/view-url': places.viewUrl }),
      ...(places.editUrl === undefined ? {} : { 'backstage.io/edit-url': places.editUrl }),
    }
    return [{ ...entity, metadata: { namespace: 'default', ...entity.metadata, annotations } }]
  })
}
