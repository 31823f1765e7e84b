/** Files and history of the repositories that documentation is read from. Git hosts implement it in `main`. */
export interface DocsReader {
  /** The commit at the head of a branch; undefined when repository or branch is not there. */
  headOf(repository: string, branch: string): Promise<string | undefined>
  /** Paths of all files of a commit, links left out. */
  listFiles(repository: string, commit: string): Promise<readonly string[]>
  /** @throws when the file is not there or larger than `maxBytes`. */
  readFile(repository: string, commit: string, path: string, maxBytes: number): Promise<Uint8Array>
  /** Newest first; below `path` when given. */
  log(repository: string, commit: string, options: { path?: string; limit: number }): Promise<readonly { sha: string; author: string; at: Date }[]>
  /** Where people edit a file. */
  editUrl(repository: string, branch: string, path: string): string
}
