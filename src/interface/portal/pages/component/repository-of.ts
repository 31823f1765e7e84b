import { annotationsOf } from '../../api/entity-metadata.ts'
import type { EntityDetail } from '../../api/shapes.ts'

/** The repository `owner/name` on the built-in Git host that an entity comes from; null when it comes from elsewhere. */
export function repositoryOf(detail: EntityDetail): string | null {
  const annotations = annotationsOf(detail.entity)
  const named = annotations['fairway.dev/repository'] ?? detail.source.repository
  if (named !== undefined && /^[\w.-]+\/[\w.-]+$/.test(named)) return named
  const places = [annotations['backstage.io/source-location'], detail.source.location, annotations['backstage.io/managed-by-location']]
  for (const place of places) {
    const match = /(?:\/git\/|^(?:url|git|repository):(?:\/\/)?)(?:https?:\/\/[^/]+\/(?:git\/)?)?([\w.-]+\/[\w.-]+?)(?:\.git)?(?:[/@#:]|$)/.exec(place ?? '')
    if (match?.[1] !== undefined) return match[1]
  }
  return null
}
