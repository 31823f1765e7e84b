import type { SourceDocument } from '#kernel/common/document'
import type { Database } from '#kernel/node/database'
import { sql } from 'kysely'
import type { Entity } from './entity.ts'
import type { StoredEntity } from './catalog-reader.ts'
import type { EntityQuery } from './entity-query.ts'
import { formatEntityRef, parseEntityRef } from './entity-ref.ts'

export interface Person {
  /** E.g. `user:default/ana`. */
  ref: string
  displayName: string
  email: string | undefined
  /** Refs of all groups, those that contain their groups included. */
  groups: string[]
}

/** A document of a platform kind as its feature reads it, with the place for messages. */
export interface StoredDocument {
  ref: string
  entity: Entity
  /** The entity as the readers of the features take it. Lines are not known any more: the file was checked when it was read. */
  document: SourceDocument
  /** E.g. `fairway/organisation/environments.yaml`. */
  file: string
  commit: string
}

/**
 * What other features ask the catalog: people, groups, and documents of a kind. Documents are kept in memory until an ingestion alters one of their kind.
 */
export class CatalogDirectory {
  readonly #db: Database
  readonly #query: EntityQuery
  readonly #ofKind = new Map<string, Promise<StoredDocument[]>>()

  constructor(db: Database, query: EntityQuery) {
    this.#db = db
    this.#query = query
  }

  /** Forgets what an ingestion has altered. */
  forget(refs: readonly string[] | 'everything'): void {
    if (refs === 'everything') this.#ofKind.clear()
    else for (const ref of refs) this.#ofKind.delete(ref.slice(0, ref.indexOf(':')))
  }

  async entitiesOfKind(kind: string): Promise<StoredDocument[]> {
    const key = kind.toLowerCase()
    let found = this.#ofKind.get(key)
    if (!found) {
      found = this.#query.listOfKind(key).then((items) => items.map(toDocument))
      this.#ofKind.set(key, found)
      found.catch(() => this.#ofKind.delete(key))
    }
    return await found
  }

  /** One entity by its ref in lower case. */
  async findEntity(ref: string): Promise<Entity | undefined> {
    return (await this.#query.findByRef(ref))?.entity
  }

  environments(): Promise<StoredDocument[]> {
    return this.entitiesOfKind('environment')
  }

  policies(): Promise<StoredDocument[]> {
    return this.entitiesOfKind('policy')
  }

  recipes(): Promise<StoredDocument[]> {
    return this.entitiesOfKind('recipe')
  }

  accounts(): Promise<StoredDocument[]> {
    return this.entitiesOfKind('cloudaccount')
  }

  /** OpenSLO documents of kind SLO, the organisation's and the components'. */
  slos(): Promise<StoredDocument[]> {
    return this.entitiesOfKind('slo')
  }

  /**
   * Refs of the groups that somebody is in, with the groups around them, sorted. Nobody unknown is in any. Only what the organisation itself says counts:
   * memberships that other sources declare are shown in the catalog, and give no rights.
   */
  async groupsOf(userRef: string): Promise<string[]> {
    const { rows } = await sql<{ ref: string }>`
      with recursive belongs(ref) as (
        select m.parent from entity_membership m join entity g on g.ref = m.parent and g.kind = 'group' and g.trust = ${ORGANISATION}
          where m.child = ${userRef.toLowerCase()} and exists (select from entity u where u.ref = m.child and u.kind = 'user' and u.trust = ${ORGANISATION})
        union
        select m.parent from belongs b join entity_membership m on m.child = b.ref join entity g on g.ref = m.parent and g.kind = 'group' and g.trust = ${ORGANISATION}
      ) select ref from belongs order by ref`.execute(this.#db)
    return rows.map((row) => row.ref)
  }

  /**
   * A person that the organisation itself declares: one that signs in, and that rights are given to.
   * @param ref `user:default/ana`, or just `ana`.
   */
  async findPerson(ref: string): Promise<Person | undefined> {
    const parts = parseEntityRef(ref, { kind: 'user' })
    if (parts?.kind.toLowerCase() !== 'user') return undefined
    const found = await this.#query.findByRef(formatEntityRef(parts))
    if (!found || !(await this.#isOrganisations(found.ref))) return undefined
    const profile = found.entity.spec?.['profile'] as { displayName?: string; email?: string } | undefined
    return {
      ref: found.ref,
      displayName: profile?.displayName ?? found.entity.metadata.title ?? found.entity.metadata.name,
      email: profile?.email,
      groups: await this.groupsOf(found.ref),
    }
  }

  /** Ref of a component's owner, e.g. `group:default/payments`; undefined when the component or its owner is unknown. */
  async ownerOf(component: string): Promise<string | undefined> {
    const parts = parseEntityRef(component, { kind: 'component' })
    const index = await this.#query.walk()
    const slot = parts ? index.slotOf(formatEntityRef(parts)) : undefined
    const [owner] = slot === undefined ? [] : index.valuesOf(slot, index.pool.find('relations.ownedby'))
    return owner === undefined ? undefined : index.pool.text(owner)
  }

  /** Name of the first component, by path, whose descriptor lies in a repository. */
  async componentOfRepository(repository: string): Promise<string | undefined> {
    const { rows } = await sql<{ name: string }>`
      select e.body::json #>> '{metadata,name}' as name from catalog_file f join entity e on e.file_id = f.id
      where f.repository = ${repository} and f.repository <> '' and e.kind = 'component' order by f.path, e.ref limit 1`.execute(this.#db)
    return rows[0]?.name
  }

  async #isOrganisations(ref: string): Promise<boolean> {
    const { rows } = await sql`select from entity where ref = ${ref} and trust = ${ORGANISATION}`.execute(this.#db)
    return rows.length > 0
  }
}

/** Trust of those whose word gives rights. */
const ORGANISATION = 3

function toDocument(item: StoredEntity): StoredDocument {
  const file = item.repository === '' ? item.path : `${item.repository}/${item.path}`
  return { ref: item.ref, entity: item.entity, document: { file, value: item.entity, locate: () => ({ line: 1, column: 1 }) }, file, commit: item.commit }
}
