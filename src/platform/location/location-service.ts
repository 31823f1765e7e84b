import type { Clock } from '#kernel/common/clock'
import { isFault } from '#kernel/common/fault'
import type { Database } from '#kernel/node/database'
import type { Caller } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { FolderReader } from './folder-reader.ts'
import { ALLOWABLE_KINDS, type IngestionReport, type Location } from './location.ts'
import { locationFaults } from './location-faults.ts'
import type { LocationReading, Preview, ReadingCause } from './location-reading.ts'
import type { LocationStore } from './location-store.ts'
import { parseTarget, REPOSITORY_FILES, type LocationTarget } from './location-target.ts'
import { baseKey } from './repository-reader.ts'
import type { HostPush, SourceHost } from './source-host.ts'

/** What the service works with. */
export interface LocationServiceDeps {
  db: Database
  store: LocationStore
  reading: LocationReading
  folders: FolderReader
  hosts: () => Promise<readonly SourceHost[]>
  /** Names of all repositories of the built-in host; the organisation's first. */
  listBuiltIn: () => Promise<readonly string[]>
  journal: Journal
  clock: Clock
  /** Tells the schedule that something is due. */
  wake: () => void
}

/** A location to be registered. */
export interface LocationInput {
  target: string
  /** Kinds beyond those of every location: `User`, `Group`, `Template`. By administrators only. */
  allow?: readonly string[]
}

/** Registers, refreshes and removes where descriptors come from. */
export class LocationService {
  readonly #deps: LocationServiceDeps

  constructor(deps: LocationServiceDeps) {
    this.#deps = deps
  }

  /**
   * Registers a location; it is read in the background at once.
   * @throws `platform.location.bad_target`, `.exists`, `.built_in`, `.not_allowed`, `.refused`.
   */
  async add(input: LocationInput, caller: Caller): Promise<Location> {
    const { db, store, journal, clock } = this.#deps
    const { target, allow } = await this.#check(input, caller)
    const location = await db.transaction().execute(async (tx) => {
      const made = await store.insert(tx, { ...rowOf(target), allow, addedBy: caller.principal, nextReadAt: clock.now() })
      if (!made) throw locationFaults.exists({ target: target.target })
      const data = { target: made.target, kind: made.kind, allow: [...allow] }
      await journal.append(tx, { type: 'platform.location.added', subject: `location/${made.id}`, actor: caller.principal, data })
      return made
    })
    this.#deps.wake()
    return location
  }

  /**
   * Registers a location unless it is one, reads it now, and tells what it gives. For work that goes on with its entities.
   * @throws as `add`; `platform.location.unreadable` when nothing could be read.
   */
  async ensure(target: string, caller: Caller): Promise<Location> {
    const known = await this.#deps.store.findByTarget(target.trim())
    try {
      const location = known ?? (await this.add({ target }, caller))
      await this.#deps.reading.read(location.id, { actor: caller.principal }, { wait: true })
      const read = await this.get(location.id)
      if (read.state === 'failed') throw locationFaults.unreadable({ target, what: read.problems[0]?.message ?? 'it failed' })
      return read
    } catch (error) {
      const parsed = parseTarget(target, await this.#deps.hosts())
      const repository =
        'problem' in parsed
          ? undefined
          : parsed.kind === 'git'
            ? parsed.repository
            : parsed.kind === 'url' && parsed.address.type === 'unsettled'
              ? parsed.address.repository
              : undefined
      if (!isFault(error, 'platform.location.built_in') || repository === undefined) throw error
      await this.readRepository(repository, { actor: caller.principal })
      const found = await this.#deps.store.findBySource(`git:${repository}`)
      if (!found) throw locationFaults.not_found({ id: target })
      return found
    }
  }

  /** What `add` would do, without doing it. @throws as `add`, and `.unreadable` when nothing of it can be read. */
  async preview(input: LocationInput, caller: Caller): Promise<Preview & { existing: Location | undefined }> {
    const existing = await this.#deps.store.findByTarget(input.target.trim())
    await this.#check(input, caller)
    return { ...(await this.#deps.reading.preview(input.target)), existing }
  }

  /** @throws `platform.location.not_found`. */
  async get(id: string): Promise<Location> {
    const found = await this.#deps.store.find(id)
    if (!found || found.isRemoved) throw locationFaults.not_found({ id })
    return found
  }

  /** Gives a location another target. Files of the old one go. @throws as `add`. */
  async setTarget(id: string, input: LocationInput, caller: Caller): Promise<Location> {
    const { db, store, journal, clock } = this.#deps
    const location = await this.get(id)
    if (location.isBuiltIn) throw locationFaults.built_in({ target: location.target })
    const { target } = await this.#check({ ...input, allow: [] }, caller)
    const other = await store.findByTarget(target.target)
    if (other && other.id !== id) throw locationFaults.exists({ target: target.target })
    await db.transaction().execute(async (tx) => {
      await store.setTarget(tx, id, { ...rowOf(target), now: clock.now() })
      const data = { target: target.target, before: location.target }
      await journal.append(tx, { type: 'platform.location.altered', subject: `location/${id}`, actor: caller.principal, data })
    })
    this.#deps.wake()
    return await this.get(id)
  }

  /** Takes a location and its entities out of the catalog. @throws `platform.location.not_found`, `.built_in`. */
  async remove(id: string, caller: Caller): Promise<void> {
    const { db, store, journal, clock, reading } = this.#deps
    const location = await this.get(id)
    if (location.isBuiltIn) throw locationFaults.built_in({ target: location.target })
    await db.transaction().execute(async (tx) => {
      await store.markRemoved(tx, id, caller.principal, clock.now())
      const data = { target: location.target, kind: location.kind }
      await journal.append(tx, { type: 'platform.location.removed', subject: `location/${id}`, actor: caller.principal, data })
    })
    const cause = { actor: caller.principal }
    for (const child of await store.list({ limit: 20_000, parentId: id })) await reading.read(child.id, cause, { wait: true })
    await reading.read(id, cause, { wait: true })
  }

  /** Has a location read soon, changed or not. @throws `platform.location.not_found`. */
  async refresh(id: string): Promise<Location> {
    const location = await this.get(id)
    await this.#deps.store.makeDue(location.id, this.#deps.clock.now())
    this.#deps.wake()
    return { ...location, state: 'reading' }
  }

  /** Takes in what a push to the built-in host altered. Other branches than the default one are none of the catalog's business. Told again it does nothing. */
  async onPush(push: { repository: string; ref: string; pusher?: string }): Promise<IngestionReport | undefined> {
    const branch = push.ref.replace(/^refs\/heads\//, '')
    const found = await this.#builtIn((files) => files.find(push.repository))
    if (found && found.defaultBranch !== branch) return undefined
    return await this.readRepository(push.repository, { actor: push.pusher ?? 'system:fairway' })
  }

  /** Reads a repository of the built-in host now. One that is gone takes its entities along. */
  async readRepository(repository: string, cause: ReadingCause): Promise<IngestionReport> {
    const { store, reading, db, clock } = this.#deps
    const source = `git:${repository}`
    const isThere = (await this.#builtIn((files) => files.find(repository))) !== undefined
    const known = await store.findBySource(source)
    if (!isThere && known && !known.isRemoved) await db.transaction().execute(async (tx) => await store.markRemoved(tx, known.id, cause.actor, clock.now()))
    const location =
      known ??
      (isThere
        ? ((await store.insert(db, {
            kind: 'git',
            target: repository,
            source,
            isBuiltIn: true,
            host: '',
            repository,
            allow: [],
            addedBy: 'system:fairway',
            nextReadAt: null,
          })) ?? (await store.findBySource(source)))
        : undefined)
    const report = location && (await reading.read(location.id, cause, { wait: true }))
    return report ?? { added: [], altered: [], removed: [], problems: [], emitted: [] }
  }

  /** The safety net under pushes: reads repositories of the built-in host that are not at the commit that was read last, and drops what is gone. */
  async rescan(signal?: AbortSignal): Promise<void> {
    const { store, listBuiltIn, reading } = this.#deps
    const known = await store.listBuiltIn()
    for (const repository of await listBuiltIn()) {
      if (signal?.aborted === true) return
      const seen = known.get(repository)
      known.delete(repository)
      const head = await this.#builtIn(async (files) => {
        const found = await files.find(repository)
        return found && (await files.resolve(repository, found.defaultBranch))
      })
      const isRead =
        seen !== undefined &&
        seen.commits[baseKey({ host: '', repository, ref: null })] === head &&
        (await reading.isReadAsNow({ target: repository, fingerprint: seen.fingerprint }))
      if (head !== undefined && !isRead) await this.readRepository(repository, { actor: 'system:fairway' })
    }
    for (const repository of known.keys()) await this.readRepository(repository, { actor: 'system:fairway' })
  }

  /** Makes everything due that reads something of the repositories that a webhook tells of. Told again it does no harm. @returns how many locations. */
  async onHostPushes(host: string, pushes: readonly HostPush[]): Promise<number> {
    let count = 0
    for (const repository of new Set(pushes.map((push) => push.repository)))
      count += await this.#deps.store.makeDueByRepository(host, repository, this.#deps.clock.now())
    if (count > 0) this.#deps.wake()
    return count
  }

  async #check(input: LocationInput, caller: Caller): Promise<{ target: LocationTarget; allow: string[] }> {
    const target = parseTarget(input.target, await this.#deps.hosts())
    if ('problem' in target) throw locationFaults.bad_target({ target: input.target, what: target.problem })
    const allow = (input.allow ?? []).map((kind) => ALLOWABLE_KINDS.find((known) => known.toLowerCase() === kind.toLowerCase()) ?? kind)
    const unknown = allow.find((kind) => !ALLOWABLE_KINDS.some((known) => known === kind))
    if (unknown !== undefined)
      throw locationFaults.bad_target({ target: input.target, what: `"${unknown}" can't be allowed: ${ALLOWABLE_KINDS.join(', ')} can` })
    if (allow.length > 0 && !caller.isAdministrator)
      throw locationFaults.not_allowed({ what: 'only an administrator lets a location declare people, groups or templates: leave out "allow", or ask one' })
    if (target.kind === 'file') {
      if (!caller.isAdministrator)
        throw locationFaults.not_allowed({ what: 'only an administrator has files of the platform’s machine read: put them into a repository, or ask one' })
      this.#deps.folders.assertAllowed(target.path)
    }
    await this.#assertNotAlwaysRead(target)
    return { target, allow: [...new Set(allow)] }
  }

  /** What the built-in host has is read without anybody registering it, but for files that nothing leads to. */
  async #assertNotAlwaysRead(target: LocationTarget): Promise<void> {
    if (target.kind === 'organisation' && target.host === '') throw locationFaults.built_in({ target: target.target })
    if (target.kind === 'git' && target.host === '' && target.tail === null && target.globs === REPOSITORY_FILES)
      throw locationFaults.built_in({ target: target.target })
    if (target.kind !== 'url' || target.address.type !== 'unsettled' || target.address.host !== '') return
    const { repository, tail } = target.address
    const found = await this.#builtIn((files) => files.find(repository))
    if (found && REPOSITORY_FILES.some((file) => tail === `${found.defaultBranch}/${file}`)) throw locationFaults.built_in({ target: target.target })
  }

  async #builtIn<T>(ask: (files: NonNullable<SourceHost['repositories']>) => Promise<T>): Promise<T | undefined> {
    const host = (await this.#deps.hosts()).find((candidate) => candidate.name === '')
    if (!host?.repositories) return undefined
    try {
      return await ask(host.repositories)
    } catch (error) {
      if (isFault(error, 'delivery.git_host.bad_name') || isFault(error, 'delivery.git_host.not_found')) return undefined
      throw error
    }
  }
}

function rowOf(target: LocationTarget): { kind: Location['kind']; target: string; host: string | null; repository: string | null } {
  if (target.kind === 'git') return { kind: 'git', target: target.target, host: target.host, repository: target.repository }
  if (target.kind === 'organisation') return { kind: 'organisation', target: target.target, host: target.host, repository: target.organisation }
  if (target.kind === 'url' && target.address.type === 'unsettled')
    return { kind: 'url', target: target.target, host: target.address.host, repository: target.address.repository }
  return { kind: target.kind, target: target.target, host: null, repository: null }
}
