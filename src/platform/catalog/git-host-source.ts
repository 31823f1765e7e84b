import { minimatch } from 'minimatch'
import type { GitHost, Repository } from '#delivery/git-host'
import type { CatalogSource, RepositoryFile, RepositoryHead } from './catalog-source.ts'

type Host = Pick<GitHost, 'findRepository' | 'listRepositories' | 'resolveRef' | 'listTree' | 'readFiles'>

/** Larger descriptors are left out: they could not be one. */
const MAX_FILE_BYTES = 1024 * 1024

/** The built-in Git host as a source of descriptors. Links are not followed. */
export class GitHostSource implements CatalogSource {
  readonly #host: Host

  constructor(host: Host) {
    this.#host = host
  }

  async listRepositories(): Promise<RepositoryHead[]> {
    const heads: RepositoryHead[] = []
    let cursor: string | undefined
    do {
      const page = await this.#host.listRepositories({ limit: 200, ...(cursor === undefined ? {} : { cursor }) })
      for (const repository of page.items) heads.push(await this.#headOf(repository))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return heads
  }

  async findRepository(repository: string): Promise<RepositoryHead | undefined> {
    const { owner, name } = split(repository)
    const found = await this.#host.findRepository(owner, name)
    return found && (await this.#headOf(found))
  }

  async readFiles(repository: string, ref: string, globs: readonly string[]): Promise<{ commit: string; files: RepositoryFile[] } | undefined> {
    const at = split(repository)
    if (!(await this.#host.findRepository(at.owner, at.name))) return undefined
    const commit = await this.#host.resolveRef({ ...at, ref })
    if (commit === undefined) return undefined
    const tree = await this.#host.listTree({ ...at, ref: commit, recursive: true })
    const wanted = tree.filter(
      (entry) => entry.type === 'file' && (entry.sizeBytes ?? 0) <= MAX_FILE_BYTES && globs.some((glob) => minimatch(entry.path, glob, { dot: true })),
    )
    const paths = wanted.map((entry) => entry.path)
    const contents = await this.#host.readFiles({ ...at, ref: commit, paths, maxBytes: MAX_FILE_BYTES })
    const files = Array.from(contents, ([path, content]): RepositoryFile => ({ path, text: new TextDecoder().decode(content) }))
    return { commit, files }
  }

  async #headOf(repository: Repository): Promise<RepositoryHead> {
    const head = await this.#host.resolveRef({ owner: repository.owner, name: repository.name, ref: `refs/heads/${repository.defaultBranch}` })
    return { repository: `${repository.owner}/${repository.name}`, defaultBranch: repository.defaultBranch, head: head ?? null }
  }
}

function split(repository: string): { owner: string; name: string } {
  const [owner = '', name = ''] = repository.split('/')
  return { owner, name }
}
