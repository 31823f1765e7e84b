import type { GitHosts } from '#delivery/git-host'
import { isFault } from '#kernel/common/fault'
import type { Caller } from '#kernel/node/http'
import type { Catalog } from '#platform/catalog'
import { createEntityHistory, type EntityHistory } from '#platform/entity-history'
import type { Foundation } from './foundation.ts'

/** A descriptor is never larger. */
const MAX_BYTES = 4 * 1024 * 1024

/** History of entities; lines of their files are read from the Git hosts that they lie on. */
export function entityHistory(
  base: Foundation,
  deps: { catalog: () => Catalog; gitHosts: GitHosts; watchCredential: (caller: Caller, onEnd: () => void) => Disposable },
): EntityHistory {
  return createEntityHistory({
    db: base.db,
    catalog: deps.catalog,
    watchCredential: deps.watchCredential,
    readFile: async ({ repository, commit, path }) => {
      try {
        const { host, repository: at } = await deps.gitHosts.forRepository(repository)
        return Buffer.from(await host.host.readFile({ ...at, ref: commit, path, maxBytes: MAX_BYTES })).toString('utf8')
      } catch (error) {
        if (isFault(error)) return undefined
        throw error
      }
    },
  })
}
