import type { GitHosts } from '#delivery/git-host'
import type { Catalog } from '#platform/catalog'
import { createDocumentation, startDocumentationRescan, type DocsReader, type Documentation } from '#platform/documentation'
import type { Foundation } from './foundation.ts'
import { LastOnes } from './last-ones.ts'

/** Documentation of the catalog's entities, from the Git hosts that their files lie on. */
export function documentation(
  base: Foundation,
  deps: { catalog: Pick<Catalog, 'reader' | 'subscribe'>; gitHosts: GitHosts; publicUrl: () => string },
): Documentation & { start(): AsyncDisposable } {
  const { catalog, gitHosts, publicUrl } = deps
  const own = { db: base.db, clock: base.clock, log: base.log, reader: docsReader(gitHosts, publicUrl), catalog: catalog.reader }
  const made = createDocumentation(own)
  return {
    ...made,
    start: () => {
      const stack = new AsyncDisposableStack()
      // One after another: a burst of entities must not read all their repositories at once.
      let turn = Promise.resolve()
      const stop = new AbortController()
      const unsubscribe = catalog.subscribe((refs) => {
        if (refs !== 'everything') turn = turn.then(async () => await made.onEntities(refs, stop.signal))
      })
      stack.defer(async () => {
        unsubscribe()
        stop.abort()
        await turn
      })
      stack.use(startDocumentationRescan(own))
      return stack
    },
  }
}

const LISTINGS_KEPT = 8

function docsReader(gitHosts: GitHosts, publicUrl: () => string): DocsReader {
  const at = async (repository: string): ReturnType<GitHosts['forRepository']> => await gitHosts.forRepository(repository)
  const listFiles = async (repository: string, commit: string): Promise<string[]> => {
    const { host, repository: ref } = await at(repository)
    return (await host.host.listTree({ ...ref, ref: commit, recursive: true })).flatMap((entry) => (entry.type === 'file' ? [entry.path] : []))
  }
  // A commit never changes, and a repository may declare a thousand entities: each asks for the same list.
  const listings = new LastOnes<string[]>(LISTINGS_KEPT)
  return {
    headOf: async (repository, branch) => {
      const { host, repository: ref } = await at(repository)
      return (await host.host.findRepository(ref.owner, ref.name)) && (await host.host.resolveRef({ ...ref, ref: `refs/heads/${branch}` }))
    },
    listFiles: async (repository, commit) => await listings.get(`${repository}@${commit}`, async () => await listFiles(repository, commit)),
    readFile: async (repository, commit, path, maxBytes) => {
      const { host, repository: ref } = await at(repository)
      return await host.host.readFile({ ...ref, ref: commit, path, maxBytes })
    },
    log: async (repository, commit, options) => {
      const { host, repository: ref } = await at(repository)
      return (await host.host.log({ ...ref, ref: commit, ...options })).map(({ sha, author, at: when }) => ({ sha, author: author.name, at: when }))
    },
    // The portal edits what lies in the built-in host; a forge's own page is the one to edit what lies there.
    editUrl: (repository, branch, path) =>
      repository.split('/').length === 2
        ? `${publicUrl()}/repositories/${repository}/edit?${new URLSearchParams({ file: path, ref: branch }).toString()}`
        : `https://${repository}/blob/${branch}/${path}`,
  }
}
