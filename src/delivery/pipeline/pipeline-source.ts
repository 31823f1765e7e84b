/** Where the engine finds workflow files and commits. The platform gives it the Git host. */
export interface PipelineSource {
  /** Undefined when there is no such repository. */
  describe(repository: string): Promise<{ defaultBranch: string } | undefined>
  /** A branch, tag, full ref or SHA as a commit; undefined when it does not exist. `ref` is the full ref, e.g. `refs/heads/main`. */
  resolve(repository: string, ref: string): Promise<{ sha: string; ref: string; message: string } | undefined>
  /** Paths of the files in a folder at a commit; empty when there is no such folder. */
  listFiles(repository: string, sha: string, folder: string): Promise<string[]>
  /** Undefined when there is no such file. */
  readFile(repository: string, sha: string, path: string): Promise<string | undefined>
  /** Paths that differ between two commits; undefined when nobody can say, e.g. for a new branch. */
  changedFiles(repository: string, before: string, after: string): Promise<string[] | undefined>
  /**
   * Puts the files of a commit into an existing, empty folder.
   * @param options.depth commits of history: 0 all, 1 this one alone (the default).
   */
  checkout(repository: string, sha: string, folder: string, options: { depth: number; signal: AbortSignal }): Promise<void>
}
