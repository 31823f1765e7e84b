import { git, runGit, type GitFolders } from '../git-command.ts'
import type { RepositoryRef } from '../git-host.ts'
import { isSha } from '../git-names.ts'

/** Bytes of contents that one git process is asked for. */
const BATCH_BYTES = 32 * 1024 * 1024

/** Reads many files of one commit of a bare repository by a few processes. For commits that are there already: `resolveRef` brings them. */
export class BareFiles {
  readonly #folders: GitFolders
  readonly #gitDirOf: (repository: RepositoryRef) => string

  constructor(folders: GitFolders, gitDirOf: (repository: RepositoryRef) => string) {
    this.#folders = folders
    this.#gitDirOf = gitDirOf
  }

  /** Contents by path; absent ones, folders and links to elsewhere are left out, those over `maxBytes` are `large`. @param commit a full id. */
  async read(repository: RepositoryRef, commit: string, paths: readonly string[], maxBytes: number): Promise<Map<string, Uint8Array | 'large'>> {
    assertCommit(commit)
    const gitDir = this.#gitDirOf(repository)
    const found = new Map<string, Uint8Array | 'large'>()
    // What starts with dots means the working tree to git, which there is none of: it would end all of the answer.
    const asked = paths.filter((path) => path !== '' && !/[\n\0]|^\.{1,2}(?:\/|$)/.test(path))
    const input = asked.map((path) => `${commit}:${path}\n`).join('')
    if (input === '') return found
    const told = (await git(this.#folders, gitDir, { args: ['cat-file', '--batch-check=%(objecttype) %(objectname) %(objectsize)'], input }))
      .toString('utf8')
      .split('\n')
    let batch: { path: string; id: string; sizeBytes: number }[] = []
    let batchBytes = 0
    const flush = async (): Promise<void> => {
      if (batch.length > 0) await this.#readBatch(gitDir, batch, found)
      ;[batch, batchBytes] = [[], 0]
    }
    for (const [index, path] of asked.entries()) {
      const [, id, size] = /^blob ([0-9a-f]{40}) (\d+)$/.exec(told[index] ?? '') ?? []
      if (id === undefined) continue
      const sizeBytes = Number(size)
      if (sizeBytes > maxBytes) {
        found.set(path, 'large')
        continue
      }
      if (batchBytes + sizeBytes > BATCH_BYTES) await flush()
      batch.push({ path, id, sizeBytes })
      batchBytes += sizeBytes
    }
    await flush()
    return found
  }

  /** Regular files that differ between two commits, with the id of the content now; null when gone. Undefined when a commit is not there. */
  async diff(repository: RepositoryRef, before: string, after: string): Promise<Map<string, string | null> | undefined> {
    assertCommit(before)
    assertCommit(after)
    const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--no-ext-diff', before, after]
    const result = await runGit(this.#folders, this.#gitDirOf(repository), { args })
    if (result.exitCode !== 0) return undefined
    const fields = result.stdout.toString('utf8').split('\0')
    const altered = new Map<string, string | null>()
    for (let index = 0; index + 1 < fields.length; index += 2) {
      const [, mode, id] = /^:\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [A-Z]/.exec(fields[index] ?? '') ?? []
      if (id !== undefined) altered.set(fields[index + 1] ?? '', mode?.startsWith('100') === true ? id : null)
    }
    return altered
  }

  async #readBatch(gitDir: string, batch: readonly { path: string; id: string; sizeBytes: number }[], into: Map<string, Uint8Array | 'large'>): Promise<void> {
    const input = batch.map(({ id }) => `${id}\n`).join('')
    const output = await git(this.#folders, gitDir, { args: ['cat-file', '--batch'], input, maxOutputBytes: BATCH_BYTES + batch.length * 100 + 1024 * 1024 })
    let at = 0
    for (const { path, sizeBytes } of batch) {
      // `<id> blob <size>`, a line end, the content, a line end (git-cat-file(1), BATCH OUTPUT).
      const start = output.indexOf('\n', at) + 1
      into.set(path, output.subarray(start, start + sizeBytes))
      at = start + sizeBytes + 1
    }
  }
}

function assertCommit(commit: string): void {
  if (!isSha(commit)) throw new Error(`"${commit.slice(0, 60)}" is no full commit id`)
}
