import type { Database } from '#kernel/node/database'
import type { BatchIngestion, SourceFile, SourceTrust } from '#platform/catalog'
import type { DirectorySource } from './directory-person.ts'
import { groupFile, pathOf, userFile } from './people-entities.ts'
import { findGroup, findUser, listGroups, listMembers, listUsers } from './people-store.ts'

/** Brings people and groups of a directory into the catalog. What is told again alters nothing. */
export class PeoplePublisher {
  readonly #db: Database
  readonly #ingestion: () => Pick<BatchIngestion, 'take'>
  readonly #trustOf: (source: DirectorySource) => SourceTrust

  constructor(deps: { db: Database; ingestion: () => Pick<BatchIngestion, 'take'>; trustOf: (source: DirectorySource) => SourceTrust }) {
    this.#db = deps.db
    this.#ingestion = deps.ingestion
    this.#trustOf = deps.trustOf
  }

  /** Takes over these as they are now; those that are gone go. */
  async publish(source: DirectorySource, altered: { users?: readonly string[]; groups?: readonly string[] }, actor: string): Promise<void> {
    const files: SourceFile[] = []
    const removed: string[] = []
    for (const id of altered.users ?? []) {
      const user = await findUser(this.#db, source, id)
      const file = user && userFile(source, user)
      if (file) files.push(file)
      else removed.push(pathOf('users', id))
    }
    for (const id of altered.groups ?? []) {
      const group = await findGroup(this.#db, source, id)
      const file = group && groupFile(source, group, await listMembers(this.#db, id))
      if (file) files.push(file)
      else removed.push(pathOf('groups', id))
    }
    await this.#take(source, { files, removed, isComplete: false }, actor)
  }

  /** Takes over a whole directory: at the start, so that a crash between row and catalog heals, and after a setting of trust has altered. */
  async publishAll(source: DirectorySource): Promise<void> {
    const files: SourceFile[] = []
    const { items: users } = await listUsers(this.#db, source, { offset: 0, limit: 1_000_000 })
    for (const user of users) files.push(...present(userFile(source, user)))
    const { items: groups } = await listGroups(this.#db, source, { offset: 0, limit: 1_000_000 })
    for (const group of groups) files.push(...present(groupFile(source, group, await listMembers(this.#db, group.id))))
    await this.#take(source, { files, isComplete: true }, 'system:fairway')
  }

  async #take(source: DirectorySource, what: { files: readonly SourceFile[]; removed?: readonly string[]; isComplete: boolean }, actor: string): Promise<void> {
    await this.#ingestion().take({ source, commit: null, actor, trust: this.#trustOf(source), ...what })
  }
}

const present = (file: SourceFile | undefined): SourceFile[] => (file ? [file] : [])
