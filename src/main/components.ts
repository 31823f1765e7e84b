import { sql } from 'kysely'
import type { JsonObject } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import type { CatalogDirectory, StoredDocument } from '#platform/catalog'
import type { DeployableComponent } from '#platform/deployment'

/** Components of the catalog as deployments and pipelines see them. */
export interface Components {
  list(): Promise<DeployableComponent[]>
  find(name: string): Promise<DeployableComponent | undefined>
  /** The component whose descriptor lies in a repository. */
  ofRepository(repository: string): Promise<string | undefined>
  /** What policies may look at. */
  facts(name: string): Promise<JsonObject | undefined>
}

export function readComponents(directory: CatalogDirectory, db: Database): Components {
  const toComponent = async (document: StoredDocument): Promise<DeployableComponent> => {
    const { name, title } = document.entity.metadata
    return { name, title: title ?? name, owner: (await directory.ownerOf(name)) ?? '' }
  }
  const findDocument = async (name: string): Promise<StoredDocument | undefined> =>
    (await directory.entitiesOfKind('component')).find((document) => document.ref === `component:default/${name.toLowerCase()}`)
  return {
    list: async () => await Promise.all((await directory.entitiesOfKind('component')).map(toComponent)),
    find: async (name) => {
      const document = await findDocument(name)
      return document ? await toComponent(document) : undefined
    },
    ofRepository: async (repository) => {
      const { rows } = await sql<{ name: string }>`
        select e.name from entity e join catalog_file f on f.id = e.file_id
        where f.repository = ${repository} and e.kind = 'component' order by f.path, e.ref limit 1`.execute(db)
      return rows[0]?.name
    },
    facts: async (name) => {
      const document = await findDocument(name)
      if (!document) return undefined
      return {
        owner: (await directory.ownerOf(name)) ?? '',
        lifecycle: String(document.entity.spec?.['lifecycle'] ?? ''),
        type: String(document.entity.spec?.['type'] ?? ''),
        tags: [...(document.entity.metadata.tags ?? [])],
      }
    },
  }
}
