import path from 'node:path'
import type { Readable } from 'node:stream'
import type { Clock } from '#kernel/common/clock'
import { BareFiles } from './bare-files.ts'
import { gitFolders, type GitFolders } from '../git-command.ts'
import { gitHostFaults } from '../git-host-faults.ts'
import type { Branch, Commit, CommitRequest, GitHost, NewRepository, Repository, RepositoryRef, TreeEntry } from '../git-host.ts'
import { assertBranch, assertFilePath, isSha } from '../git-names.ts'
import { archiveCommit, checkoutCommit, readBlob, readLog, readTree, resolveCommit } from '../git-reader.ts'
import { readRefs } from '../git-refs.ts'
import { foreignHostFaults } from './foreign-host-faults.ts'
import type { ForgeApi, ForgeRepository } from './forge-api.ts'
import { assertForgeName, mirrorFolder, repositoryIdOf } from './forge-names.ts'
import { Mirror } from './mirror.ts'
import { commitToRemote } from './remote-commit.ts'
import { RemotePullRequests } from './remote-pull-requests.ts'

/** What a foreign Git host works with. */
export interface RemoteGitHostDeps {
  api: ForgeApi
  clock: Clock
  /** Folder of its mirrors, e.g. `<data>/mirrors/github.com`. One process a folder. */
  root: string
  /** In messages and ids, e.g. `github.com`. */
  host: string
  /** Path of the token's secret, in messages. */
  credential: string
  /** Its owners that the platform may touch, and what is below them; empty for all that the token may. */
  organisations: readonly string[]
  /** How old refs may be that are read, unless a webhook told of a newer. Default 10 000. */
  maxAgeMs?: number
  allowLoopback?: boolean
}

const MAX_AGE_MS = 10_000
/** Writers on the other side that get in our way before we give up. */
const ATTEMPTS = 5
const MAX_FILE_BYTES = 8 * 1024 * 1024
/** How long a repository's description and default branch are believed. */
const DESCRIPTION_AGE_MS = 60_000

/**
 * A Git host of somebody else: contents by Git, through a mirror on this machine; repositories and pull requests by its API.
 *
 * Other than the built-in host it records no pushes (`GitHosts.onPush` tells of webhooks), and refs that others move are seen after `maxAgeMs` or a
 * webhook, whichever is first. Reads of a full commit id that was fetched before call nobody.
 */
export class RemoteGitHost implements GitHost {
  readonly pullRequests: RemotePullRequests
  readonly api: ForgeApi
  readonly folders: GitFolders
  readonly #deps: RemoteGitHostDeps
  readonly #mirrors = new Map<string, Mirror>()
  readonly #described = new Map<string, { atMs: number; repository: Promise<ForgeRepository | undefined> }>()

  constructor(deps: RemoteGitHostDeps) {
    this.#deps = deps
    this.api = deps.api
    this.folders = gitFolders(deps.root)
    this.pullRequests = new RemotePullRequests(this, deps)
  }

  async createRepository(input: NewRepository): Promise<Repository> {
    this.#assertOurs(input)
    assertBranch(input.defaultBranch ?? 'main')
    const made = await this.api.createRepository(input)
    if (made === 'exists') throw gitHostFaults.exists({ repository: nameOf(input) })
    // What lies here is of an earlier one of the same name.
    await this.mirrorOf(input).remove()
    this.#described.delete(keyOf(input))
    return this.#toRepository(made)
  }

  async findRepository(owner: string, name: string): Promise<Repository | undefined> {
    this.#assertOurs({ owner, name })
    const found = await this.api.findRepository({ owner, name })
    return found && this.#toRepository(found)
  }

  async listRepositories(page: { limit?: number; cursor?: string | undefined } = {}): Promise<{ items: Repository[]; nextCursor: string | null }> {
    const limit = Math.min(Math.max(page.limit ?? 50, 1), 200)
    if (this.#deps.organisations.length === 0)
      throw foreignHostFaults.unsupported({ host: this.#deps.host, what: 'list everything; name organisations in its GitHost document' })
    const after = page.cursor === undefined ? '' : Buffer.from(page.cursor, 'base64url').toString('utf8')
    const lists = await Promise.all(this.#deps.organisations.map(async (organisation) => await this.api.organisation.listRepositories(organisation)))
    const all = [...new Map(lists.flat().map((item) => [keyOf(item), item])).entries()].sort(([a], [b]) => (a < b ? -1 : 1))
    const rest = all.filter(([key]) => key > after)
    const items = rest.slice(0, limit)
    const last = items.at(-1)
    return {
      items: items.map(([, item]) => this.#toRepository(item)),
      nextCursor: rest.length > limit && last ? Buffer.from(last[0]).toString('base64url') : null,
    }
  }

  async deleteRepository(repository: RepositoryRef, _actor: string): Promise<void> {
    this.#assertOurs(repository)
    await this.api.deleteRepository(repository)
    this.#described.delete(keyOf(repository))
    const mirror = this.mirrorOf(repository)
    await mirror.exclusive(async () => await mirror.remove())
  }

  async commitFiles(request: CommitRequest): Promise<{ sha: string }> {
    assertBranch(request.branch)
    for (const file of request.files) assertFilePath(file.path)
    const mirror = this.mirrorOf(request)
    return await mirror.exclusive(async () => await commitToRemote({ folders: this.folders, clock: this.#deps.clock, mirror }, request))
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
    const mirror = this.mirrorOf(request)
    if (isSha(request.ref) && (await mirror.has(request.ref))) return request.ref
    await mirror.refresh(this.#deps.maxAgeMs ?? MAX_AGE_MS)
    const ref = request.ref === 'HEAD' ? `refs/heads/${await this.defaultBranchOf(request)}` : request.ref
    const found = await resolveCommit(this.folders, mirror.gitDir, ref)
    if (found !== undefined || !isSha(ref)) return found
    // A commit that no branch leads to any more, e.g. of a pull request: most forges give it by its id.
    return (await mirror.fetchRefs([ref])) && (await mirror.has(ref)) ? ref : undefined
  }

  async log(request: RepositoryRef & { ref: string; limit?: number; path?: string }): Promise<Commit[]> {
    const { gitDir, sha } = await this.#at(request)
    return await readLog(this.folders, gitDir, sha, Math.min(Math.max(request.limit ?? 50, 1), 1_000), request.path)
  }

  async archive(request: RepositoryRef & { ref: string }): Promise<Readable> {
    const { gitDir, sha } = await this.#at(request)
    return await archiveCommit(this.folders, gitDir, sha)
  }

  async listBranches(
    request: RepositoryRef & { prefix?: string; limit?: number; cursor?: string | undefined },
  ): Promise<{ items: Branch[]; nextCursor: string | null }> {
    const mirror = this.mirrorOf(request)
    await mirror.refresh(this.#deps.maxAgeMs ?? MAX_AGE_MS)
    const limit = Math.min(Math.max(request.limit ?? 100, 1), 200)
    const after = request.cursor === undefined ? '' : Buffer.from(request.cursor, 'base64url').toString('utf8')
    const branches = [...(await readRefs(mirror.gitDir))]
      .flatMap(([ref, sha]) => (ref.startsWith('refs/heads/') ? [{ name: ref.slice('refs/heads/'.length), sha }] : []))
      .filter(({ name }) => name.startsWith(request.prefix ?? '') && name > after)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    const items = branches.slice(0, limit)
    return { items, nextCursor: branches.length > limit ? Buffer.from(items.at(-1)?.name ?? '').toString('base64url') : null }
  }

  async ensureBranch(request: RepositoryRef & { branch: string; from: string; actor: string }): Promise<{ sha: string }> {
    assertBranch(request.branch)
    const ref = `refs/heads/${request.branch}`
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await this.resolveRef({ ...request, ref })
      if (found !== undefined) return { sha: found }
      const sha = await this.resolveRef({ ...request, ref: request.from })
      if (sha === undefined) throw gitHostFaults.ref_not_found({ repository: nameOf(request), ref: request.from })
      const mirror = this.mirrorOf(request)
      const outcome = await mirror.exclusive(async () => await mirror.push(ref, undefined, sha))
      if (outcome === 'done') return { sha }
      mirror.markStale()
    }
    throw gitHostFaults.busy({ repository: nameOf(request), branch: request.branch })
  }

  async deleteBranch(request: RepositoryRef & { branch: string; actor: string; expectedSha?: string }): Promise<void> {
    assertBranch(request.branch)
    const { branch, expectedSha } = request
    const mirror = this.mirrorOf(request)
    if ((await this.defaultBranchOf(request)) === branch) throw gitHostFaults.default_branch({ repository: nameOf(request), branch })
    mirror.markStale()
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await this.resolveRef({ ...request, ref: `refs/heads/${branch}` })
      if (found === undefined) return
      if (expectedSha !== undefined && expectedSha !== found)
        throw gitHostFaults.stale_parent({ repository: nameOf(request), branch, expected: expectedSha, found })
      if ((await mirror.exclusive(async () => await mirror.push(`refs/heads/${branch}`, found, undefined))) === 'done') return
      mirror.markStale()
    }
    throw gitHostFaults.busy({ repository: nameOf(request), branch })
  }

  async checkout(request: RepositoryRef & { ref: string; folder: string }): Promise<{ sha: string }> {
    const { gitDir, sha } = await this.#at(request)
    await checkoutCommit(this.folders, gitDir, sha, request.folder)
    return { sha }
  }

  /** Its refs have moved: the next read asks the host. */
  markStale(repository: RepositoryRef): void {
    this.mirrorOf(repository).markStale()
    this.#described.delete(keyOf(repository))
  }

  /** @throws `delivery.git_host.not_found`. */
  async defaultBranchOf(repository: RepositoryRef): Promise<string> {
    const nowMs = this.#deps.clock.now().getTime()
    let held = this.#described.get(keyOf(repository))
    if (!held || nowMs - held.atMs > DESCRIPTION_AGE_MS) {
      held = { atMs: nowMs, repository: this.api.findRepository(repository) }
      this.#described.set(keyOf(repository), held)
      held.repository.catch(() => this.#described.delete(keyOf(repository)))
    }
    const found = await held.repository
    if (!found) throw gitHostFaults.not_found({ repository: nameOf(repository) })
    return found.defaultBranch
  }

  /** @throws `delivery.git_host.bad_name`, `delivery.foreign_host.forbidden`. */
  mirrorOf(repository: RepositoryRef): Mirror {
    this.#assertOurs(repository)
    const key = keyOf(repository)
    let mirror = this.#mirrors.get(key)
    if (!mirror) {
      const { clock, api, host, credential, allowLoopback = false } = this.#deps
      const { owner, name } = repository
      mirror = new Mirror({
        folders: this.folders,
        gitDir: path.join(this.folders.root, mirrorFolder(repository)),
        clock,
        repository: nameOf(repository),
        remote: async () => ({ url: api.gitUrl({ owner, name }), authorization: await api.gitAuthorization(), host, credential, allowLoopback }),
      })
      this.#mirrors.set(key, mirror)
    }
    return mirror
  }

  #assertOurs(repository: RepositoryRef): void {
    assertForgeName(repository)
    const { organisations, host } = this.#deps
    const owner = `${repository.owner.toLowerCase()}/`
    if (organisations.length > 0 && !organisations.some((organisation) => owner.startsWith(`${organisation.toLowerCase()}/`)))
      throw foreignHostFaults.forbidden({ host, what: `"${repository.owner}" is none of the organisations of its GitHost document` })
  }

  #toRepository(found: ForgeRepository): Repository {
    const { owner, name, description, defaultBranch, createdBy, createdAt } = found
    return { id: repositoryIdOf(this.#deps.host, found.id), owner, name, description, defaultBranch, createdBy, createdAt }
  }

  async #at(request: RepositoryRef & { ref: string }): Promise<{ gitDir: string; sha: string }> {
    const sha = await this.resolveRef(request)
    if (sha === undefined) throw gitHostFaults.ref_not_found({ repository: nameOf(request), ref: request.ref })
    return { gitDir: this.mirrorOf(request).gitDir, sha }
  }
}

function nameOf(repository: RepositoryRef): string {
  return `${repository.owner}/${repository.name}`
}

function keyOf(repository: RepositoryRef): string {
  return nameOf(repository).toLowerCase()
}
