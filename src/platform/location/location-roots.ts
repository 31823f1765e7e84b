import type { CrawlRoot } from './crawl.ts'
import { isGlob } from './glob.ts'
import type { LocationTarget } from './location-target.ts'
import { placeKey, type Address, type Place, type RepositoryPlace } from './place.ts'
import type { RepositoryReader } from './repository-reader.ts'

/** Where a reading begins, and how its files are called. */
export interface LocationRoots {
  roots: CrawlRoot[]
  /** The name of a file within its source: its path when it lies in the location's own repository, its whole address otherwise. */
  keyOf: (place: Place) => string
  /** True for what lies in the location's own repository, or on the machine as it does. */
  isOwn: (place: Place) => boolean
  /** The location's own repository. */
  home: RepositoryPlace | undefined
}

/** Turns a target (but an organisation, which has no files of its own) into what is to be read. @throws a fault in words for the author. */
export async function rootsOf(target: Exclude<LocationTarget, { kind: 'organisation' }>, repositories: RepositoryReader): Promise<LocationRoots> {
  if (target.kind === 'file')
    return at(undefined, [{ address: { type: 'folder', path: target.path }, target: target.target, isRequired: true, isLoose: !isGlob(target.path) }])
  if (target.kind === 'url') {
    const address: Address = target.address.type === 'unsettled' ? await repositories.settle(target.address) : target.address
    return at(address.type === 'repository' ? address : undefined, [{ address, target: target.target, isRequired: true }])
  }
  const { ref, folder } = await repositories.settleFolder(target)
  const home = { type: 'repository' as const, host: target.host, repository: target.repository, ref, path: '' }
  return at(
    home,
    target.globs.map((glob) => ({ address: { ...home, path: folder === '' ? glob : `${folder}/${glob}` }, target: target.target, isRequired: false })),
  )
}

function at(home: RepositoryPlace | undefined, roots: CrawlRoot[]): LocationRoots {
  const isHome = (place: Place): boolean =>
    home !== undefined && place.type === 'repository' && place.host === home.host && place.repository === home.repository && place.ref === home.ref
  return { roots, keyOf: (place) => (isHome(place) && place.type === 'repository' ? place.path : placeKey(place)), isOwn: isHome, home }
}
