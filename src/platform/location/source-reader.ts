import { isFault } from '#kernel/common/fault'
import type { Egress } from '#kernel/node/egress'
import type { FolderReader } from './folder-reader.ts'
import { rawUrl } from './host-address.ts'
import { readHttpFile } from './http-reader.ts'
import { baseKey, type RepositoryReader } from './repository-reader.ts'
import type { Address, Place, RepositoryPlace } from './place.ts'
import type { Found, PlaceReader } from './place-reader.ts'
import type { SourceHost } from './source-host.ts'

/** Files that are asked for at once by http. */
const AT_ONCE = 8

/** Reads places of every kind: repositories of declared hosts by Git, public files of others by http, files of this machine. */
export class SourceReader implements PlaceReader {
  readonly #deps: { repositories: RepositoryReader; folders: FolderReader; egress: Pick<Egress, 'fetch'>; hosts: readonly SourceHost[] }

  constructor(deps: { repositories: RepositoryReader; folders: FolderReader; egress: Pick<Egress, 'fetch'>; hosts: readonly SourceHost[] }) {
    this.#deps = deps
  }

  async settle(address: Address): Promise<Place> {
    if (address.type === 'folder') this.#deps.folders.assertAllowed(address.path)
    return address.type === 'unsettled' ? await this.#deps.repositories.settle(address) : address
  }

  async list(pattern: Place): Promise<readonly Place[]> {
    if (pattern.type === 'folder') return await this.#deps.folders.list(pattern)
    return pattern.type === 'repository' ? await this.#deps.repositories.list(pattern) : [pattern]
  }

  async read(wanted: readonly { place: Place; version: string | null }[]): Promise<readonly Found[]> {
    const found: Found[] = Array.from<Found>({ length: wanted.length })
    const groups = Map.groupBy(
      wanted.map((item, index) => ({ ...item, index })),
      ({ place }) => (this.#isByGit(place) ? baseKey(place) : ''),
    )
    for (const [group, items] of groups) {
      if (group === '') await inTurns(items, AT_ONCE, async (item) => void (found[item.index] = await this.#readOne(item.place, item.version)))
      else {
        const read = await this.#readGroup(items as { place: RepositoryPlace; version: string | null }[])
        for (const [at, item] of items.entries()) found[item.index] = read[at] ?? { is: 'failed', message: 'it was not read' }
      }
    }
    return found
  }

  async #readGroup(items: readonly { place: RepositoryPlace; version: string | null }[]): Promise<readonly Found[]> {
    try {
      return await this.#deps.repositories.read(items)
    } catch (error) {
      if (!isFault(error)) throw error
      return items.map(() => ({ is: 'failed', message: error.message }))
    }
  }

  async #readOne(place: Place, version: string | null): Promise<Found> {
    if (place.type === 'folder') return await this.#deps.folders.read(place, version)
    if (place.type === 'http') return await readHttpFile(this.#deps.egress, place.url, version)
    const host = this.#deps.hosts.find((candidate) => candidate.name === place.host)
    const url = host && rawUrl(host, { repository: place.repository, tail: `${place.ref ?? 'HEAD'}/${place.path}` })
    if (url === undefined) return { is: 'failed', message: `files of "${place.host}" are read only when it is declared as a GitHost` }
    return await readHttpFile(this.#deps.egress, url, version)
  }

  #isByGit(place: Place): place is RepositoryPlace {
    return place.type === 'repository' && this.#deps.hosts.some((host) => host.name === place.host && host.repositories !== undefined)
  }
}

async function inTurns<T>(items: readonly T[], count: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  await Promise.all(
    Array.from({ length: Math.min(count, items.length) }, async () => {
      for (const item of rest) await work(item)
    }),
  )
}
