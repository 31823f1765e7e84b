import type { Database } from '#kernel/node/database'
import type { BatchIngestion, SourceFile, SourceTrust } from '#platform/catalog'
import type { DirectoryGroup, DirectorySource } from './directory-person.ts'
import { isSamePerson, type KnownPeople } from './known-people.ts'
import { catalogNameOf, groupFile, markOf, pathOf, userFile } from './people-entities.ts'
import { findGroup, findUser, listGroups, listMembers, listUsers } from './people-store.ts'

interface PublisherDeps {
  db: Database
  ingestion: () => Pick<BatchIngestion, 'take'>
  people: Pick<KnownPeople, 'byName'>
  trustOf: (source: DirectorySource) => SourceTrust
}

const EVERYBODY = 1_000_000

/** Brings people and groups of a directory into the catalog. What is told again alters nothing. */
export class PeoplePublisher {
  readonly #deps: PublisherDeps

  constructor(deps: PublisherDeps) {
    this.#deps = deps
  }

  /** Takes over these as they are now; those that are gone go. People first: a group's members are looked up among them. */
  async publish(source: DirectorySource, altered: { users?: readonly string[]; groups?: readonly string[] }, actor: string): Promise<void> {
    const people = await this.#filesOf(altered.users ?? [], 'users', async (id) => {
      const user = await findUser(this.#deps.db, source, id)
      return user && userFile(source, user)
    })
    if (people.files.length + people.removed.length > 0) await this.#take(source, { ...people, isComplete: false }, actor)
    const groups = await this.#filesOf(altered.groups ?? [], 'groups', async (id) => {
      const group = await findGroup(this.#deps.db, source, id)
      return group && (await this.#groupFile(source, group))
    })
    if (groups.files.length + groups.removed.length > 0) await this.#take(source, { ...groups, isComplete: false }, actor)
  }

  /** Takes over a whole directory: at the start, so that a crash between row and catalog heals, and after a setting of trust has altered. */
  async publishAll(source: DirectorySource): Promise<void> {
    const { items: users } = await listUsers(this.#deps.db, source, { offset: 0, limit: EVERYBODY })
    const people = users.flatMap((user) => present(userFile(source, user)))
    if (people.length > 0) await this.#take(source, { files: people, isComplete: false }, 'system:fairway')
    const { items: groups } = await listGroups(this.#deps.db, source, { offset: 0, limit: EVERYBODY })
    const files = [...people]
    for (const group of groups) files.push(...present(await this.#groupFile(source, group)))
    await this.#take(source, { files, isComplete: true }, 'system:fairway')
  }

  /** With the members whom the catalog has as these very people. Somebody else of the same name must not get into the group for them. */
  async #groupFile(source: DirectorySource, group: DirectoryGroup): Promise<SourceFile | undefined> {
    const names: string[] = []
    for (const member of await listMembers(this.#deps.db, group.id)) {
      const name = member.isActive ? catalogNameOf(member.userName) : undefined
      const entity = name === undefined ? undefined : await this.#deps.people.byName(name)
      if (name !== undefined && entity && isSamePerson(entity, { mark: markOf(source, member.id), email: member.email })) names.push(name)
    }
    return groupFile(source, group, names)
  }

  async #filesOf(
    ids: readonly string[],
    folder: 'users' | 'groups',
    fileOf: (id: string) => Promise<SourceFile | undefined>,
  ): Promise<{ files: SourceFile[]; removed: string[] }> {
    const files: SourceFile[] = []
    const removed: string[] = []
    for (const id of ids) {
      const file = await fileOf(id)
      if (file) files.push(file)
      else removed.push(pathOf(folder, id))
    }
    return { files, removed }
  }

  async #take(source: DirectorySource, what: { files: readonly SourceFile[]; removed?: readonly string[]; isComplete: boolean }, actor: string): Promise<void> {
    await this.#deps.ingestion().take({ source, commit: null, actor, trust: this.#deps.trustOf(source), ...what })
  }
}

const present = (file: SourceFile | undefined): SourceFile[] => (file ? [file] : [])
