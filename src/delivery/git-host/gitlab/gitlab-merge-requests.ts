import { z } from 'zod'
import type { NewPullRequest, PullRequestQuery, PullRequestRef } from '../pull-request.ts'
import type { ForgePullRequest, ForgePullRequests, MergeOutcome, Page } from '../remote/forge-api.ts'
import { messageOf, type ForgeClient } from '../remote/forge-client.ts'
import { filteredPage } from '../remote/filtered-page.ts'
import { projectPath } from './gitlab-paths.ts'
import { gitlabMergeRequest, isUndecided, toPullRequest } from './gitlab-schemas.ts'

const STATES = { open: 'opened', closed: 'closed', merged: 'merged' } as const

/** https://docs.gitlab.com/api/merge_requests/. */
export class GitlabMergeRequests implements ForgePullRequests {
  readonly #client: ForgeClient

  constructor(client: ForgeClient) {
    this.#client = client
  }

  async create(input: NewPullRequest): Promise<ForgePullRequest | 'exists' | 'later'> {
    const { title, body: description, sourceBranch, targetBranch, labels = [] } = input
    const body = { title, description, source_branch: sourceBranch, target_branch: targetBranch, labels: labels.join(','), remove_source_branch: false }
    const call = { method: 'POST', path: `${projectPath(input)}/merge_requests`, body } as const
    const answer = await this.#client.call(call)
    if (answer.status === 409 && /another open merge request already exists/i.test(messageOf(answer.body))) return 'exists'
    return toPullRequest(this.#client.read(answer, gitlabMergeRequest, call))
  }

  async update(ref: PullRequestRef, input: Pick<NewPullRequest, 'title' | 'body' | 'labels'>): Promise<ForgePullRequest> {
    const body = { title: input.title, description: input.body, labels: (input.labels ?? []).join(',') }
    return toPullRequest(await this.#client.get({ method: 'PUT', path: mergeRequestPath(ref), body }, gitlabMergeRequest))
  }

  async find(ref: PullRequestRef): Promise<ForgePullRequest | undefined> {
    const found = await this.#client.find({ path: mergeRequestPath(ref) }, gitlabMergeRequest)
    return found && toPullRequest(found)
  }

  async list(query: PullRequestQuery): Promise<Page<ForgePullRequest> | undefined> {
    const { state, sourceBranch, targetBranch } = query
    const asked = {
      state: state === undefined ? 'all' : STATES[state],
      source_branch: sourceBranch,
      target_branch: targetBranch,
      order_by: 'created_at',
      sort: 'desc',
    }
    const fetchPage = async (page: number, size: number): Promise<ForgePullRequest[] | undefined> =>
      (await this.#client.find({ path: `${projectPath(query)}/merge_requests`, query: { ...asked, per_page: size, page } }, z.array(gitlabMergeRequest)))?.map(
        toPullRequest,
      )
    return await filteredPage(fetchPage, () => true, query)
  }

  async merge(ref: PullRequestRef, how: { headSha: string; method: 'merge' | 'squash'; message: string | undefined }): Promise<MergeOutcome> {
    const isSquash = how.method === 'squash'
    const body = {
      sha: how.headSha,
      squash: isSquash,
      should_remove_source_branch: false,
      ...(how.message === undefined ? {} : { [isSquash ? 'squash_commit_message' : 'merge_commit_message']: how.message }),
    }
    const answer = await this.#client.call({ method: 'PUT', path: `${mergeRequestPath(ref)}/merge`, body })
    if (answer.status === 200) return { kind: 'merged' }
    const message = messageOf(answer.body)
    if (answer.status === 409) return { kind: 'stale', message }
    if (answer.status !== 405 && answer.status !== 422 && answer.status !== 406) throw this.#client.failure(answer)
    const found = await this.#client.find({ path: mergeRequestPath(ref) }, gitlabMergeRequest)
    if (found && isUndecided(found)) return { kind: 'later', message }
    if (found?.has_conflicts === true || found?.detailed_merge_status === 'conflict') return { kind: 'conflict', message }
    return { kind: 'refused', message: `${message} (${found?.detailed_merge_status ?? 'gone'})` }
  }

  async close(ref: PullRequestRef): Promise<void> {
    const call = { method: 'PUT', path: mergeRequestPath(ref), body: { state_event: 'close' } } as const
    this.#client.read(await this.#client.call(call), gitlabMergeRequest, call)
  }
}

function mergeRequestPath(ref: PullRequestRef): string {
  return `${projectPath(ref)}/merge_requests/${ref.number}`
}
