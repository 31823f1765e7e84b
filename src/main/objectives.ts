import type { SloSource } from '#observability/slo'
import type { CatalogDirectory } from '#platform/catalog'
import { textField, type Components } from './components.ts'
import type { Organisation } from './organisation.ts'

const ORGANISATION = 'fairway/organisation/'

/**
 * Where each objective holds: a component's own SLO holds for that component, one of the organisation for every component without an own one;
 * each in every environment.
 */
export function objectivesOf(directory: CatalogDirectory, components: Components, organisation: Organisation): () => Promise<readonly SloSource[]> {
  return async () => {
    const [documents, all, environments] = await Promise.all([directory.slos(), components.list(), organisation.environments()])
    const shared = documents.filter((document) => document.file.startsWith(ORGANISATION))
    const sources: SloSource[] = []
    for (const component of all) {
      const own = documents.filter((document) => !document.file.startsWith(ORGANISATION) && textField(document, 'service') === component.name)
      for (const document of own.length > 0 ? own : shared)
        for (const environment of environments)
          sources.push({ document: openSloOf(document), component: component.name, environment: environment.name, file: document.file })
    }
    return sources
  }
}

/** The document as OpenSLO has it: without what the catalog adds to every entity. */
function openSloOf({ entity }: StoredDocument): unknown {
  const { name, title, labels } = entity.metadata
  return {
    apiVersion: entity.apiVersion,
    kind: entity.kind,
    metadata: { name, ...(title === undefined ? {} : { displayName: title }), ...(labels === undefined ? {} : { labels }) },
    spec: entity.spec,
  }
}
