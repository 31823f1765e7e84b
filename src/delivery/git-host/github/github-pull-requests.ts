import { z } from 'zod'
import type { NewPullRequest, PullRequestQuery, PullRequestRef } from '../pull-request.ts'
import { filteredPage } from '../remote/filtered-page.ts'
import type { ForgePullRequest, ForgePullRequests, MergeOutcome, Page } from '../remote/forge-api.ts'
import { messageOf, type ForgeClient } from '../remote/forge-client.ts'
import { repositoryPath } from './github-paths.ts'
import { githubPullRequest, toPullRequest } from './github-schemas.ts'

/** `{"resource": "PullRequest", "field": "head", "code": "invalid"}`: a branch that it does not know, or not yet. */
const isBranchUnknown = z.looseObject({ errors: z.tuple([z.looseObject({ field: z.enum(['head', 'base']), code: z.literal('invalid') })], z.unknown()) })

/** https://docs.github.com/en/rest/pulls/pulls, version 2022-11-28. */
export class GithubPullRequests implements ForgePullRequests {
  readonly #client: ForgeClient

  constructor(client: ForgeClient) {
    this.#client = client
  }

  async create(input: NewPullRequest): Promise<ForgePullRequest | 'exists' | 'later'> {
    const { title, body, sourceBranch, targetBranch, labels = [] } = input
    const call = { method: 'POST', path: `${repositoryPath(input)}/pulls`, body: { title, body, head: sourceBranch, base: targetBranch } } as const
    const answer = await this.#client.call(call)
    if (answer.status === 422 && /pull request already exists/i.test(messageOf(answer.body))) return 'exists'
    if (answer.status === 422 && isBranchUnknown.safeParse(answer.body).success) return 'later'
    const made = toPullRequest(this.#client.read(answer, githubPullRequest, call))
    return labels.length === 0 ? made : { ...made, labels: await this.#setLabels({ ...input, number: made.number }, labels) }
  }

  async update(ref: PullRequestRef, input: Pick<NewPullRequest, 'title' | 'body' | 'labels'>): Promise<ForgePullRequest> {
    const { title, body, labels = [] } = input
    const set = await this.#setLabels(ref, labels)
    const found = await this.#client.get({ method: 'PATCH', path: pullPath(ref), body: { title, body } }, githubPullRequest)
    return { ...toPullRequest(found), labels: set }
  }

  async find(ref: PullRequestRef): Promise<ForgePullRequest | undefined> {
    const found = await this.#client.find({ path: pullPath(ref) }, githubPullRequest)
    return found && toPullRequest(found)
  }

  async list(query: PullRequestQuery): Promise<Page<ForgePullRequest> | undefined> {
    const { owner, state, sourceBranch, targetBranch } = query
    // GitHub counts merged ones as closed.
    const asked = state === undefined ? 'all' : state === 'open' ? 'open' : 'closed'
    const head = sourceBranch === undefined ? undefined : `${owner}:${sourceBranch}`
    const path = `${repositoryPath(query)}/pulls`
    const fetchPage = async (page: number, size: number): Promise<ForgePullRequest[] | undefined> => {
      const asking = { state: asked, head, base: targetBranch, sort: 'created', direction: 'desc', per_page: size, page }
      return (await this.#client.find({ path, query: asking }, z.array(githubPullRequest)))?.map(toPullRequest)
    }
    return await filteredPage(fetchPage, (item) => state === undefined || item.state === state, query)
  }

  async merge(ref: PullRequestRef, how: { headSha: string; method: 'merge' | 'squash'; message: string | undefined }): Promise<MergeOutcome> {
    const [title, ...rest] = how.message?.split('\n') ?? []
    const body = {
      sha: how.headSha,
      merge_method: how.method,
      ...(title === undefined ? {} : { commit_title: title, commit_message: rest.join('\n').trim() }),
    }
    const answer = await this.#client.call({ method: 'PUT', path: `${pullPath(ref)}/merge`, body })
    if (answer.status === 200) return { kind: 'merged' }
    const message = messageOf(answer.body)
    if (answer.status === 409) return { kind: /merge conflict/i.test(message) ? 'conflict' : 'stale', message }
    if (answer.status === 405)
      return { kind: /base branch was modified/i.test(message) ? 'later' : /is not mergeable/i.test(message) ? 'conflict' : 'refused', message }
    if (answer.status === 422) return { kind: 'refused', message }
    throw this.#client.failure(answer)
  }

  async close(ref: PullRequestRef): Promise<void> {
    await this.#client.get({ method: 'PATCH', path: pullPath(ref), body: { state: 'closed' } }, githubPullRequest)
  }

  /** A label that the repository does not have yet is made by GitHub. */
  async #setLabels(ref: PullRequestRef, labels: readonly string[]): Promise<string[]> {
    const path = `${repositoryPath(ref)}/issues/${ref.number}/labels`
    const set = await this.#client.get({ method: 'PUT', path, body: { labels } }, z.array(z.looseObject({ name: z.string() })))
    return set.map((label) => label.name)
  }
}

function pullPath(ref: PullRequestRef): string {
  return `${repositoryPath(ref)}/pulls/${ref.number}`
}
