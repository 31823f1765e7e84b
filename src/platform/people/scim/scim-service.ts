import { scimPatch, type ScimPatchOperation } from 'scim-patch'
import type { Clock } from '#kernel/common/clock'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { DirectoryGroup, DirectoryUser } from '../directory-person.ts'
import { peopleFaults } from '../people-faults.ts'
import type { PeoplePublisher } from '../people-publisher.ts'
import * as store from '../people-store.ts'
import { groupResource, groupValues, userResource, userValues, type ScimResource } from './scim-resource.ts'

export interface ScimDeps {
  db: Database
  journal: Journal
  clock: Clock
  publisher: PeoplePublisher
}

type Sent = Record<string, unknown>

/** What a directory service does with people and groups. Every write is in the catalog when it is answered. */
export class ScimService {
  readonly #deps: ScimDeps

  constructor(deps: ScimDeps) {
    this.#deps = deps
  }

  /** @throws `platform.people.not_found`. */
  async getUser(id: string, baseUrl: string): Promise<ScimResource> {
    const user = await this.#user(id)
    return userResource(user, await store.listGroupsOf(this.#deps.db, user.id), baseUrl)
  }

  /** @throws `platform.people.not_found`. */
  async getGroup(id: string, baseUrl: string): Promise<ScimResource> {
    const group = await this.#group(id)
    return groupResource(group, await store.listMembers(this.#deps.db, group.id), baseUrl)
  }

  /** @throws `platform.people.taken`, `.bad_resource`. */
  async createUser(sent: Sent, actor: string): Promise<string> {
    const values = userValues(sent)
    const id = await this.#write('user', 'added', actor, async (tx) => {
      const made = await store.insertUser(tx, 'scim', values, this.#deps.clock.now())
      if (!made) throw peopleFaults.taken({ type: 'user', name: values.userName })
      return made.id
    })
    await this.#deps.publisher.publish('scim', { users: [id] }, actor)
    return id
  }

  /** @throws `platform.people.not_found`, `.taken`, `.bad_resource`. */
  async replaceUser(id: string, sent: Sent, actor: string): Promise<void> {
    const before = await this.#user(id)
    const values = userValues(sent)
    await this.#write('user', values.isActive ? 'altered' : 'deactivated', actor, async (tx) => {
      if (!(await store.updateUser(tx, before.id, values, this.#deps.clock.now()))) throw peopleFaults.taken({ type: 'user', name: values.userName })
      return before.id
    })
    // Groups name their members: they follow a new name, and lose one who is not active.
    const groups = (await store.listGroupsOf(this.#deps.db, before.id)).map((group) => group.id)
    await this.#deps.publisher.publish('scim', { users: [before.id], groups }, actor)
  }

  async deleteUser(id: string, actor: string): Promise<void> {
    const before = await this.#user(id)
    const groups = (await store.listGroupsOf(this.#deps.db, before.id)).map((group) => group.id)
    await this.#write('user', 'removed', actor, async (tx) => {
      await store.deleteUser(tx, before.id)
      return before.id
    })
    await this.#deps.publisher.publish('scim', { users: [before.id], groups }, actor)
  }

  /** @throws `platform.people.taken`, `.bad_resource`. */
  async createGroup(sent: Sent, actor: string): Promise<string> {
    const { values, members = [] } = groupValues(sent)
    const id = await this.#write('group', 'added', actor, async (tx) => {
      const made = await store.insertGroup(tx, 'scim', values, this.#deps.clock.now())
      if (!made) throw peopleFaults.taken({ type: 'group', name: values.displayName })
      await store.setMembers(tx, made.id, members)
      return made.id
    })
    await this.#deps.publisher.publish('scim', { groups: [id] }, actor)
    return id
  }

  /** @throws `platform.people.not_found`, `.taken`, `.bad_resource`. */
  async replaceGroup(id: string, sent: Sent, actor: string): Promise<void> {
    const before = await this.#group(id)
    const { values, members } = groupValues(sent)
    await this.#write('group', 'altered', actor, async (tx) => {
      if (!(await store.updateGroup(tx, before.id, values, this.#deps.clock.now()))) throw peopleFaults.taken({ type: 'group', name: values.displayName })
      await store.setMembers(tx, before.id, members ?? [])
      return before.id
    })
    await this.#deps.publisher.publish('scim', { groups: [before.id] }, actor)
  }

  async deleteGroup(id: string, actor: string): Promise<void> {
    const before = await this.#group(id)
    await this.#write('group', 'removed', actor, async (tx) => {
      await store.deleteGroup(tx, before.id)
      return before.id
    })
    await this.#deps.publisher.publish('scim', { groups: [before.id] }, actor)
  }

  /** A PATCH of RFC 7644 §3.5.2 on what is there. @throws as the replacing ones. */
  async patch(type: 'user' | 'group', id: string, body: unknown, actor: string): Promise<void> {
    const current = (type === 'user' ? await this.getUser(id, '') : await this.getGroup(id, '')) as Sent
    const { Operations } = (body ?? {}) as { Operations?: unknown }
    if (!Array.isArray(Operations) || Operations.length > 1_000) throw peopleFaults.bad_resource({ what: 'a patch has a list of Operations' })
    let patched: Sent
    try {
      patched = scimPatch(structuredClone(current) as never, normalised(Operations as ScimPatchOperation[]), { mutateDocument: false }) as unknown as Sent
    } catch (error) {
      throw peopleFaults.bad_resource({ what: error instanceof Error ? error.message : 'the patch can not be done' })
    }
    await (type === 'user' ? this.replaceUser(id, patched, actor) : this.replaceGroup(id, patched, actor))
  }

  async listUsers(
    page: { by: Parameters<typeof store.listUsers>[2]['by']; offset: number; limit: number },
    baseUrl: string,
  ): Promise<{ total: number; items: ScimResource[] }> {
    const { items, total } = await store.listUsers(this.#deps.db, 'scim', page)
    return { total, items: await Promise.all(items.map(async (user) => userResource(user, await store.listGroupsOf(this.#deps.db, user.id), baseUrl))) }
  }

  async listGroups(
    page: { by: Parameters<typeof store.listGroups>[2]['by']; offset: number; limit: number },
    baseUrl: string,
  ): Promise<{ total: number; items: ScimResource[] }> {
    const { items, total } = await store.listGroups(this.#deps.db, 'scim', page)
    return { total, items: await Promise.all(items.map(async (group) => groupResource(group, await store.listMembers(this.#deps.db, group.id), baseUrl))) }
  }

  async #user(id: string): Promise<DirectoryUser> {
    const found = await store.findUser(this.#deps.db, 'scim', id)
    if (!found) throw peopleFaults.not_found({ type: 'user', id })
    return found
  }

  async #group(id: string): Promise<DirectoryGroup> {
    const found = await store.findGroup(this.#deps.db, 'scim', id)
    if (!found) throw peopleFaults.not_found({ type: 'group', id })
    return found
  }

  async #write(
    type: 'user' | 'group',
    verb: 'added' | 'altered' | 'deactivated' | 'removed',
    actor: string,
    work: (tx: Transaction) => Promise<string>,
  ): Promise<string> {
    return await this.#deps.db.transaction().execute(async (tx) => {
      const id = await work(tx)
      await this.#deps.journal.append(tx, {
        type: `platform.directory.${type}_${verb}`,
        subject: `directory-${type}/${id}`,
        actor,
        data: { source: 'scim', id },
      })
      return id
    })
  }
}

/** Entra ID sends operations with a capital letter and booleans as texts. */
function normalised(operations: readonly ScimPatchOperation[]): ScimPatchOperation[] {
  return operations.map((operation) => {
    const value = (operation as { value?: unknown }).value
    const isActive = (operation as { path?: string }).path === 'active' && typeof value === 'string'
    return { ...operation, op: operation.op.toLowerCase(), ...(isActive ? { value: value.toLowerCase() === 'true' } : {}) } as ScimPatchOperation
  })
}
