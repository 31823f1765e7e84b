import type { Clock } from '#kernel/common/clock'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { GitFolders } from './git-command.ts'
import { gitHostFaults } from './git-host-faults.ts'
import { lockRepository } from './git-host-store.ts'
import type { Push, Repository, RepositoryRef } from './git-host.ts'
import { assertBranch } from './git-names.ts'
import { readRef } from './git-refs.ts'
import { mergeMessage, personOf } from './merge-message.ts'
import { branchesOf, pullRequestEvent } from './pull-request-event.ts'
import { pullRequestFaults } from './pull-request-faults.ts'
import { diffCommits, isAncestor, keepHead, mergeBase, mergeTrees, moveRef, storeCommit, type MergeResult } from './pull-request-git.ts'
import { pullRequestSteps, type PullRequestStep } from './pull-request-moves.ts'
import {
  applyStep,
  countPullRequests,
  deleteAttempt,
  findOpenRow,
  findPullRequestRow,
  insertAttempt,
  insertPullRequest,
  listMoving,
  listPullRequestRows,
  reopenRow,
  updatePullRequestText,
  type PullRequestRow,
} from './pull-request-store.ts'
import type {
  MergeRequest,
  NewPullRequest,
  PullRequest,
  PullRequestDiff,
  PullRequestQuery,
  PullRequestRef,
  PullRequests,
  PullRequestState,
} from './pull-request.ts'
import type { PushRecorder } from './push-recorder.ts'

/** What the pull requests of the built-in host work with. */
export interface LocalPullRequestsDeps {
  db: Database
  journal: Journal
  clock: Clock
  folders: GitFolders
  recorder: Pick<PushRecorder, 'begin' | 'end' | 'record'>
  getRepository: (owner: string, name: string) => Promise<Repository>
  gitDirOf: (repository: RepositoryRef) => string
  /** Where people reach the portal, e.g. `http://127.0.0.1:7007`; empty for links without a host. */
  publicUrl: () => string
  /** Called after a pull request was opened or moved. */
  onMoved: () => void
}

const MERGE_ATTEMPTS = 12
/** Merge results that are remembered: commits never alter, so an answer stays right. */
const REMEMBERED = 2_000

/**
 * Pull requests in Postgres beside bare repositories. Whatever a moved branch means for them is decided when the move is recorded (`settle`), in that
 * transaction and under the repository's lock: so each effect is there once, whoever moved the branch and wherever a crash fell.
 */
export class LocalPullRequests implements PullRequests {
  readonly #deps: LocalPullRequestsDeps
  readonly #merges = new Map<string, MergeResult>()

  constructor(deps: LocalPullRequestsDeps) {
    this.#deps = deps
  }

  async open(input: NewPullRequest): Promise<PullRequest> {
    for (const branch of [input.sourceBranch, input.targetBranch]) assertBranch(branch)
    const repository = await this.#deps.getRepository(input.owner, input.name)
    const { folders, journal, clock } = this.#deps
    const gitDir = this.#deps.gitDirOf(repository)
    const branches = { repository: nameOf(repository), source: input.sourceBranch, target: input.targetBranch }
    if (input.sourceBranch === input.targetBranch) throw pullRequestFaults.nothing_to_merge(branches)
    const row = await this.#locked(repository, async (tx) => {
      const source = await this.#headOf(repository, input.sourceBranch)
      const target = await this.#headOf(repository, input.targetBranch)
      const known = await findOpenRow(tx, repository.id, input.sourceBranch, input.targetBranch)
      if (known) {
        const labels = input.labels ?? known.labels
        const isSame = known.title === input.title && known.body === input.body && JSON.stringify(known.labels) === JSON.stringify(labels)
        if (!isSame) {
          await updatePullRequestText(tx, known, { ...input, labels }, clock.now())
          await journal.append(tx, pullRequestEvent('updated', repository, known.number, input.author, branchesOf(known)))
        }
        return await findPullRequestRow(tx, repository.id, known.number)
      }
      if (await isAncestor(folders, gitDir, source, target)) throw pullRequestFaults.nothing_to_merge(branches)
      if ((await mergeBase(folders, gitDir, source, target)) === undefined) throw pullRequestFaults.unrelated(branches)
      const number = await insertPullRequest(tx, repository.id, input, source, clock.now())
      await keepHead(folders, gitDir, number, source)
      await journal.append(tx, pullRequestEvent('opened', repository, number, input.author, { ...branchesOf(input), head: source, title: input.title }))
      return await findPullRequestRow(tx, repository.id, number)
    })
    this.#deps.onMoved()
    return this.#shown(repository, row)
  }

  async find(ref: PullRequestRef): Promise<PullRequest | undefined> {
    const repository = await this.#deps.getRepository(ref.owner, ref.name)
    const row = await findPullRequestRow(this.#deps.db, repository.id, ref.number)
    if (!row) return undefined
    return { ...this.#shown(repository, row), isMergeable: await this.#isMergeable(repository, row) }
  }

  async list(query: PullRequestQuery): Promise<{ items: PullRequest[]; nextCursor: string | null }> {
    const repository = await this.#deps.getRepository(query.owner, query.name)
    const limit = Math.min(Math.max(query.limit ?? 50, 1), 100)
    const before = Number(query.cursor)
    const { state, sourceBranch, targetBranch } = query
    const wanted = { state, sourceBranch, targetBranch, limit: limit + 1, ...(Number.isSafeInteger(before) && before > 0 ? { before } : {}) }
    const rows = await listPullRequestRows(this.#deps.db, repository.id, wanted)
    const items = rows.slice(0, limit).map((row) => this.#shown(repository, row))
    return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.number) : null }
  }

  /** How many there are in each state. @throws `delivery.git_host.not_found`. */
  async count(repository: RepositoryRef): Promise<Record<PullRequestState, number>> {
    const found = await this.#deps.getRepository(repository.owner, repository.name)
    return await countPullRequests(this.#deps.db, found.id)
  }

  async merge(request: MergeRequest): Promise<PullRequest> {
    const repository = await this.#deps.getRepository(request.owner, request.name)
    const { recorder, clock, folders, db } = this.#deps
    const gitDir = this.#deps.gitDirOf(repository)
    let row = await this.#getRow(repository, request.number)
    const ref = `refs/heads/${row.targetBranch}`
    for (let attempt = 0; attempt < MERGE_ATTEMPTS; attempt++) {
      // The target first and what is recorded after: a merge by somebody else that we build upon is never overlooked.
      const target = await this.#headOf(repository, row.targetBranch)
      await recorder.record(repository)
      row = await this.#getRow(repository, request.number)
      if (row.state === 'merged') return this.#shown(repository, row)
      this.#assertMergeable(repository, row, request)
      const mergeSha = await this.#storeMerge(repository, row, request, target)
      const attemptId = await insertAttempt(db, row, { mergeSha, headSha: row.headSha, actor: request.actor })
      const writeId = await recorder.begin(repository, request.actor, [{ ref, before: target, after: mergeSha }])
      let isMoved = false
      try {
        isMoved = await moveRef(folders, gitDir, ref, mergeSha, target)
        if (!isMoved) await deleteAttempt(db, attemptId)
      } finally {
        await recorder.end(repository, writeId)
      }
      if (isMoved) return this.#shown(repository, await this.#getRow(repository, request.number))
      await clock.sleep(5 * (attempt + 1))
    }
    throw gitHostFaults.busy({ repository: nameOf(repository), branch: row.targetBranch })
  }

  async close(request: PullRequestRef & { actor: string }): Promise<PullRequest> {
    const repository = await this.#deps.getRepository(request.owner, request.name)
    await this.#locked(repository, async (tx) => {
      const row = await this.#getRow(repository, request.number, tx)
      if (row.state === 'merged') throw pullRequestFaults.merged({ repository: nameOf(repository), number: row.number })
      if (row.state === 'open') await this.#apply(tx, repository, { kind: 'closed', number: row.number, actor: request.actor }, row)
    })
    return this.#shown(repository, await this.#getRow(repository, request.number))
  }

  /**
   * Opens a closed one again; of an open one it is a success.
   * @throws as `close`, and `delivery.pull_request.branch_gone`, `.nothing_to_merge`. When another is open for its branches, that one is the answer.
   */
  async reopen(request: PullRequestRef & { actor: string }): Promise<PullRequest> {
    const repository = await this.#deps.getRepository(request.owner, request.name)
    const { folders, journal, clock } = this.#deps
    const gitDir = this.#deps.gitDirOf(repository)
    const number = await this.#locked(repository, async (tx) => {
      const row = await this.#getRow(repository, request.number, tx)
      const which = { repository: nameOf(repository), number: row.number }
      if (row.state === 'merged') throw pullRequestFaults.merged(which)
      const open = await findOpenRow(tx, repository.id, row.sourceBranch, row.targetBranch)
      if (open) return open.number
      const [source, target] = await Promise.all([row.sourceBranch, row.targetBranch].map((branch) => readRef(gitDir, `refs/heads/${branch}`)))
      if (source === undefined || target === undefined)
        throw pullRequestFaults.branch_gone({ ...which, branch: source === undefined ? row.sourceBranch : row.targetBranch })
      if (await isAncestor(folders, gitDir, source, target))
        throw pullRequestFaults.nothing_to_merge({ ...which, source: row.sourceBranch, target: row.targetBranch })
      await reopenRow(tx, row, source, request.actor, clock.now())
      await keepHead(folders, gitDir, row.number, source)
      await journal.append(tx, pullRequestEvent('reopened', repository, row.number, request.actor, { ...branchesOf(row), head: source }))
      return row.number
    })
    this.#deps.onMoved()
    return this.#shown(repository, await this.#getRow(repository, number))
  }

  /** Alters title, body or labels. @throws `delivery.git_host.not_found`, `delivery.pull_request.not_found`. */
  async update(request: PullRequestRef & { actor: string; title?: string; body?: string; labels?: readonly string[] }): Promise<PullRequest> {
    const repository = await this.#deps.getRepository(request.owner, request.name)
    await this.#locked(repository, async (tx) => {
      const row = await this.#getRow(repository, request.number, tx)
      const text = { title: request.title ?? row.title, body: request.body ?? row.body, labels: request.labels ?? row.labels }
      await updatePullRequestText(tx, row, text, this.#deps.clock.now())
      await this.#deps.journal.append(tx, pullRequestEvent('updated', repository, row.number, request.actor, branchesOf(row)))
    })
    return this.#shown(repository, await this.#getRow(repository, request.number))
  }

  async diff(ref: PullRequestRef): Promise<PullRequestDiff> {
    const repository = await this.#deps.getRepository(ref.owner, ref.name)
    const row = await this.#getRow(repository, ref.number)
    const { folders } = this.#deps
    const gitDir = this.#deps.gitDirOf(repository)
    const target = row.baseSha ?? (await readRef(gitDir, `refs/heads/${row.targetBranch}`))
    const base = target === undefined ? undefined : await mergeBase(folders, gitDir, target, row.headSha)
    return base === undefined ? { files: [], isTruncated: false } : await diffCommits(folders, gitDir, base, row.headSha)
  }

  /** The row, for what belongs to a pull request. @throws `delivery.git_host.not_found`, `delivery.pull_request.not_found`. */
  async getRowOf(ref: PullRequestRef): Promise<PullRequestRow> {
    return await this.#getRow(await this.#deps.getRepository(ref.owner, ref.name), ref.number)
  }

  /** What recorded pushes mean for the repository's pull requests. Part of the transaction that records them. */
  async settle(tx: Transaction, repository: Repository, pushes: readonly Push[]): Promise<void> {
    const branches = [...new Set(pushes.flatMap((push) => (push.ref.startsWith('refs/heads/') ? [push.ref.slice('refs/heads/'.length)] : [])))]
    if (branches.length === 0) return
    const gitDir = this.#deps.gitDirOf(repository)
    const contains = async (commit: string, history: string): Promise<boolean> => await isAncestor(this.#deps.folders, gitDir, commit, history)
    for (const pull of await listMoving(tx, repository.id, branches))
      for (const step of await pullRequestSteps(pull, pushes, contains)) {
        await this.#apply(tx, repository, step, pull)
        if (step.kind === 'moved') await keepHead(this.#deps.folders, gitDir, pull.number, step.headSha)
      }
  }

  async #apply(tx: Transaction, repository: Repository, step: PullRequestStep, branches: { sourceBranch: string; targetBranch: string }): Promise<void> {
    await applyStep(tx, repository.id, step, this.#deps.clock.now())
    const data = {
      ...branchesOf(branches),
      ...(step.kind === 'closed' ? {} : { head: step.headSha }),
      ...(step.kind === 'merged' ? { commit: step.mergeSha } : {}),
    }
    await this.#deps.journal.append(tx, pullRequestEvent(step.kind, repository, step.number, step.actor, data))
  }

  #assertMergeable(repository: Repository, row: PullRequestRow, request: MergeRequest): void {
    const which = { repository: nameOf(repository), number: row.number }
    if (row.state === 'closed') throw pullRequestFaults.closed(which)
    if (request.expectedHead !== undefined && request.expectedHead !== row.headSha)
      throw pullRequestFaults.stale_head({ ...which, expected: request.expectedHead, found: row.headSha })
  }

  async #storeMerge(repository: Repository, row: PullRequestRow, request: MergeRequest, target: string): Promise<string> {
    const result = await this.#mergeOf(repository, row.headSha, target)
    if ('conflicts' in result) {
      const errors = result.conflicts.map((path) => ({ field: path, message: `both "${row.sourceBranch}" and "${row.targetBranch}" altered it` }))
      throw pullRequestFaults.conflict({ repository: nameOf(repository), number: row.number, target: row.targetBranch, paths: result.conflicts }, { errors })
    }
    const isSquash = request.method === 'squash'
    return await storeCommit(this.#deps.folders, this.#deps.gitDirOf(repository), {
      tree: result.tree,
      parents: isSquash ? [target] : [target, row.headSha],
      message: request.message ?? mergeMessage(row, isSquash),
      author: personOf(isSquash ? row.author : request.actor),
      committer: personOf(request.actor),
      at: this.#deps.clock.now(),
    })
  }

  async #isMergeable(repository: Repository, row: PullRequestRow): Promise<boolean | null> {
    if (row.state !== 'open') return null
    const target = await readRef(this.#deps.gitDirOf(repository), `refs/heads/${row.targetBranch}`)
    return target === undefined ? null : 'tree' in (await this.#mergeOf(repository, row.headSha, target))
  }

  async #mergeOf(repository: Repository, head: string, target: string): Promise<MergeResult> {
    const key = `${repository.id} ${head} ${target}`
    const known = this.#merges.get(key)
    if (known) return known
    const result = await mergeTrees(this.#deps.folders, this.#deps.gitDirOf(repository), target, head)
    if (this.#merges.size >= REMEMBERED) this.#merges.clear()
    this.#merges.set(key, result)
    return result
  }

  async #headOf(repository: Repository, branch: string): Promise<string> {
    const sha = await readRef(this.#deps.gitDirOf(repository), `refs/heads/${branch}`)
    if (sha === undefined) throw gitHostFaults.ref_not_found({ repository: nameOf(repository), ref: branch })
    return sha
  }

  async #getRow(repository: Repository, number: number, db: Database | Transaction = this.#deps.db): Promise<PullRequestRow> {
    const row = await findPullRequestRow(db, repository.id, number)
    if (!row) throw pullRequestFaults.not_found({ repository: nameOf(repository), number })
    return row
  }

  async #locked<T>(repository: Repository, work: (tx: Transaction) => Promise<T>): Promise<T> {
    // What was pushed and is not recorded yet comes first, so that heads are those of the branches.
    await this.#deps.recorder.record(repository)
    return await this.#deps.db.transaction().execute(async (tx) => {
      if (!(await lockRepository(tx, repository.id))) throw gitHostFaults.not_found({ repository: nameOf(repository) })
      return await work(tx)
    })
  }

  #shown(repository: Repository, row: PullRequestRow | undefined): PullRequest {
    if (!row) throw gitHostFaults.not_found({ repository: nameOf(repository) })
    const { repositoryId: _, baseSha: __, endedBy: ___, endedAt: ____, ...told } = row
    const url = `${this.#deps.publicUrl()}/repositories/${nameOf(repository)}/pull-requests/${row.number}`
    return { repository: nameOf(repository), ...told, url, isMergeable: null }
  }
}

function nameOf(repository: RepositoryRef): string {
  return `${repository.owner}/${repository.name}`
}
