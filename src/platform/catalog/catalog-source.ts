/**
 * Where descriptors come from: Git repositories. The Git host implements it.
 *
 * Promises: `readFiles` reads one commit, so that files fit together; a repository or ref that is not there answers undefined;
 * symlinks are not followed and are not listed.
 */
export interface CatalogSource {
  /** All repositories with the commit at the head of their default branch; `head` is null for an empty one. */
  listRepositories(): Promise<readonly RepositoryHead[]>
  findRepository(repository: string): Promise<RepositoryHead | undefined>
  /** The files at `ref` (a branch or commit) whose path is one of `globs` (`catalog-info.yaml`, or `**` + `/*.yaml`), as text. */
  readFiles(repository: string, ref: string, globs: readonly string[]): Promise<{ commit: string; files: readonly RepositoryFile[] } | undefined>
}

export interface RepositoryHead {
  /** `owner/name`. */
  repository: string
  defaultBranch: string
  head: string | null
}

export interface RepositoryFile {
  path: string
  text: string
}

/** Repositories in memory. For tests. */
export class MemoryCatalogSource implements CatalogSource {
  readonly #repositories = new Map<string, { commit: number; files: Map<string, string> }>()

  /** Writes (or, with null, deletes) a file, as a commit of its own. */
  write(repository: string, path: string, text: string | null): void {
    const found = this.#repositories.get(repository) ?? { commit: 0, files: new Map<string, string>() }
    if (text === null) found.files.delete(path)
    else found.files.set(path, text)
    this.#repositories.set(repository, { commit: found.commit + 1, files: found.files })
  }

  remove(repository: string): void {
    this.#repositories.delete(repository)
  }

  async listRepositories(): Promise<RepositoryHead[]> {
    return [...this.#repositories].map(([repository, { commit }]) => ({ repository, defaultBranch: 'main', head: `c${commit}` }))
  }

  async findRepository(repository: string): Promise<RepositoryHead | undefined> {
    return (await this.listRepositories()).find((candidate) => candidate.repository === repository)
  }

  async readFiles(repository: string, _ref: string, globs: readonly string[]): Promise<{ commit: string; files: RepositoryFile[] } | undefined> {
    const found = this.#repositories.get(repository)
    if (!found) return undefined
    const isWanted = (path: string): boolean => globs.some((glob) => (glob.startsWith('**/*') ? path.endsWith(glob.slice(4)) : glob === path))
    return { commit: `c${found.commit}`, files: [...found.files].filter(([path]) => isWanted(path)).map(([path, text]) => ({ path, text })) }
  }
}
