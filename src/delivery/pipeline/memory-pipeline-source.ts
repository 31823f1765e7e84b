import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { PipelineSource } from './pipeline-source.ts'

interface Commit {
  sha: string
  message: string
  files: Readonly<Record<string, string>>
}

/** Repositories in memory. For tests of what runs workflows. */
export class MemoryPipelineSource implements PipelineSource {
  readonly #commits = new Map<string, Commit[]>()
  readonly #heads = new Map<string, string>()
  #count = 0

  /** Adds a commit to a branch (and the repository, when it is new). @returns its SHA. */
  commit(repository: string, files: Readonly<Record<string, string>>, options: { branch?: string; message?: string } = {}): string {
    const sha = (++this.#count).toString(16).padStart(40, 'a')
    this.#commits.set(repository, [...(this.#commits.get(repository) ?? []), { sha, files, message: options.message ?? 'A commit' }])
    this.#heads.set(`${repository} refs/heads/${options.branch ?? 'main'}`, sha)
    return sha
  }

  async describe(repository: string): Promise<{ defaultBranch: string } | undefined> {
    return this.#commits.has(repository) ? { defaultBranch: 'main' } : undefined
  }

  async resolve(repository: string, ref: string): Promise<{ sha: string; ref: string; message: string } | undefined> {
    const full = ref.startsWith('refs/') ? ref : `refs/heads/${ref}`
    const head = this.#heads.get(`${repository} ${full}`)
    const commit = this.#find(repository, head ?? ref)
    return commit && { sha: commit.sha, ref: head === undefined ? ref : full, message: commit.message }
  }

  async listFiles(repository: string, sha: string, folder: string): Promise<string[]> {
    return Object.keys(this.#find(repository, sha)?.files ?? {}).filter((file) => path.posix.dirname(file) === folder)
  }

  async readFile(repository: string, sha: string, file: string): Promise<string | undefined> {
    return this.#find(repository, sha)?.files[file]
  }

  async changedFiles(repository: string, before: string, after: string): Promise<string[] | undefined> {
    const [old, now] = [this.#find(repository, before), this.#find(repository, after)]
    if (!old || !now) return undefined
    return [...new Set([...Object.keys(old.files), ...Object.keys(now.files)])].filter((file) => old.files[file] !== now.files[file])
  }

  async checkout(repository: string, sha: string, folder: string): Promise<void> {
    for (const [file, content] of Object.entries(this.#find(repository, sha)?.files ?? {})) {
      await mkdir(path.join(folder, path.dirname(file)), { recursive: true })
      await writeFile(path.join(folder, file), content)
      if (content.startsWith('#!')) await chmod(path.join(folder, file), 0o755)
    }
  }

  #find(repository: string, sha: string): Commit | undefined {
    return this.#commits.get(repository)?.find((commit) => commit.sha === sha)
  }
}
