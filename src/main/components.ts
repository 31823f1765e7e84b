import type { JsonObject } from '#kernel/common/json'
import type { CatalogDirectory, StoredDocument } from '#platform/catalog'
import type { DeployableComponent } from '#platform/deployment'

/** Components of the catalog as deployments and pipelines see them. */
export interface Components {
  readonly list: () => Promise<DeployableComponent[]>
  readonly find: (name: string) => Promise<DeployableComponent | undefined>
  /** The component whose descriptor lies in a repository. */
  readonly ofRepository: (repository: string) => Promise<string | undefined>
  /** What policies may look at. */
  readonly facts: (name: string) => Promise<JsonObject | undefined>
}

export function readComponents(directory: CatalogDirectory): Components {
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
    ofRepository: (repository) => directory.componentOfRepository(repository),
    facts: async (name) => {
      const document = await findDocument(name)
      if (!document) return undefined
      return {
        owner: (await directory.ownerOf(name)) ?? '',
        lifecycle: textField(document, 'lifecycle'),
        type: textField(document, 'type'),
        tags: [...(document.entity.metadata.tags ?? [])],
      }
    },
  }
}

/** A text field of an entity's spec; empty when it is absent or not a text. */
export function textField(document: StoredDocument, name: string): string {
  const value = document.entity.spec?.[name]
  return typeof value === 'string' ? value : ''
}
