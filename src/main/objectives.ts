import type { SloSource } from '#observability/slo'
import type { CatalogDirectory, StoredDocument } from '#platform/catalog'
import { textField } from './components.ts'
import type { Organisation } from './organisation.ts'

const ORGANISATION = 'fairway/organisation/'

/**
 * Where each objective holds: a component's own SLO holds for that component, one of the organisation for every component without an own one
 * that was released at least once (a catalog may know a hundred thousand that run elsewhere); each in every environment.
 */
export function objectivesOf(
  directory: CatalogDirectory,
  organisation: Organisation,
  released: () => Promise<ReadonlySet<string>>,
): () => Promise<readonly SloSource[]> {
  // The catalog gives the same documents until they change: so do we, and nobody parses them again.
  const opened = new WeakMap<StoredDocument, unknown>()
  const documentOf = (stored: StoredDocument): unknown => {
    const document = opened.get(stored) ?? openSloOf(stored)
    opened.set(stored, document)
    return document
  }
  return async () => {
    const [documents, ours, environments] = await Promise.all([directory.slos(), released(), organisation.environments()])
    const own = new Set(documents.filter((document) => !document.file.startsWith(ORGANISATION)).map((document) => textField(document, 'service')))
    const known = await Promise.all([...new Set([...ours, ...own])].map(async (name) => ({ name, isThere: (await directory.ownerOf(name)) !== undefined })))
    const shared = documents.filter((document) => document.file.startsWith(ORGANISATION))
    const ownOf = Map.groupBy(
      documents.filter((document) => !document.file.startsWith(ORGANISATION)),
      (document) => textField(document, 'service'),
    )
    const sources: SloSource[] = []
    for (const { name, isThere } of known) {
      if (!isThere) continue
      for (const document of ownOf.get(name) ?? (ours.has(name) ? shared : []))
        for (const environment of environments)
          sources.push({ document: documentOf(document), component: name, environment: environment.name, file: document.file })
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
