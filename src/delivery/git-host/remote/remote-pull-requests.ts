import type { Clock } from '#kernel/common/clock'
import { gitHostFaults } from '../git-host-faults.ts'
import type { RepositoryRef } from '../git-host.ts'
import { diffCommits, isAncestor, mergeBase, mergeTrees } from '../pull-request-git.ts'
import { pullRequestFaults } from '../pull-request-faults.ts'
import type { MergeRequest, NewPullRequest, PullRequest, PullRequestDiff, PullRequestQuery, PullRequestRef, PullRequests } from '../pull-request.ts'
import type { ForgePullRequest } from './forge-api.ts'
import { foreignHostFaults } from './foreign-host-faults.ts'
import { KeyedTurns } from './keyed-turns.ts'
import type { RemoteGitHost } from './remote-git-host.ts'

/** How often a forge that has not made up its mind is asked again, and how long is waited before: 0.25 s, 0.5 s, … 2 s. */
const MERGE_ATTEMPTS = 12
const CREATE_ATTEMPTS = 5
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 2_000

/** Pull requests of a foreign host: its API decides, and what it does not tell is found out in the mirror by Git. */
export class RemotePullRequests implements PullRequests {
  readonly #host: RemoteGitHost
  readonly #clock: Clock
  readonly #hostName: string
  readonly #opening = new KeyedTurns()
  readonly #merging = new KeyedTurns()

  constructor(host: RemoteGitHost, deps: { clock: Clock; host: string }) {
    this.#host = host
    this.#clock = deps.clock
    this.#hostName = deps.host
  }

  async open(input: NewPullRequest): Promise<PullRequest> {
    // Most forges look before they make, and two at once both find nothing: one at a time of ours.
    const key = `${nameOf(input)}\n${input.sourceBranch}\n${input.targetBranch}`.toLowerCase()
    return await this.#opening.take(key, async () => await this.#openNow(input))
  }

  async #openNow(input: NewPullRequest): Promise<PullRequest> {
    const { pullRequests } = this.#host.api
    await this.#assertMergeable(input)
    const held = await this.#findOpen(input)
    let made = held ?? (await pullRequests.create(input))
    for (let attempt = 0; made === 'later' && attempt < CREATE_ATTEMPTS; attempt++) {
      await this.#clock.sleep(FIRST_WAIT_MS * 2 ** attempt)
      made = await pullRequests.create(input)
    }
    if (made === 'later') throw gitHostFaults.busy({ repository: nameOf(input), branch: input.sourceBranch })
    const found = made === 'exists' ? await this.#findOpen(input) : made
    if (!found) throw foreignHostFaults.unexpected({ host: this.#hostName, what: 'it has an open pull request, and does not list it' })
    const isAsked = found.title === input.title && found.body === input.body && sameLabels(found.labels, input.labels ?? [])
    return toPullRequest(input, isAsked ? found : await pullRequests.update({ ...refOf(input), number: found.number }, input))
  }

  async find(ref: PullRequestRef): Promise<PullRequest | undefined> {
    const found = await this.#host.api.pullRequests.find(ref)
    if (!found) {
      await this.#host.defaultBranchOf(ref)
      return undefined
    }
    if (found.state !== 'open' || found.isMergeable !== null) return toPullRequest(ref, found)
    return toPullRequest(ref, {
      ...found,
      isMergeable: await this.#tryMerge(ref, found).then((conflicts) => (conflicts === undefined ? null : conflicts.length === 0)),
    })
  }

  async list(query: PullRequestQuery): Promise<{ items: PullRequest[]; nextCursor: string | null }> {
    const page = await this.#host.api.pullRequests.list(query)
    if (!page) throw gitHostFaults.not_found({ repository: nameOf(query) })
    return { items: page.items.map((item) => toPullRequest(query, item)), nextCursor: page.nextCursor }
  }

  async merge(request: MergeRequest): Promise<PullRequest> {
    // Gitea 1.26 merges one pull request as often as it is asked for at once: one at a time of ours.
    return await this.#merging.take(nameOf(request).toLowerCase(), async () => await this.#mergeNow(request))
  }

  async #mergeNow(request: MergeRequest): Promise<PullRequest> {
    const which = { repository: nameOf(request), number: request.number }
    for (let attempt = 0; ; attempt++) {
      const found = await this.#get(request)
      if (found.state === 'merged') return this.#merged(request, found)
      if (found.state === 'closed') throw pullRequestFaults.closed(which)
      const { expectedHead } = request
      if (expectedHead !== undefined && expectedHead !== found.headSha)
        throw pullRequestFaults.stale_head({ ...which, expected: expectedHead, found: found.headSha })
      const method = request.method ?? 'merge'
      const message = request.message ?? (method === 'squash' ? `${found.title} (#${found.number})` : undefined)
      const outcome = await this.#host.api.pullRequests.merge(refOf(request), { headSha: found.headSha, method, message })
      if (outcome.kind === 'merged') return this.#merged(request, await this.#get(request))
      // It may have been merged by another call meanwhile: the next look tells.
      const now = await this.#get(request)
      if (now.state !== 'open') continue
      const conflicts = await this.#tryMerge(request, now)
      if (conflicts !== undefined && conflicts.length > 0) throw conflictOf(which, found.targetBranch, conflicts)
      if (outcome.kind === 'refused') throw pullRequestFaults.refused({ ...which, reason: outcome.message })
      if (attempt >= MERGE_ATTEMPTS) {
        if (outcome.kind === 'conflict') throw conflictOf(which, found.targetBranch, [])
        throw gitHostFaults.busy({ repository: which.repository, branch: found.targetBranch })
      }
      await this.#clock.sleep(Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS))
    }
  }

  async close(request: PullRequestRef & { actor: string }): Promise<PullRequest> {
    const which = { repository: nameOf(request), number: request.number }
    const found = await this.#get(request)
    if (found.state === 'merged') throw pullRequestFaults.merged(which)
    if (found.state === 'closed') return toPullRequest(request, found)
    await this.#host.api.pullRequests.close(refOf(request))
    const now = await this.#get(request)
    if (now.state === 'merged') throw pullRequestFaults.merged(which)
    return toPullRequest(request, now)
  }

  async diff(ref: PullRequestRef): Promise<PullRequestDiff> {
    const found = await this.#get(ref)
    const { folders, gitDir } = await this.#withCommits(ref, found)
    const target = found.baseSha ?? (await this.#host.resolveRef({ ...refOf(ref), ref: `refs/heads/${found.targetBranch}` }))
    const base = target === undefined ? undefined : await mergeBase(folders, gitDir, target, found.headSha)
    if (base === undefined) throw gitHostFaults.ref_not_found({ repository: nameOf(ref), ref: target ?? found.targetBranch })
    return await diffCommits(folders, gitDir, base, found.headSha)
  }

  async #get(ref: PullRequestRef): Promise<ForgePullRequest> {
    const found = await this.#host.api.pullRequests.find(refOf(ref))
    if (found) return found
    await this.#host.defaultBranchOf(ref)
    throw pullRequestFaults.not_found({ repository: nameOf(ref), number: ref.number })
  }

  #merged(ref: PullRequestRef, found: ForgePullRequest): PullRequest {
    this.#host.markStale(ref)
    return toPullRequest(ref, found)
  }

  async #findOpen(input: NewPullRequest): Promise<ForgePullRequest | undefined> {
    const { sourceBranch, targetBranch } = input
    const page = await this.#host.api.pullRequests.list({ ...refOf(input), state: 'open', sourceBranch, targetBranch, limit: 50 })
    return page?.items.find((item) => item.sourceBranch === sourceBranch && item.targetBranch === targetBranch)
  }

  /** Forges differ in what they say of branches that are not there or bring nothing: it is found out here. */
  async #assertMergeable(input: NewPullRequest): Promise<void> {
    const { sourceBranch, targetBranch } = input
    const repository = nameOf(input)
    const [source, target] = await this.#branches(input)
    if (source === undefined) throw gitHostFaults.ref_not_found({ repository, ref: sourceBranch })
    if (target === undefined) throw gitHostFaults.ref_not_found({ repository, ref: targetBranch })
    if (sourceBranch === targetBranch || (await isAncestor(this.#host.folders, this.#host.mirrorOf(input).gitDir, source, target)))
      throw pullRequestFaults.nothing_to_merge({ repository, source: sourceBranch, target: targetBranch })
  }

  async #branches(input: NewPullRequest): Promise<(string | undefined)[]> {
    const look = async (): Promise<(string | undefined)[]> =>
      await Promise.all(
        [input.sourceBranch, input.targetBranch].map(async (branch) => await this.#host.resolveRef({ ...refOf(input), ref: `refs/heads/${branch}` })),
      )
    const found = await look()
    if (!found.includes(undefined)) return found
    this.#host.mirrorOf(input).markStale()
    return await look()
  }

  /** The files that conflict now; undefined when that can't be found out. */
  async #tryMerge(ref: RepositoryRef, found: ForgePullRequest): Promise<string[] | undefined> {
    const { folders, gitDir, hasHead } = await this.#withCommits(ref, found)
    this.#host.mirrorOf(ref).markStale()
    const target = await this.#host.resolveRef({ ...refOf(ref), ref: `refs/heads/${found.targetBranch}` })
    if (target === undefined || !hasHead) return undefined
    const result = await mergeTrees(folders, gitDir, target, found.headSha)
    return 'conflicts' in result ? result.conflicts : []
  }

  async #withCommits(ref: RepositoryRef, found: ForgePullRequest): Promise<{ folders: RemoteGitHost['folders']; gitDir: string; hasHead: boolean }> {
    const mirror = this.#host.mirrorOf(ref)
    let hasHead = await mirror.has(found.headSha)
    if (!hasHead) {
      mirror.markStale()
      await mirror.refresh(0)
      hasHead = (await mirror.has(found.headSha)) || ((await mirror.fetchRefs([...found.headRefs, found.headSha])) && (await mirror.has(found.headSha)))
    }
    if (found.baseSha !== null && !(await mirror.has(found.baseSha))) {
      mirror.markStale()
      await mirror.refresh(0)
      if (!(await mirror.has(found.baseSha))) await mirror.fetchRefs([found.baseSha])
    }
    return { folders: this.#host.folders, gitDir: mirror.gitDir, hasHead }
  }
}

function conflictOf(which: { repository: string; number: number }, target: string, paths: readonly string[]): Error {
  const errors = paths.map((field) => ({ field, message: `both sides altered "${field}"` }))
  return pullRequestFaults.conflict({ ...which, target, paths }, { errors })
}

function toPullRequest(ref: RepositoryRef, found: ForgePullRequest): PullRequest {
  const { baseSha: _base, headRefs: _refs, isMergeable, ...told } = found
  return { ...told, repository: nameOf(ref), isMergeable: found.state === 'open' ? isMergeable : null }
}

function sameLabels(held: readonly string[], asked: readonly string[]): boolean {
  return held.toSorted().join('\n') === asked.toSorted().join('\n')
}

function refOf<T extends RepositoryRef>({ owner, name, ...more }: T): T {
  return { owner, name, ...('number' in more ? { number: more.number } : {}) } as T
}

function nameOf(repository: RepositoryRef): string {
  return `${repository.owner}/${repository.name}`
}
