import { z } from 'zod'
import type { NewPullRequest, PullRequestQuery, PullRequestRef } from '../pull-request.ts'
import { filteredPage } from '../remote/filtered-page.ts'
import type { ForgePullRequest, ForgePullRequests, MergeOutcome, Page } from '../remote/forge-api.ts'
import { messageOf, type ForgeClient } from '../remote/forge-client.ts'
import { labelIds } from './gitea-labels.ts'
import { repositoryPath } from './gitea-paths.ts'
import { giteaPullRequest, toPullRequest } from './gitea-schemas.ts'

/** https://docs.gitea.com/api/1.26/#tag/repository, pull requests. */
export class GiteaPullRequests implements ForgePullRequests {
  readonly #client: ForgeClient

  constructor(client: ForgeClient) {
    this.#client = client
  }

  async create(input: NewPullRequest): Promise<ForgePullRequest | 'exists' | 'later'> {
    const { title, body, sourceBranch, targetBranch, labels = [] } = input
    const asked = { title, body, head: sourceBranch, base: targetBranch, labels: await labelIds(this.#client, input, labels) }
    const call = { method: 'POST', path: `${repositoryPath(input)}/pulls`, body: asked } as const
    const answer = await this.#client.call(call)
    if (answer.status === 409) return 'exists'
    // Gitea takes pushes into its list of branches from a queue.
    if (answer.status === 404) return 'later'
    return toPullRequest(this.#client.read(answer, giteaPullRequest, call))
  }

  async update(ref: PullRequestRef, input: Pick<NewPullRequest, 'title' | 'body' | 'labels'>): Promise<ForgePullRequest> {
    const labels = await labelIds(this.#client, ref, input.labels ?? [])
    await this.#client.get({ method: 'PUT', path: `${repositoryPath(ref)}/issues/${ref.number}/labels`, body: { labels } }, z.unknown())
    const found = await this.#client.get({ method: 'PATCH', path: pullPath(ref), body: { title: input.title, body: input.body } }, giteaPullRequest)
    return toPullRequest(found)
  }

  async find(ref: PullRequestRef): Promise<ForgePullRequest | undefined> {
    const found = await this.#client.find({ path: pullPath(ref) }, giteaPullRequest)
    return found && toPullRequest(found)
  }

  async list(query: PullRequestQuery): Promise<Page<ForgePullRequest> | undefined> {
    const { state, sourceBranch, targetBranch } = query
    // Gitea counts merged ones as closed, and has no filter for the source.
    const asked = state === undefined ? 'all' : state === 'open' ? 'open' : 'closed'
    const fetchPage = async (page: number, limit: number): Promise<ForgePullRequest[] | undefined> =>
      (
        await this.#client.find(
          { path: `${repositoryPath(query)}/pulls`, query: { state: asked, base_branch: targetBranch, limit, page } },
          z.array(giteaPullRequest),
        )
      )?.map(toPullRequest)
    const isWanted = (item: ForgePullRequest): boolean =>
      (state === undefined || item.state === state) &&
      (sourceBranch === undefined || item.sourceBranch === sourceBranch) &&
      (targetBranch === undefined || item.targetBranch === targetBranch)
    return await filteredPage(fetchPage, isWanted, query)
  }

  async merge(ref: PullRequestRef, how: { headSha: string; method: 'merge' | 'squash'; message: string | undefined }): Promise<MergeOutcome> {
    const [title, ...rest] = how.message?.split('\n') ?? []
    const body = {
      Do: how.method,
      head_commit_id: how.headSha,
      delete_branch_after_merge: false,
      ...(title === undefined ? {} : { MergeTitleField: title, MergeMessageField: rest.join('\n').trim() }),
    }
    const answer = await this.#client.call({ method: 'POST', path: `${pullPath(ref)}/merge`, body })
    if (answer.status >= 200 && answer.status < 300) return { kind: 'merged' }
    const message = messageOf(answer.body)
    if (answer.status === 409) return { kind: /out of date|head commit|expected/i.test(message) ? 'stale' : 'conflict', message }
    if (answer.status === 405) return { kind: /try again later/i.test(message) ? 'later' : 'refused', message }
    if (answer.status === 423 || answer.status === 422) return { kind: 'refused', message }
    throw this.#client.failure(answer)
  }

  async close(ref: PullRequestRef): Promise<void> {
    const call = { method: 'PATCH', path: pullPath(ref), body: { state: 'closed' } } as const
    const answer = await this.#client.call(call)
    // Merged meanwhile: the next look tells.
    if (answer.status !== 412) this.#client.read(answer, giteaPullRequest, call)
  }
}

function pullPath(ref: PullRequestRef): string {
  return `${repositoryPath(ref)}/pulls/${ref.number}`
}
