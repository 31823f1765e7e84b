import { isFault } from '#kernel/common/fault'
import type { CrawlResult } from './crawl.ts'
import type { LocationRoots } from './location-roots.ts'
import type { StoredFile } from './location-store.ts'
import type { LocationTarget } from './location-target.ts'
import type { Location } from './location.ts'
import type { RepositoryPlace } from './place.ts'
import { baseKey, type RepositoryBase, type RepositoryReader } from './repository-reader.ts'

/** What the last reading knew of each repository whose files it read in full. */
export function basesOf(location: Pick<Location, 'commits'>, files: readonly StoredFile[], target: LocationTarget): Map<string, RepositoryBase> {
  const bases = new Map<string, RepositoryBase>()
  const places = files.flatMap((file) => [file, ...file.includes])
  for (const [key, commit] of Object.entries(location.commits)) {
    const of = places.filter((item) => item.place.type === 'repository' && baseKey(item.place) === key && item.version !== null)
    const known = of.map((item): [string, string] => [(item.place as RepositoryPlace).path, item.version ?? ''])
    const globs = target.kind === 'git' && target.tail === null && key === baseKey({ ...target, ref: null }) ? target.globs : []
    bases.set(key, { commit, files: new Map(known), globs })
  }
  return bases
}

/** Branch and commit of each repository that something was read of. */
export async function placesRead(
  result: CrawlResult,
  roots: LocationRoots,
  repositories: RepositoryReader,
): Promise<{ branches: Map<string, string>; commits: Map<string, string> }> {
  const branches = new Map<string, string>()
  const commits = new Map<string, string>()
  const places = result.files.filter((file) => !file.isKept).map((file) => file.place)
  for (const place of roots.home ? [roots.home, ...places] : places) {
    if (place.type !== 'repository' || commits.has(baseKey(place))) continue
    try {
      commits.set(baseKey(place), await repositories.commitOf(place))
      branches.set(baseKey(place), await repositories.refOf(place))
    } catch (error) {
      if (!isFault(error)) throw error // a public file of a host that nobody declared: read by http
    }
  }
  return { branches, commits }
}
