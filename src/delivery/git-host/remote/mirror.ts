import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { newId } from '#kernel/common/id'
import type { Clock } from '#kernel/common/clock'
import { isFault } from '#kernel/common/fault'
import { git, runGit, type GitFolders } from '../git-command.ts'
import { remoteFailure, runRemoteGit, type RemoteAddress } from './remote-git.ts'

/** What a mirror works with. */
export interface MirrorDeps {
  folders: GitFolders
  gitDir: string
  clock: Clock
  /** `acme/orders`, in messages. */
  repository: string
  remote: () => Promise<RemoteAddress>
}

/** How a push of one ref ended. `moved`: the ref is not where it was expected. */
export type PushOutcome = 'done' | 'moved'

/**
 * A bare copy of one foreign repository: branches and tags under their own names, and what was fetched by commit. Fetches and pushes take turns, so that
 * an older answer never comes after a newer one.
 */
export class Mirror {
  readonly #deps: MirrorDeps
  #fetchedAtMs = Number.NEGATIVE_INFINITY
  #fetching: Promise<void> | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(deps: MirrorDeps) {
    this.#deps = deps
  }

  get gitDir(): string {
    return this.#deps.gitDir
  }

  /** Something was fetched before. */
  get isThere(): boolean {
    return existsSync(this.gitDir)
  }

  /** Refs are no older than `maxAgeMs` afterwards. Many at once are one fetch. @throws `delivery.git_host.not_found`, faults of `delivery.foreign_host`. */
  async refresh(maxAgeMs: number): Promise<void> {
    if (this.#deps.clock.now().getTime() - this.#fetchedAtMs <= maxAgeMs) return
    this.#fetching ??= this.exclusive(async () => await this.fetchNow()).finally(() => (this.#fetching = undefined))
    await this.#fetching
  }

  /** The next refresh asks the remote, whatever the age. */
  markStale(): void {
    this.#fetchedAtMs = Number.NEGATIVE_INFINITY
  }

  /** Runs `work` while nobody else fetches or pushes. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => {})
    return await turn
  }

  /** Fetches all branches and tags. Only within `exclusive`. */
  async fetchNow(): Promise<void> {
    const startedAtMs = this.#deps.clock.now().getTime()
    await this.#ensureFolder()
    try {
      await this.#remote([
        'fetch',
        '--quiet',
        '--prune',
        '--no-tags',
        '--no-write-fetch-head',
        URL_ARGUMENT,
        '+refs/heads/*:refs/heads/*',
        '+refs/tags/*:refs/tags/*',
      ])
    } catch (error) {
      if (isFault(error, 'delivery.git_host.not_found')) await this.remove()
      throw error
    }
    this.#fetchedAtMs = startedAtMs
  }

  /** Fetches the first of `refs` that is there, to have its objects. @returns whether one was. */
  async fetchRefs(refs: readonly string[]): Promise<boolean> {
    return await this.exclusive(async () => {
      for (const ref of refs) {
        const result = await this.#tryRemote(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', URL_ARGUMENT, ref])
        if (result.exitCode === 0) return true
      }
      return false
    })
  }

  async has(sha: string): Promise<boolean> {
    if (!existsSync(this.gitDir)) return false
    return (await runGit(this.#deps.folders, this.gitDir, { args: ['cat-file', '-e', `${sha}^{commit}`] })).exitCode === 0
  }

  /**
   * Moves a ref of the remote from `before` to `after` (undefined: it is not there), if it is still at `before`, and ours with it. Only within `exclusive`.
   * @throws faults of `delivery.foreign_host`.
   */
  async push(ref: string, before: string | undefined, after: string | undefined): Promise<PushOutcome> {
    const { folders, repository, remote } = this.#deps
    const result = await this.#tryRemote([
      'push',
      '--porcelain',
      '--no-verify',
      `--force-with-lease=${ref}:${before ?? ''}`,
      URL_ARGUMENT,
      `${after ?? ''}:${ref}`,
    ])
    if (result.exitCode === 0) {
      await git(folders, this.gitDir, { args: after === undefined ? ['update-ref', '-d', ref] : ['update-ref', ref, after] })
      return 'done'
    }
    const said = `${result.stdout.toString('utf8')}\n${result.stderr.toString('utf8')}`
    if (after === undefined && /remote ref does not exist|unable to delete/.test(said) && before === undefined) return 'done'
    if (
      /stale info|cannot lock ref|failed to update ref|incorrect old value|reference already exists|remote ref does not exist|non-fast-forward|fetch first/i.test(
        said,
      )
    )
      return 'moved'
    throw remoteFailure(said, await remote(), repository)
  }

  /** Forgets all that was fetched. */
  async remove(): Promise<void> {
    this.markStale()
    await rm(this.gitDir, { recursive: true, force: true })
  }

  async #remote(args: readonly string[]): Promise<void> {
    const result = await this.#tryRemote(args)
    if (result.exitCode !== 0) throw remoteFailure(result.stderr.toString('utf8'), await this.#deps.remote(), this.#deps.repository)
  }

  async #tryRemote(args: readonly string[]): Promise<Awaited<ReturnType<typeof runRemoteGit>>> {
    const remote = await this.#deps.remote()
    return await runRemoteGit(
      this.#deps.folders,
      this.gitDir,
      remote,
      args.map((arg) => (arg === URL_ARGUMENT ? remote.url : arg)),
    )
  }

  /** Made aside and moved into place: a folder that is there is whole. */
  async #ensureFolder(): Promise<void> {
    if (existsSync(this.gitDir)) return
    const { folders } = this.#deps
    const staged = path.join(folders.work, newId('mirror'))
    await mkdir(staged, { recursive: true, mode: 0o700 })
    await git(folders, staged, { args: ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', staged] })
    await mkdir(path.dirname(this.gitDir), { recursive: true, mode: 0o700 })
    await rename(staged, this.gitDir)
  }
}

const URL_ARGUMENT = '<url>'
