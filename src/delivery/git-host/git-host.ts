import type { Readable } from 'node:stream'
import type { Id } from '#kernel/common/id'
import type { PullRequests } from './pull-request.ts'

/** A repository as the host knows it. */
export interface Repository {
  id: Id<'repo'>
  owner: string
  name: string
  description: string
  defaultBranch: string
  /** Entity ref. */
  createdBy: string
  createdAt: Date
}

/** Which repository, e.g. `{ owner: 'acme', name: 'orders' }`. */
export interface RepositoryRef {
  owner: string
  name: string
}

/** A repository to be made. `defaultBranch` is `main` when absent. */
export interface NewRepository extends RepositoryRef {
  description?: string
  /** Default `main`. */
  defaultBranch?: string
  createdBy: string
}

/** One file of a commit: its new content, or null to delete it. */
export interface FileWrite {
  /** E.g. `src/server.js`. */
  path: string
  /** `null` removes the file; removing an absent one is a success. */
  content: Uint8Array | null
  /** Default `100644`. */
  mode?: '100644' | '100755'
}

/** A commit to be put on a branch. With `expectedParent`, only on that commit (null: only on a branch that is not there yet). */
export interface CommitRequest extends RepositoryRef {
  branch: string
  message: string
  author: { name: string; email: string }
  files: readonly FileWrite[]
  /** The commit that the branch must be at; `null`: the branch must not exist; absent: whatever it is at. */
  expectedParent?: string | null
  /** Who is told as the pusher: an entity ref. */
  pusher: string
}

/** A file, folder, link or submodule of a commit. */
export interface TreeEntry {
  path: string
  type: 'file' | 'folder' | 'link' | 'submodule'
  mode: string
  sha: string
  /** Of files and links. */
  sizeBytes: number | null
}

/** A commit as the log tells it. */
export interface Commit {
  sha: string
  parents: readonly string[]
  message: string
  author: { name: string; email: string }
  at: Date
}

/** A branch and the commit that it is at. */
export interface Branch {
  /** E.g. `main`. */
  name: string
  sha: string
}

/** One ref that moved. `before` is zeros for a new ref, `after` for a deleted one. */
export interface Push {
  id: Id<'push'>
  /** `acme/orders` */
  repository: string
  /** `refs/heads/main` or `refs/tags/…` */
  ref: string
  before: string
  after: string
  pusher: string
}

/**
 * Keeps Git repositories. Promises, each with a test in `git-host-contract.ts`:
 * - Each ref update, by a Git client or by `commitFiles`, is recorded once, in order, with who did it: a `Push` and the event `delivery.push.received`.
 * - `commitFiles` is atomic, safe among many writers of one branch, and makes no commit when nothing would change: called again with the same files it
 *   answers the same commit.
 * - Nothing that a repository contains is ever run, and no name, ref or path leads outside of it.
 */
export interface GitHost {
  readonly pullRequests: PullRequests

  /** @throws `delivery.git_host.bad_name`, `delivery.git_host.exists`. */
  createRepository(input: NewRepository): Promise<Repository>
  findRepository(owner: string, name: string): Promise<Repository | undefined>
  /** By owner and name. */
  listRepositories(page?: { limit?: number; cursor?: string | undefined }): Promise<{ items: Repository[]; nextCursor: string | null }>
  /** Of an absent one it is a success. */
  deleteRepository(repository: RepositoryRef, actor: string): Promise<void>

  /** @throws `…bad_name`, `…not_found`, `…stale_parent` (then nothing was changed), `…busy`. */
  commitFiles(request: CommitRequest): Promise<{ sha: string }>
  /** @param ref a branch, tag, full ref or full commit id. @throws `…not_found`, `…ref_not_found`, `…path_not_found`, `…too_large` (over `maxBytes`, default 8 MiB). */
  readFile(request: RepositoryRef & { ref: string; path: string; maxBytes?: number }): Promise<Uint8Array>
  /**
   * Many files of one commit at once, by path. What is absent, no file, no good path or over `maxBytes` (default 8 MiB) is left out.
   * @throws `…not_found`, `…ref_not_found`.
   */
  readFiles(request: RepositoryRef & { ref: string; paths: readonly string[]; maxBytes?: number }): Promise<ReadonlyMap<string, Uint8Array>>
  /** Entries sorted by path, with paths from the repository's root. @throws `…not_found`, `…ref_not_found`, `…path_not_found`. */
  listTree(request: RepositoryRef & { ref: string; path?: string; recursive?: boolean }): Promise<TreeEntry[]>
  /** The commit that a ref leads to (an annotated tag is followed); undefined when there is none. @throws `…not_found`. */
  resolveRef(request: RepositoryRef & { ref: string }): Promise<string | undefined>
  /** Newest first, at most `limit` (default 50). @throws `…not_found`, `…ref_not_found`. */
  log(request: RepositoryRef & { ref: string; limit?: number; path?: string }): Promise<Commit[]>
  /** The files of a commit as a tar stream. @throws `…not_found`, `…ref_not_found`. */
  archive(request: RepositoryRef & { ref: string }): Promise<Readable>
  /** By name. `prefix` leaves out others, e.g. `fairway/`; `limit` is 1 to 200, default 100. @throws `…not_found`. */
  listBranches(
    request: RepositoryRef & { prefix?: string; limit?: number; cursor?: string | undefined },
  ): Promise<{ items: Branch[]; nextCursor: string | null }>
  /**
   * Makes a branch at the commit that `from` (a ref) leads to. One that is there already is left where it is: its commit is the answer.
   * @throws `…bad_name`, `…not_found`, `…ref_not_found`.
   */
  ensureBranch(request: RepositoryRef & { branch: string; from: string; actor: string }): Promise<{ sha: string }>
  /**
   * Of an absent branch it is a success. With `expectedSha`, only when the branch is at that commit.
   * @throws `…bad_name`, `…not_found`, `…default_branch` (it can't be deleted), `…stale_parent` (then nothing was changed).
   */
  deleteBranch(request: RepositoryRef & { branch: string; actor: string; expectedSha?: string }): Promise<void>
  /** Writes the files of a commit into `folder` (made when absent; files of the same name are overwritten). No `.git`, no hooks, no filters. */
  checkout(request: RepositoryRef & { ref: string; folder: string }): Promise<{ sha: string }>
}
