import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import type { Clock } from '#kernel/common/clock'
import { newId } from '#kernel/common/id'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import { BareFiles } from './remote/bare-files.ts'
import { git, gitFolders, type GitFolders } from './git-command.ts'
import { installHooks } from './git-hooks.ts'
import { gitHostFaults } from './git-host-faults.ts'
import { deleteRepositoryRow, findRepositoryRow, insertRepository, listRepositoryRows } from './git-host-store.ts'
import type { Branch, Commit, CommitRequest, GitHost, NewRepository, Repository, RepositoryRef, TreeEntry } from './git-host.ts'
import { assertBranch, assertFilePath, assertRepositoryName } from './git-names.ts'
import { archiveCommit, checkoutCommit, readBlob, readLog, readTree, resolveCommit } from './git-reader.ts'
import { dropScratch, moveBranch, prepareCommit, SCRATCH } from './git-writer.ts'
import { deleteBranch, ensureBranch, listBranches, type LocalBranchesDeps } from './local-branches.ts'
import { LocalPullRequests } from './local-pull-requests.ts'
import { PushRecorder } from './push-recorder.ts'

/** What the local Git host works with. */
export interface LocalGitHostDeps {
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
  /** Folder of the bare repositories, e.g. `<data>/git`. */
  root: string
  /** Where people reach the portal, for the addresses of pull requests. Default: addresses without a host. */
  publicUrl?: () => string
}

const MAX_FILE_BYTES = 8 * 1024 * 1024
/** Writers of one branch that get in our way before we give up; each of them got through, so work goes on. */
const COMMIT_ATTEMPTS = 12

/** Bare repositories on this machine's disk, worked on by the system's git. For one node. */
export class LocalGitHost implements GitHost {
  readonly folders: GitFolders
  readonly recorder: PushRecorder
  readonly pullRequests: LocalPullRequests
  readonly #deps: LocalGitHostDeps
  readonly #listeners = new Set<() => void>()
  readonly #pullRequestListeners = new Set<() => void>()

  private constructor(deps: LocalGitHostDeps) {
    this.#deps = deps
    this.folders = gitFolders(deps.root)
    this.recorder = new PushRecorder({
      ...deps,
      gitDirOf: (repository) => this.gitDirOf(repository),
      settle: async (tx, repository, pushes) => await this.pullRequests.settle(tx, repository, pushes),
      onRecorded: () => {
        for (const listener of [...this.#listeners, ...this.#pullRequestListeners]) listener()
      },
    })
    this.pullRequests = new LocalPullRequests({
      ...deps,
      folders: this.folders,
      recorder: this.recorder,
      getRepository: async (owner, name) => await this.getRepository(owner, name),
      gitDirOf: (repository) => this.gitDirOf(repository),
      publicUrl: deps.publicUrl ?? (() => ''),
      onMoved: () => {
        for (const listener of this.#pullRequestListeners) listener()
      },
    })
  }

  /** Opens the host below `root` (made when absent) and installs its hook. Does not look for pushes yet: see `startGitHost`. */
  static async open(deps: LocalGitHostDeps): Promise<LocalGitHost> {
    const host = new LocalGitHost(deps)
    await installHooks(host.folders)
    return host
  }

  /** Calls `listener` whenever pushes were recorded. @returns how to stop that. */
  onRecorded(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls `listener` whenever a pull request may have been opened or moved. @returns how to stop that. */
  onPullRequest(listener: () => void): () => void {
    this.#pullRequestListeners.add(listener)
    return () => this.#pullRequestListeners.delete(listener)
  }

  gitDirOf(repository: RepositoryRef): string {
    assertRepositoryName(repository.owner, repository.name)
    return path.join(this.folders.root, repository.owner, `${repository.name}.git`)
  }

  async createRepository(input: NewRepository): Promise<Repository> {
    const gitDir = this.gitDirOf(input)
    const defaultBranch = input.defaultBranch ?? 'main'
    assertBranch(defaultBranch)
    const repository: Repository = {
      id: newId('repo'),
      owner: input.owner,
      name: input.name,
      description: input.description ?? '',
      defaultBranch,
      createdBy: input.createdBy,
      createdAt: this.#deps.clock.now(),
    }
    const staged = path.join(this.folders.work, repository.id)
    await mkdir(staged, { mode: 0o700 })
    try {
      await git(this.folders, staged, { args: ['init', '--quiet', '--bare', '--template=', `--initial-branch=${defaultBranch}`, staged] })
      await this.#deps.db.transaction().execute(async (tx) => {
        if (!(await insertRepository(tx, repository))) throw gitHostFaults.exists({ repository: nameOf(input) })
        await this.#deps.journal.append(tx, {
          type: 'delivery.repository.created',
          subject: `repository/${nameOf(input)}`,
          actor: input.createdBy,
          data: { id: repository.id, repository: nameOf(input), defaultBranch },
        })
        // The row is ours now, so a folder that lies there is what a crash left of another: it belongs to nobody.
        await rm(gitDir, { recursive: true, force: true })
        await mkdir(path.dirname(gitDir), { recursive: true, mode: 0o700 })
        await rename(staged, gitDir)
      })
    } finally {
      await rm(staged, { recursive: true, force: true })
    }
    return repository
  }

  async findRepository(owner: string, name: string): Promise<Repository | undefined> {
    assertRepositoryName(owner, name)
    return await findRepositoryRow(this.#deps.db, owner, name)
  }

  /** As `findRepository`. @throws `delivery.git_host.not_found`. */
  async getRepository(owner: string, name: string): Promise<Repository> {
    const found = await this.findRepository(owner, name)
    if (!found) throw gitHostFaults.not_found({ repository: `${owner}/${name}` })
    return found
  }

  async listRepositories(page: { limit?: number; cursor?: string | undefined } = {}): Promise<{ items: Repository[]; nextCursor: string | null }> {
    const limit = Math.min(Math.max(page.limit ?? 50, 1), 200)
    const [owner, name] = page.cursor === undefined ? [] : Buffer.from(page.cursor, 'base64url').toString('utf8').split('/')
    const rows = await listRepositoryRows(this.#deps.db, limit + 1, owner === undefined || name === undefined ? undefined : { owner, name })
    const items = rows.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: rows.length > limit && last ? Buffer.from(nameOf(last)).toString('base64url') : null }
  }

  async deleteRepository(repository: RepositoryRef, actor: string): Promise<void> {
    const found = await this.findRepository(repository.owner, repository.name)
    if (!found) return
    const gitDir = this.gitDirOf(found)
    const doomed = path.join(this.folders.work, `${found.id}-deleted`)
    const deleting = this.#deps.db.transaction().execute(async (tx) => {
      await deleteRepositoryRow(tx, found.id)
      await this.#deps.journal.append(tx, {
        type: 'delivery.repository.deleted',
        subject: `repository/${nameOf(found)}`,
        actor,
        data: { id: found.id, repository: nameOf(found) },
      })
      await rename(gitDir, doomed).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
    })
    await deleting.catch(async (error: unknown) => {
      // The row is still there as far as we know: so must be what it speaks of.
      await rename(doomed, gitDir).catch(() => {})
      throw error
    })
    await rm(doomed, { recursive: true, force: true })
  }

  async commitFiles(request: CommitRequest): Promise<{ sha: string }> {
    assertBranch(request.branch)
    for (const file of request.files) assertFilePath(file.path)
    const repository = await this.getRepository(request.owner, request.name)
    const gitDir = this.gitDirOf(repository)
    for (let attempt = 0; attempt < COMMIT_ATTEMPTS; attempt++) {
      const parent = await resolveCommit(this.folders, gitDir, `refs/heads/${request.branch}`)
      const expected = request.expectedParent
      if (expected !== undefined && (expected ?? undefined) !== parent)
        throw gitHostFaults.stale_parent({ repository: nameOf(request), branch: request.branch, expected: expected ?? 'nothing', found: parent ?? 'nothing' })
      const commit = await prepareCommit(this.folders, gitDir, request, parent, this.#deps.clock.now())
      if (commit.isUnchanged && parent !== undefined) {
        await dropScratch(this.folders, gitDir, commit)
        return { sha: parent }
      }
      const update = { ref: `refs/heads/${request.branch}`, before: parent ?? '0'.repeat(40), after: commit.sha }
      const writeId = await this.recorder.begin(repository, request.pusher, [update])
      try {
        if (await moveBranch(this.folders, gitDir, request.branch, commit, parent)) return { sha: commit.sha }
      } finally {
        await this.recorder.end(repository, writeId)
      }
      await this.#deps.clock.sleep(5 * (attempt + 1))
    }
    throw gitHostFaults.busy({ repository: nameOf(request), branch: request.branch })
  }

  async readFile(request: RepositoryRef & { ref: string; path: string; maxBytes?: number }): Promise<Uint8Array> {
    const { gitDir, sha } = await this.#at(request)
    const limitBytes = request.maxBytes ?? MAX_FILE_BYTES
    const content = await readBlob(this.folders, gitDir, sha, request.path, limitBytes)
    if (content === 'absent') throw gitHostFaults.path_not_found({ repository: nameOf(request), ref: request.ref, path: request.path })
    if (content === 'large') throw gitHostFaults.too_large({ path: request.path, limitBytes })
    return content
  }

  async readFiles(request: RepositoryRef & { ref: string; paths: readonly string[]; maxBytes?: number }): Promise<ReadonlyMap<string, Uint8Array>> {
    const { gitDir, sha } = await this.#at(request)
    const found = await new BareFiles(this.folders, () => gitDir).read(request, sha, request.paths, request.maxBytes ?? MAX_FILE_BYTES)
    return new Map([...found].flatMap(([path, content]) => (content === 'large' ? [] : [[path, content]])))
  }

  async listTree(request: RepositoryRef & { ref: string; path?: string; recursive?: boolean }): Promise<TreeEntry[]> {
    const { gitDir, sha } = await this.#at(request)
    const entries = await readTree(this.folders, gitDir, sha, request.path ?? '', request.recursive ?? false)
    if (!entries) throw gitHostFaults.path_not_found({ repository: nameOf(request), ref: request.ref, path: request.path ?? '' })
    return entries
  }

  async resolveRef(request: RepositoryRef & { ref: string }): Promise<string | undefined> {
    const repository = await this.getRepository(request.owner, request.name)
    return await resolveCommit(this.folders, this.gitDirOf(repository), request.ref)
  }

  async log(request: RepositoryRef & { ref: string; limit?: number; path?: string }): Promise<Commit[]> {
    const { gitDir, sha } = await this.#at(request)
    return await readLog(this.folders, gitDir, sha, Math.min(Math.max(request.limit ?? 50, 1), 1_000), request.path)
  }

  async listBranches(
    request: RepositoryRef & { prefix?: string; limit?: number; cursor?: string | undefined },
  ): Promise<{ items: Branch[]; nextCursor: string | null }> {
    const repository = await this.getRepository(request.owner, request.name)
    return await listBranches(this.gitDirOf(repository), request)
  }

  async ensureBranch(request: RepositoryRef & { branch: string; from: string; actor: string }): Promise<{ sha: string }> {
    return await ensureBranch(this.#branchDeps(), await this.getRepository(request.owner, request.name), request)
  }

  async deleteBranch(request: RepositoryRef & { branch: string; actor: string; expectedSha?: string }): Promise<void> {
    await deleteBranch(this.#branchDeps(), await this.getRepository(request.owner, request.name), request)
  }

  async archive(request: RepositoryRef & { ref: string }): Promise<Readable> {
    const { gitDir, sha } = await this.#at(request)
    return await archiveCommit(this.folders, gitDir, sha)
  }

  async checkout(request: RepositoryRef & { ref: string; folder: string }): Promise<{ sha: string }> {
    const { gitDir, sha } = await this.#at(request)
    await checkoutCommit(this.folders, gitDir, sha, request.folder)
    return { sha }
  }

  /** What a crash left half-made, and pushes that came while nobody recorded them. */
  async recover(): Promise<void> {
    let cursor: string | null | undefined
    do {
      const page = await this.listRepositories({ limit: 200, cursor: cursor ?? undefined })
      for (const repository of page.items) await rm(path.join(this.gitDirOf(repository), SCRATCH), { recursive: true, force: true })
      cursor = page.nextCursor
    } while (cursor !== null)
    await this.recorder.recordAll()
  }

  #branchDeps(): LocalBranchesDeps {
    return { folders: this.folders, recorder: this.recorder, gitDirOf: (repository) => this.gitDirOf(repository) }
  }

  async #at(request: RepositoryRef & { ref: string }): Promise<{ gitDir: string; sha: string }> {
    const repository = await this.getRepository(request.owner, request.name)
    const gitDir = this.gitDirOf(repository)
    const sha = await resolveCommit(this.folders, gitDir, request.ref)
    if (sha === undefined) throw gitHostFaults.ref_not_found({ repository: nameOf(request), ref: request.ref })
    return { gitDir, sha }
  }
}

function nameOf(repository: RepositoryRef): string {
  return `${repository.owner}/${repository.name}`
}
