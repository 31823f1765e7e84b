import { locationFaults } from './location-faults.ts'
import { globBase, globMatcher } from './glob.ts'
import { MAX_FILE_BYTES } from './http-reader.ts'
import { tailSplits } from './location-target.ts'
import { repositoryName, type RepositoryPlace, type UnsettledPlace } from './place.ts'
import type { Found } from './place-reader.ts'
import type { RepositoryFiles, SourceHost } from './source-host.ts'

/** What the last reading knew of a repository, so that this one need only look at what differs. */
export interface RepositoryBase {
  commit: string
  /** Path and content id of the files that matter. */
  files: ReadonlyMap<string, string>
  /** The files that match these were all known. */
  globs: readonly string[]
}

interface Snapshot {
  commit: string
  /** All regular files; from a base only those that mattered or differ. */
  files: Map<string, string>
  isWhole: boolean
  globs: readonly string[]
}

/** Reads repositories of declared hosts: each is looked at once a reading, and stays at that commit. */
export class RepositoryReader {
  readonly #hosts: readonly SourceHost[]
  readonly #bases: ReadonlyMap<string, RepositoryBase>
  readonly #snapshots = new Map<string, Promise<Snapshot>>()
  readonly #branches = new Map<string, Promise<string>>()

  /** @param bases by `repositoryName` and ref: see `baseKey`. */
  constructor(hosts: readonly SourceHost[], bases: ReadonlyMap<string, RepositoryBase> = new Map()) {
    this.#hosts = hosts
    this.#bases = bases
  }

  /** The commit that a place is read at. @throws a fault in words for the author. */
  async commitOf(place: RepositoryPlace): Promise<string> {
    return (await this.#snapshot(place)).commit
  }

  /** The branch, tag or commit that a place lies on, by name. @throws a fault in words for the author. */
  async refOf(place: RepositoryPlace): Promise<string> {
    return place.ref ?? (await this.#defaultBranch(place))
  }

  async settle(unsettled: UnsettledPlace): Promise<RepositoryPlace> {
    const { host, repository } = unsettled
    const splits = tailSplits(unsettled)
    const files = this.#hostOf(unsettled).repositories
    const place = (split: { ref: string; path: string } | undefined): RepositoryPlace => ({
      type: 'repository',
      host,
      repository,
      ref: split?.ref === 'HEAD' ? null : (split?.ref ?? null),
      path: split?.path ?? unsettled.tail,
    })
    if (!files) return place(splits[0])
    const branch = await this.#defaultBranch(unsettled)
    const onDefault = splits.find((split) => split.ref === branch || split.ref === 'HEAD')
    // Named like the default branch: it is that one, and keeps being so when the default moves.
    if (onDefault) return { ...place(onDefault), ref: onDefault.ref === 'HEAD' ? null : onDefault.ref }
    for (const split of splits.slice(0, 8)) if ((await files.resolve(repository, split.ref)) !== undefined) return place(split)
    throw locationFaults.refused({ target: unsettled.tail, what: `"${repositoryName(unsettled)}" has no branch, tag or commit of that name` })
  }

  /** As `settle`, for a folder: the tail may be a ref alone. */
  async settleFolder(at: { host: string; repository: string; tail: string | null }): Promise<{ ref: string | null; folder: string }> {
    if (at.tail === null) return { ref: null, folder: '' }
    const place = await this.settle({ type: 'unsettled', host: at.host, repository: at.repository, tail: `${at.tail}/-` })
    return { ref: place.ref, folder: place.path.split('/').slice(0, -1).join('/') }
  }

  async list(pattern: RepositoryPlace): Promise<RepositoryPlace[]> {
    const snapshot = await this.#snapshot(pattern)
    const { files } = snapshot.isWhole || snapshot.globs.includes(pattern.path) ? snapshot : await this.#whole(pattern)
    const matches = globMatcher([pattern.path])
    const base = globBase(pattern.path)
    return [...files.keys()]
      .filter((path) => (base === '' || path.startsWith(`${base}/`)) && matches(path))
      .sort()
      .map((path) => ({ ...pattern, path }))
  }

  /** Reads files of one repository and ref. Never throws. */
  async read(wanted: readonly { place: RepositoryPlace; version: string | null }[]): Promise<Found[]> {
    const first = wanted[0]
    if (!first) return []
    const files = this.#files(first.place)
    let snapshot = await this.#snapshot(first.place)
    if (!snapshot.isWhole && wanted.some(({ place }) => !snapshot.files.has(place.path))) snapshot = await this.#whole(first.place)
    const altered = wanted.filter(({ place, version }) => snapshot.files.has(place.path) && (version === null || snapshot.files.get(place.path) !== version))
    const paths = [...new Set(altered.map(({ place }) => place.path))]
    const contents = paths.length === 0 ? new Map<string, never>() : await files.read(first.place.repository, snapshot.commit, paths, MAX_FILE_BYTES)
    return wanted.map(({ place, version }): Found => {
      const id = snapshot.files.get(place.path)
      const content = contents.get(place.path)
      if (id === undefined) return { is: 'absent', message: `there is no "${place.path}" in "${repositoryName(place)}"` }
      if (version !== null && id === version) return { is: 'unchanged' }
      if (content === undefined) return { is: 'absent', message: `"${place.path}" in "${repositoryName(place)}" is no file` }
      if (content === 'large') return { is: 'failed', message: `"${place.path}" in "${repositoryName(place)}" is larger than ${MAX_FILE_BYTES} bytes` }
      return { is: 'text', text: new TextDecoder().decode(content), version: id }
    })
  }

  #hostOf(place: { host: string }): SourceHost {
    const host = this.#hosts.find((candidate) => candidate.name === place.host)
    if (!host) throw locationFaults.refused({ target: place.host, what: 'there is no such Git host (any more)' })
    return host
  }

  #files(place: { host: string; repository: string }): RepositoryFiles {
    const found = this.#hostOf(place).repositories
    if (!found)
      throw locationFaults.refused({
        target: repositoryName(place),
        what: `"${place.host}" is not declared as a GitHost in the organisation repository, so that only addresses of single public files are read`,
      })
    return found
  }

  #defaultBranch(place: { host: string; repository: string }): Promise<string> {
    const name = repositoryName(place)
    const known = this.#branches.get(name) ?? this.#findBranch(place, name)
    this.#branches.set(name, known)
    return known
  }

  async #findBranch(place: { host: string; repository: string }, name: string): Promise<string> {
    const found = await this.#files(place).find(place.repository)
    if (!found) throw locationFaults.unreadable({ target: name, what: 'there is no such repository, or the platform may not see it' })
    return found.defaultBranch
  }

  #snapshot(place: RepositoryPlace): Promise<Snapshot> {
    const key = baseKey(place)
    const known = this.#snapshots.get(key) ?? this.#take(place, this.#bases.get(key))
    this.#snapshots.set(key, known)
    return known
  }

  async #whole(place: RepositoryPlace): Promise<Snapshot> {
    const partial = await this.#snapshot(place)
    if (partial.isWhole) return partial
    const whole = this.#files(place)
      .tree(place.repository, partial.commit)
      .then((files): Snapshot => ({ commit: partial.commit, files: new Map(files), isWhole: true, globs: [] }))
    this.#snapshots.set(baseKey(place), whole)
    return await whole
  }

  async #take(place: RepositoryPlace, base: RepositoryBase | undefined): Promise<Snapshot> {
    const host = this.#files(place)
    const ref = place.ref ?? (await this.#defaultBranch(place))
    const commit = await host.resolve(place.repository, ref)
    if (commit === undefined) throw locationFaults.unreadable({ target: repositoryName(place), what: `it has no branch, tag or commit "${ref}" yet` })
    const diff = base === undefined || base.commit === commit ? new Map<string, string | null>() : await host.diff?.(place.repository, base.commit, commit)
    if (base === undefined || diff === undefined) return { commit, files: new Map(await host.tree(place.repository, commit)), isWhole: true, globs: [] }
    const files = new Map(base.files)
    for (const [path, id] of diff) {
      if (id === null) files.delete(path)
      else files.set(path, id)
    }
    return { commit, files, isWhole: false, globs: base.globs }
  }
}

/** Which base belongs to a place. */
export function baseKey(place: { host: string; repository: string; ref: string | null }): string {
  return `${repositoryName(place)}@${place.ref ?? ''}`
}
