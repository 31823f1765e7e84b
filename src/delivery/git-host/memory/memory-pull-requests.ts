import type { Clock } from '#kernel/common/clock'
import { gitHostFaults } from '../git-host-faults.ts'
import type { Push, RepositoryRef } from '../git-host.ts'
import { assertBranch } from '../git-names.ts'
import { mergeMessage, personOf } from '../merge-message.ts'
import { pullRequestFaults } from '../pull-request-faults.ts'
import { pullRequestSteps } from '../pull-request-moves.ts'
import type { FileDiff, MergeRequest, NewPullRequest, PullRequest, PullRequestDiff, PullRequestQuery, PullRequestRef, PullRequests } from '../pull-request.ts'
import type { MemoryRepository } from './memory-repository.ts'
import { changedPaths, isBinary, mergeMemoryTrees, type MemoryFile, type MemoryTree } from './memory-tree.ts'
import { unifiedDiff } from './unified-diff.ts'

type Pull = PullRequest & { baseSha: string | null }

/** The pull requests of a `MemoryGitHost`. */
export class MemoryPullRequests implements PullRequests {
  readonly #clock: Clock
  readonly #repositoryOf: (ref: RepositoryRef) => MemoryRepository
  readonly #pulls = new WeakMap<MemoryRepository, Pull[]>()
  readonly #move: (repository: MemoryRepository, branch: string, sha: string, actor: string) => Promise<void>

  constructor(deps: {
    clock: Clock
    repositoryOf: (ref: RepositoryRef) => MemoryRepository
    move: (repository: MemoryRepository, branch: string, sha: string, actor: string) => Promise<void>
  }) {
    this.#clock = deps.clock
    this.#repositoryOf = deps.repositoryOf
    this.#move = deps.move
  }

  async open(input: NewPullRequest): Promise<PullRequest> {
    for (const branch of [input.sourceBranch, input.targetBranch]) assertBranch(branch)
    const repository = this.#repositoryOf(input)
    const which = { repository: repository.name, source: input.sourceBranch, target: input.targetBranch }
    const [source, target] = [input.sourceBranch, input.targetBranch].map((branch) => headOf(repository, branch))
    const known = this.#of(repository).find((pull) => pull.state === 'open' && pull.sourceBranch === which.source && pull.targetBranch === which.target)
    if (known) {
      Object.assign(known, { title: input.title, body: input.body, labels: input.labels ?? known.labels, updatedAt: this.#clock.now() })
      return told(known)
    }
    if (source === undefined || target === undefined || repository.contains(source, target)) throw pullRequestFaults.nothing_to_merge(which)
    if (!repository.mergeBase(source, target)) throw pullRequestFaults.unrelated(which)
    const number = this.#of(repository).length + 1
    const { title, body, sourceBranch, targetBranch, author, labels = [] } = input
    const at = this.#clock.now()
    const pull: Pull = {
      repository: repository.name,
      number,
      title,
      body,
      sourceBranch,
      targetBranch,
      state: 'open',
      headSha: source,
      mergeSha: null,
      baseSha: null,
      author,
      labels,
      createdAt: at,
      updatedAt: at,
      url: `/repositories/${repository.name}/pull-requests/${number}`,
      isMergeable: null,
    }
    this.#of(repository).push(pull)
    return told(pull)
  }

  async find(ref: PullRequestRef): Promise<PullRequest | undefined> {
    const repository = this.#repositoryOf(ref)
    const pull = this.#of(repository)[ref.number - 1]
    if (!pull) return undefined
    return { ...told(pull), isMergeable: pull.state === 'open' ? 'tree' in this.#merged(repository, pull) : null }
  }

  async list(query: PullRequestQuery): Promise<{ items: PullRequest[]; nextCursor: string | null }> {
    const limit = Math.min(Math.max(query.limit ?? 50, 1), 100)
    const before = query.cursor === undefined ? Infinity : Number(query.cursor)
    const found = this.#of(this.#repositoryOf(query)).filter(
      (pull) =>
        pull.number < before &&
        (query.state ?? pull.state) === pull.state &&
        (query.sourceBranch ?? pull.sourceBranch) === pull.sourceBranch &&
        (query.targetBranch ?? pull.targetBranch) === pull.targetBranch,
    )
    const items = found.toReversed().slice(0, limit).map(told)
    return { items, nextCursor: found.length > limit ? String(items.at(-1)?.number) : null }
  }

  async merge(request: MergeRequest): Promise<PullRequest> {
    const repository = this.#repositoryOf(request)
    const pull = this.#get(repository, request.number)
    const which = { repository: repository.name, number: pull.number }
    if (pull.state === 'merged') return told(pull)
    if (pull.state === 'closed') throw pullRequestFaults.closed(which)
    if (request.expectedHead !== undefined && request.expectedHead !== pull.headSha)
      throw pullRequestFaults.stale_head({ ...which, expected: request.expectedHead, found: pull.headSha })
    const result = this.#merged(repository, pull)
    if ('conflicts' in result) {
      const errors = result.conflicts.map((path) => ({ field: path, message: `both "${pull.sourceBranch}" and "${pull.targetBranch}" altered it` }))
      throw pullRequestFaults.conflict({ ...which, target: pull.targetBranch, paths: result.conflicts }, { errors })
    }
    const target = headOf(repository, pull.targetBranch)
    const isSquash = request.method === 'squash'
    const name = personOf(isSquash ? pull.author : request.actor)
    const commit = repository.store({
      tree: result.tree,
      parents: isSquash ? [target] : [target, pull.headSha],
      message: request.message ?? mergeMessage(pull, isSquash),
      author: { name, email: `${name}@localhost` },
      at: this.#clock.now(),
    })
    Object.assign(pull, { state: 'merged', mergeSha: commit.sha, baseSha: target, updatedAt: this.#clock.now() })
    await this.#move(repository, pull.targetBranch, commit.sha, request.actor)
    return told(pull)
  }

  async close(request: PullRequestRef & { actor: string }): Promise<PullRequest> {
    const repository = this.#repositoryOf(request)
    const pull = this.#get(repository, request.number)
    if (pull.state === 'merged') throw pullRequestFaults.merged({ repository: repository.name, number: pull.number })
    if (pull.state === 'open') Object.assign(pull, { state: 'closed', updatedAt: this.#clock.now() })
    return told(pull)
  }

  async diff(ref: PullRequestRef): Promise<PullRequestDiff> {
    const repository = this.#repositoryOf(ref)
    const pull = this.#get(repository, ref.number)
    const target = pull.baseSha ?? repository.refs.get(`refs/heads/${pull.targetBranch}`)
    const base = target === undefined ? undefined : repository.mergeBase(target, pull.headSha)
    const head = repository.commits.get(pull.headSha)
    return { files: base && head ? diffTrees(base.tree, head.tree) : [], isTruncated: false }
  }

  /** What a push means for the repository's pull requests. */
  async settle(repository: MemoryRepository, push: Push): Promise<void> {
    for (const pull of this.#of(repository)) {
      if (pull.state === 'merged') continue
      const contains = async (commit: string, history: string): Promise<boolean> => repository.contains(commit, history)
      for (const step of await pullRequestSteps({ ...pull, state: pull.state, attempts: [] }, [push], contains)) {
        if (step.kind === 'moved') Object.assign(pull, { headSha: step.headSha })
        else if (step.kind === 'merged') Object.assign(pull, { state: 'merged', mergeSha: step.mergeSha, baseSha: step.baseSha })
        else Object.assign(pull, { state: 'closed' })
        Object.assign(pull, { updatedAt: this.#clock.now() })
      }
    }
  }

  #of(repository: MemoryRepository): Pull[] {
    const known = this.#pulls.get(repository) ?? []
    this.#pulls.set(repository, known)
    return known
  }

  #get(repository: MemoryRepository, number: number): Pull {
    const pull = this.#of(repository)[number - 1]
    if (!pull) throw pullRequestFaults.not_found({ repository: repository.name, number })
    return pull
  }

  #merged(repository: MemoryRepository, pull: Pull): ReturnType<typeof mergeMemoryTrees> {
    const target = headOf(repository, pull.targetBranch)
    const treeOf = (sha: string | undefined): MemoryTree => (sha === undefined ? undefined : repository.commits.get(sha)?.tree) ?? new Map()
    return mergeMemoryTrees(treeOf(repository.mergeBase(target, pull.headSha)?.sha), treeOf(target), treeOf(pull.headSha))
  }
}

function headOf(repository: MemoryRepository, branch: string): string {
  const sha = repository.refs.get(`refs/heads/${branch}`)
  if (sha === undefined) throw gitHostFaults.ref_not_found({ repository: repository.name, ref: branch })
  return sha
}

function told(pull: Pull): PullRequest {
  const { baseSha: _, ...shown } = pull
  return { ...shown }
}

function diffTrees(before: MemoryTree, after: MemoryTree): FileDiff[] {
  const changed = changedPaths(before, after)
  const removed = new Map(changed.flatMap((path) => (after.has(path) ? [] : [[before.get(path)?.sha ?? '', path]])))
  const renamed = new Map<string, string>()
  for (const path of changed) {
    const previous = before.has(path) ? undefined : removed.get(after.get(path)?.sha ?? '')
    if (previous !== undefined && removed.delete(after.get(path)?.sha ?? '')) renamed.set(path, previous)
  }
  const from = new Set(renamed.values())
  return changed
    .filter((path) => !from.has(path))
    .map((path): FileDiff => {
      const previousPath = renamed.get(path)
      if (previousPath !== undefined) return { path, previousPath, status: 'renamed', patch: '' }
      const [old, now] = [before.get(path), after.get(path)]
      return { path, status: !old ? 'added' : now ? 'altered' : 'removed', patch: patchOf(old, now) }
    })
}

function patchOf(old: MemoryFile | undefined, now: MemoryFile | undefined): string | null {
  if ((old && isBinary(old.content)) || (now && isBinary(now.content))) return null
  return unifiedDiff(old?.content.toString() ?? '', now?.content.toString() ?? '')
}
