import { newId } from '#kernel/common/id'
import type { Clock } from '#kernel/common/clock'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import type { Push, Repository } from './git-host.ts'
import {
  deleteWrites,
  insertPushes,
  insertWrite,
  listOldWrites,
  listRepositoryRows,
  lockRepository,
  readSeenRefs,
  readWrites,
  writeSeenRefs,
} from './git-host-store.ts'
import { readRefs } from './git-refs.ts'
import { refChanges, type RefUpdate } from './ref-changes.ts'

/** What the recorder of pushes works with. */
export interface PushRecorderDeps {
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
  gitDirOf: (repository: Repository) => string
  /** What the pushes mean for others of the host's records, e.g. pull requests. Part of the transaction that records them. */
  settle: (tx: Transaction, repository: Repository, pushes: readonly Push[]) => Promise<void>
  /** Called after pushes were recorded. */
  onRecorded: () => void
}

/** A write this old whose process still lives is looked at, but kept. */
const OLD_WRITE_MS = 60_000
const PAGE = 200

/**
 * Finds out which refs moved and records it, once: the refs on disk are compared with those of the last record, in a transaction that holds the
 * repository's row. A crash at any point loses nothing, since what is on disk and not in the table is found at the next look.
 */
export class PushRecorder {
  readonly #deps: PushRecorderDeps
  /** Writes of this process that have not ended. */
  readonly #open = new Set<string>()

  constructor(deps: PushRecorderDeps) {
    this.#deps = deps
  }

  /** Says, durably, who is about to move which refs. Give the id to `end`. */
  async begin(repository: Repository, actor: string, updates: readonly RefUpdate[]): Promise<string> {
    const id = newId('gw')
    this.#open.add(id)
    try {
      await insertWrite(this.#deps.db, { id, repositoryId: repository.id, actor, updates, startedAt: this.#deps.clock.now() })
    } catch (error) {
      this.#open.delete(id)
      throw error
    }
    return id
  }

  /** The write is over, well or not: records what moved. */
  async end(repository: Repository, writeId: string): Promise<Push[]> {
    try {
      return await this.record(repository, [writeId])
    } finally {
      this.#open.delete(writeId)
    }
  }

  /** Records what moved in one repository since the last look. `endedWrites` are forgotten in the same transaction. */
  async record(repository: Repository, endedWrites: readonly string[] = []): Promise<Push[]> {
    const pushes = await this.#deps.db.transaction().execute(async (tx) => {
      if (!(await lockRepository(tx, repository.id))) return []
      const now = await readRefs(this.#deps.gitDirOf(repository))
      const seen = (await readSeenRefs(tx, [repository.id])).get(repository.id) ?? new Map<string, string>()
      const changes = refChanges(seen, now, await readWrites(tx, repository.id))
      await deleteWrites(tx, endedWrites)
      const found = changes.map(({ actor, ...update }): Push => ({
        id: newId('push'),
        repository: `${repository.owner}/${repository.name}`,
        ...update,
        pusher: actor,
      }))
      if (found.length === 0) return found
      await writeSeenRefs(tx, repository.id, now, [...new Set(changes.map((change) => change.ref))])
      await insertPushes(tx, repository, found, this.#deps.clock.now())
      await this.#deps.journal.append(
        tx,
        ...found.map((push) => ({
          type: 'delivery.push.received',
          subject: `repository/${push.repository}`,
          actor: push.pusher,
          data: { id: push.id, repository: push.repository, ref: push.ref, before: push.before, after: push.after },
        })),
      )
      await this.#deps.settle(tx, repository, found)
      return found
    })
    if (pushes.length > 0) this.#deps.onRecorded()
    return pushes
  }

  /** Looks at all repositories for what moved while nobody was here; costs a transaction only where something did. */
  async recordAll(): Promise<void> {
    let after: { owner: string; name: string } | undefined
    for (;;) {
      const page = await listRepositoryRows(this.#deps.db, PAGE, after)
      const seen = await readSeenRefs(
        this.#deps.db,
        page.map((repository) => repository.id),
      )
      for (const repository of page) {
        const now = await readRefs(this.#deps.gitDirOf(repository))
        if (!isSame(now, seen.get(repository.id))) await this.record(repository)
      }
      after = page.at(-1)
      if (page.length < PAGE) return
    }
  }

  /** Looks again at what old writes touched: a git process may have outlived the platform that started it. Ends those that no process of ours holds. */
  async sweep(): Promise<void> {
    const old = await listOldWrites(this.#deps.db, new Date(this.#deps.clock.now().getTime() - OLD_WRITE_MS))
    for (const write of old) await this.record(write.repository, this.#open.has(write.id) ? [] : [write.id])
  }
}

function isSame(now: ReadonlyMap<string, string>, seen: ReadonlyMap<string, string> | undefined): boolean {
  return seen?.size === now.size && [...now].every(([ref, sha]) => seen.get(ref) === sha)
}
