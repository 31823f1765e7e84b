import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { systemClock, type Clock } from '#kernel/common/clock'
import { newId } from '#kernel/common/id'
import { gitHostFaults } from '../git-host-faults.ts'
import type { Branch, Commit, CommitRequest, GitHost, NewRepository, Push, Repository, RepositoryRef, TreeEntry } from '../git-host.ts'
import { assertBranch, assertFilePath, assertRepositoryName } from '../git-names.ts'
import { MemoryPullRequests } from './memory-pull-requests.ts'
import { MemoryRepository, type MemoryCommit } from './memory-repository.ts'
import { changedPaths, memoryFile } from './memory-tree.ts'

const MAX_FILE_BYTES = 8 * 1024 * 1024
const LINK = '120000'

/**
 * Keeps repositories in memory, without a git process: for tests that need many. It keeps the promises of `GitHost` and `PullRequests`; ids of files are
 * Git's, ids of commits are not, and a merge takes a rename for a removal and an addition.
 */
export class MemoryGitHost implements GitHost {
  readonly pullRequests: MemoryPullRequests
  readonly #clock: Clock
  readonly #repositories = new Map<string, MemoryRepository>()
  readonly #listeners = new Set<(push: Push) => void | Promise<void>>()

  constructor(options: { clock?: Clock } = {}) {
    this.#clock = options.clock ?? systemClock
    this.pullRequests = new MemoryPullRequests({
      clock: this.#clock,
      repositoryOf: (ref) => this.#get(ref),
      move: async (repository, branch, sha, actor) => await this.#move(repository, branch, sha, actor),
    })
  }

  /** Calls `listener` for each push, one after the other; whoever pushed waits for it. @returns how to stop that. */
  onPush(listener: (push: Push) => void | Promise<void>): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The pushes of a repository in order, e.g. of `acme/orders`. */
  pushesOf(repository: string): readonly Push[] {
    return this.#repositories.get(repository)?.pushes ?? []
  }

  async createRepository(input: NewRepository): Promise<Repository> {
    assertRepositoryName(input.owner, input.name)
    const { owner, name, description = '', defaultBranch = 'main', createdBy } = input
    assertBranch(defaultBranch)
    if (this.#repositories.has(`${owner}/${name}`)) throw gitHostFaults.exists({ repository: `${owner}/${name}` })
    const record: Repository = { id: newId('repo'), owner, name, description, defaultBranch, createdBy, createdAt: this.#clock.now() }
    this.#repositories.set(`${owner}/${name}`, new MemoryRepository(record))
    return { ...record }
  }

  async findRepository(owner: string, name: string): Promise<Repository | undefined> {
    assertRepositoryName(owner, name)
    return this.#repositories.get(`${owner}/${name}`)?.record
  }

  async listRepositories(page: { limit?: number; cursor?: string | undefined } = {}): Promise<{ items: Repository[]; nextCursor: string | null }> {
    const limit = Math.min(Math.max(page.limit ?? 50, 1), 200)
    // A blank sorts before every character of a name: by owner, then by name.
    const keyOf = ({ owner, name }: RepositoryRef): string => `${owner} ${name}`
    const all = [...this.#repositories.values()].map(({ record }) => record).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    const rest = all.filter((record) => keyOf(record) > (page.cursor ?? ''))
    const items = rest.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: rest.length > limit && last ? keyOf(last) : null }
  }

  async deleteRepository(repository: RepositoryRef, _actor: string): Promise<void> {
    this.#repositories.delete(`${repository.owner}/${repository.name}`)
  }

  async commitFiles(request: CommitRequest): Promise<{ sha: string }> {
    assertBranch(request.branch)
    for (const file of request.files) assertFilePath(file.path)
    const repository = this.#get(request)
    const parent = repository.refs.get(`refs/heads/${request.branch}`)
    const expected = request.expectedParent
    if (expected !== undefined && (expected ?? undefined) !== parent)
      throw gitHostFaults.stale_parent({ repository: repository.name, branch: request.branch, expected: expected ?? 'nothing', found: parent ?? 'nothing' })
    const before = parent === undefined ? new Map() : (repository.commits.get(parent)?.tree ?? new Map())
    const tree = new Map(before)
    for (const file of request.files) {
      if (file.content === null) tree.delete(file.path)
      else tree.set(file.path, memoryFile(file.content, file.mode ?? '100644'))
    }
    if (parent !== undefined && changedPaths(before, tree).length === 0) return { sha: parent }
    const { message, author } = request
    const commit = repository.store({ tree, parents: parent === undefined ? [] : [parent], message: message.trimEnd(), author, at: this.#clock.now() })
    await this.#move(repository, request.branch, commit.sha, request.pusher)
    return { sha: commit.sha }
  }

  async readFile(request: RepositoryRef & { ref: string; path: string; maxBytes?: number }): Promise<Uint8Array> {
    assertFilePath(request.path)
    const { repository, commit } = this.#at(request)
    const file = commit.tree.get(request.path)
    if (!file) throw gitHostFaults.path_not_found({ repository: repository.name, ref: request.ref, path: request.path })
    const limitBytes = request.maxBytes ?? MAX_FILE_BYTES
    if (file.content.length > limitBytes) throw gitHostFaults.too_large({ path: request.path, limitBytes })
    return Buffer.from(file.content)
  }

  async readFiles(request: RepositoryRef & { ref: string; paths: readonly string[]; maxBytes?: number }): Promise<ReadonlyMap<string, Uint8Array>> {
    const { commit } = this.#at(request)
    const found = new Map<string, Uint8Array>()
    for (const path of request.paths) {
      const file = commit.tree.get(path)
      if (file && file.content.length <= (request.maxBytes ?? MAX_FILE_BYTES)) found.set(path, Buffer.from(file.content))
    }
    return found
  }

  async listTree(request: RepositoryRef & { ref: string; path?: string; recursive?: boolean }): Promise<TreeEntry[]> {
    const { repository, commit } = this.#at(request)
    const folder = request.path ?? ''
    if (folder !== '') assertFilePath(folder)
    const start = folder === '' ? '' : `${folder}/`
    const entries = new Map<string, TreeEntry>()
    for (const [file, { mode, sha, content }] of commit.tree) {
      if (!file.startsWith(start)) continue
      const child = `${start}${file.slice(start.length).split('/', 1)[0] ?? ''}`
      if (request.recursive || child === file) entries.set(file, { path: file, type: mode === LINK ? 'link' : 'file', mode, sha, sizeBytes: content.length })
      else entries.set(child, { path: child, type: 'folder', mode: '040000', sha: commit.sha, sizeBytes: null })
    }
    if (folder !== '' && entries.size === 0) throw gitHostFaults.path_not_found({ repository: repository.name, ref: request.ref, path: folder })
    return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  async resolveRef(request: RepositoryRef & { ref: string }): Promise<string | undefined> {
    return this.#get(request).find(request.ref)?.sha
  }

  async log(request: RepositoryRef & { ref: string; limit?: number; path?: string }): Promise<Commit[]> {
    const { repository, commit } = this.#at(request)
    const limit = Math.min(Math.max(request.limit ?? 50, 1), 1_000)
    const found: Commit[] = []
    for (const { tree: _, sequence: __, ...told } of repository.history(commit.sha)) {
      if (found.length === limit) break
      const whole = repository.commits.get(told.sha)
      if (request.path === undefined || (whole && repository.touches(whole, request.path))) found.push(told)
    }
    return found
  }

  async listBranches(
    request: RepositoryRef & { prefix?: string; limit?: number; cursor?: string | undefined },
  ): Promise<{ items: Branch[]; nextCursor: string | null }> {
    const limit = Math.min(Math.max(request.limit ?? 100, 1), 200)
    const rest = [...this.#get(request).refs]
      .flatMap(([ref, sha]) => (ref.startsWith('refs/heads/') ? [{ name: ref.slice('refs/heads/'.length), sha }] : []))
      .filter(({ name }) => name.startsWith(request.prefix ?? '') && name > (request.cursor ?? ''))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    const items = rest.slice(0, limit)
    return { items, nextCursor: rest.length > limit ? (items.at(-1)?.name ?? null) : null }
  }

  async ensureBranch(request: RepositoryRef & { branch: string; from: string; actor: string }): Promise<{ sha: string }> {
    assertBranch(request.branch)
    const repository = this.#get(request)
    const known = repository.refs.get(`refs/heads/${request.branch}`)
    if (known !== undefined) return { sha: known }
    const { commit } = this.#at({ ...request, ref: request.from })
    await this.#move(repository, request.branch, commit.sha, request.actor)
    return { sha: commit.sha }
  }

  async deleteBranch(request: RepositoryRef & { branch: string; actor: string; expectedSha?: string }): Promise<void> {
    assertBranch(request.branch)
    const repository = this.#get(request)
    const which = { repository: repository.name, branch: request.branch }
    if (request.branch === repository.record.defaultBranch) throw gitHostFaults.default_branch(which)
    const found = repository.refs.get(`refs/heads/${request.branch}`)
    if (found === undefined) return
    if (request.expectedSha !== undefined && request.expectedSha !== found) throw gitHostFaults.stale_parent({ ...which, expected: request.expectedSha, found })
    await this.#move(repository, request.branch, undefined, request.actor)
  }

  async archive(request: RepositoryRef & { ref: string }): Promise<Readable> {
    const tar = pack()
    for (const [name, file] of this.#at(request).commit.tree) tar.entry({ name, mode: file.mode === '100755' ? 0o755 : 0o644 }, file.content)
    tar.finalize()
    return tar as unknown as Readable
  }

  async checkout(request: RepositoryRef & { ref: string; folder: string }): Promise<{ sha: string }> {
    const { commit } = this.#at(request)
    await mkdir(request.folder, { recursive: true })
    for (const [name, file] of commit.tree) {
      const target = path.join(request.folder, name)
      await mkdir(path.dirname(target), { recursive: true })
      await writeFile(target, file.content, { mode: file.mode === '100755' ? 0o755 : 0o644 })
    }
    return { sha: commit.sha }
  }

  async #move(repository: MemoryRepository, branch: string, sha: string | undefined, actor: string): Promise<void> {
    const push = repository.move(`refs/heads/${branch}`, sha, actor)
    await this.pullRequests.settle(repository, push)
    for (const listener of this.#listeners) await listener(push)
  }

  #get(ref: RepositoryRef): MemoryRepository {
    assertRepositoryName(ref.owner, ref.name)
    const found = this.#repositories.get(`${ref.owner}/${ref.name}`)
    if (!found) throw gitHostFaults.not_found({ repository: `${ref.owner}/${ref.name}` })
    return found
  }

  #at(request: RepositoryRef & { ref: string }): { repository: MemoryRepository; commit: MemoryCommit } {
    const repository = this.#get(request)
    const commit = repository.find(request.ref)
    if (!commit) throw gitHostFaults.ref_not_found({ repository: repository.name, ref: request.ref })
    return { repository, commit }
  }
}
