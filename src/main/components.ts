import type { JsonObject } from '#kernel/common/json'
import type { CatalogDirectory, Entity, StoredDocument } from '#platform/catalog'
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
  const toComponent = async (entity: Entity): Promise<DeployableComponent> => {
    const { name, title } = entity.metadata
    return { name, title: title ?? name, owner: (await directory.ownerOf(name)) ?? '' }
  }
  const findEntity = async (name: string): Promise<Entity | undefined> => await directory.findEntity(`component:default/${name.toLowerCase()}`)
  return {
    list: async () => await Promise.all((await directory.entitiesOfKind('component')).map(({ entity }) => toComponent(entity))),
    find: async (name) => {
      const entity = await findEntity(name)
      return entity ? await toComponent(entity) : undefined
    },
    ofRepository: (repository) => directory.componentOfRepository(repository),
    facts: async (name) => {
      const entity = await findEntity(name)
      if (!entity) return undefined
      return {
        owner: (await directory.ownerOf(name)) ?? '',
        lifecycle: textField({ entity }, 'lifecycle'),
        type: textField({ entity }, 'type'),
        tags: [...(entity.metadata.tags ?? [])],
      }
    },
  }
}

/** A text field of an entity's spec; empty when it is absent or not a text. */
export function textField(document: Pick<StoredDocument, 'entity'>, name: string): string {
  const value = document.entity.spec?.[name]
  return typeof value === 'string' ? value : ''
}
