import { execFile } from 'node:child_process'
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A pull request that a server keeps. */
export interface StoredPull {
  number: number
  title: string
  body: string
  source: string
  target: string
  state: 'open' | 'merged' | 'closed'
  headSha: string
  /** Where source and target parted. */
  baseSha: string
  mergeSha: string | null
  labels: string[]
  createdAt: Date
  updatedAt: Date
  /** The forge has looked whether it can be merged since it altered last. */
  isLookedAt: boolean
  /** A merge that goes on behind the answer (Azure DevOps). */
  pending?: { method: 'merge' | 'squash'; message: string }
}

/** A repository that a server keeps: a bare one on disk, and what is around it. */
export interface StoredRepository {
  id: number
  owner: string
  name: string
  description: string
  gitDir: string
  createdAt: Date
  pulls: StoredPull[]
  hooks: { id: number; config: Record<string, unknown> }[]
}

/** What is behind a test server of a forge: real Git on disk, merges by `git merge-tree`. The servers add their product's ways. */
export class ForgeRepositories implements AsyncDisposable {
  readonly root: string
  readonly all = new Map<string, StoredRepository>()
  #nextId = 100
  /** In Azure DevOps numbers run through the whole organisation. */
  readonly #numbers: 'repository' | 'server'
  #nextNumber = 1
  /** A forge writes a branch one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(root: string, numbers: 'repository' | 'server') {
    this.root = root
    this.#numbers = numbers
  }

  static async open(numbers: 'repository' | 'server' = 'repository'): Promise<ForgeRepositories> {
    return new ForgeRepositories(await mkdtemp(path.join(tmpdir(), 'forge-')), numbers)
  }

  nextId(): number {
    return this.#nextId++
  }

  find(owner: string, name: string): StoredRepository | undefined {
    return this.all.get(`${owner}/${name}`.toLowerCase())
  }

  /** Undefined when there is one. */
  async create(owner: string, name: string, description: string): Promise<StoredRepository | undefined> {
    const key = `${owner}/${name}`.toLowerCase()
    if (this.all.has(key)) return undefined
    const id = this.nextId()
    const gitDir = path.join(this.root, `${id}.git`)
    const made: StoredRepository = { id, owner, name, description, gitDir, createdAt: new Date(), pulls: [], hooks: [] }
    this.all.set(key, made)
    await mkdir(gitDir)
    await this.git(gitDir, 'init', '--quiet', '--bare', '--initial-branch=main')
    // As the big forges have it: any commit may be asked for.
    await this.git(gitDir, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    await this.git(gitDir, 'config', 'http.receivepack', 'true')
    return made
  }

  async remove(repository: StoredRepository): Promise<void> {
    this.all.delete(`${repository.owner}/${repository.name}`.toLowerCase())
    await rm(repository.gitDir, { recursive: true, force: true })
  }

  async head(repository: StoredRepository, branch: string): Promise<string | undefined> {
    const found = await this.git(repository.gitDir, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`).catch(() => '')
    return found === '' ? undefined : found
  }

  async open(repository: StoredRepository, asked: Pick<StoredPull, 'title' | 'body' | 'source' | 'target' | 'labels'>): Promise<StoredPull> {
    const now = new Date()
    const number = this.#numbers === 'server' ? this.#nextNumber++ : repository.pulls.length + 1
    const pull: StoredPull = { ...asked, number, state: 'open', headSha: '', baseSha: '', mergeSha: null, createdAt: now, updatedAt: now, isLookedAt: false }
    repository.pulls.push(pull)
    await this.look(repository, pull)
    return pull
  }

  /** Follows the branch, and notices when the target has it all. @param noticesMerge whether the forge does. */
  async look(repository: StoredRepository, pull: StoredPull, noticesMerge = true): Promise<void> {
    if (pull.state !== 'open') return
    const [head, target] = [await this.head(repository, pull.source), await this.head(repository, pull.target)]
    if (head === undefined || target === undefined) return
    if (pull.headSha !== '' && noticesMerge && (await this.isAncestor(repository, head, target))) {
      Object.assign(pull, { state: 'merged', headSha: head, mergeSha: target, updatedAt: new Date() })
      return
    }
    if (pull.headSha !== head) Object.assign(pull, { headSha: head, updatedAt: new Date(), isLookedAt: false })
    pull.baseSha = await this.git(repository.gitDir, 'merge-base', head, target).catch(() => target)
  }

  async isAncestor(repository: StoredRepository, commit: string, history: string): Promise<boolean> {
    return await this.git(repository.gitDir, 'merge-base', '--is-ancestor', commit, history).then(
      () => true,
      () => false,
    )
  }

  async conflicts(repository: StoredRepository, pull: StoredPull): Promise<boolean> {
    return (await this.#mergedTree(repository, pull)) === undefined
  }

  /** Merges one after the other. @param shape `semi`: GitLab's merge commit over a squashed one. @returns false on a conflict. */
  async merge(repository: StoredRepository, pull: StoredPull, how: { method: 'merge' | 'squash'; message: string; shape?: 'semi' }): Promise<boolean> {
    const turn = this.#turn.then(async () => await this.#mergeNow(repository, pull, how))
    this.#turn = turn.catch(() => {})
    return await turn
  }

  async #mergeNow(repository: StoredRepository, pull: StoredPull, how: { method: 'merge' | 'squash'; message: string; shape?: 'semi' }): Promise<boolean> {
    for (;;) {
      await this.look(repository, pull)
      if (pull.state !== 'open') return true
      const target = (await this.head(repository, pull.target)) ?? ''
      const tree = await this.#mergedTree(repository, pull)
      if (tree === undefined) return false
      const commit = async (message: string, ...parents: string[]): Promise<string> =>
        await this.git(
          repository.gitDir,
          '-c',
          'user.name=Forge',
          '-c',
          'user.email=forge@example.test',
          'commit-tree',
          tree,
          ...parents.flatMap((parent) => ['-p', parent]),
          '-m',
          message,
        )
      const squashed = how.method === 'squash' ? await commit(how.message, target) : undefined
      const merged =
        squashed === undefined
          ? await commit(how.message, target, pull.headSha)
          : how.shape === 'semi'
            ? await commit(`Merge branch '${pull.source}' into '${pull.target}'`, target, squashed)
            : squashed
      const isMoved = await this.git(repository.gitDir, 'update-ref', `refs/heads/${pull.target}`, merged, target).then(
        () => true,
        () => false,
      )
      if (!isMoved) continue
      Object.assign(pull, { state: 'merged', mergeSha: merged, updatedAt: new Date() })
      return true
    }
  }

  async #mergedTree(repository: StoredRepository, pull: StoredPull): Promise<string | undefined> {
    const output = await this.git(repository.gitDir, 'merge-tree', '--write-tree', '--no-messages', `refs/heads/${pull.target}`, pull.headSha).catch(
      () => undefined,
    )
    return output?.split('\n')[0]
  }

  async git(gitDir: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('git', args, {
      cwd: gitDir,
      env: { PATH: process.env['PATH'] ?? '', GIT_DIR: gitDir, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    })
    return stdout.trim()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true })
  }
}
