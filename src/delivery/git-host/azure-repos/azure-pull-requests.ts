import { z } from 'zod'
import type { NewPullRequest, PullRequestQuery, PullRequestRef } from '../pull-request.ts'
import { filteredPage } from '../remote/filtered-page.ts'
import type { ForgePullRequest, ForgePullRequests, MergeOutcome, Page } from '../remote/forge-api.ts'
import { messageOf, type ForgeClient } from '../remote/forge-client.ts'
import { repositoryPath } from './azure-paths.ts'
import { azurePullRequest, toPullRequest } from './azure-schemas.ts'

const STATES = { open: 'active', closed: 'abandoned', merged: 'completed' } as const
/** https://learn.microsoft.com/en-us/azure/devops/repos/git/pull-requests: "Descriptions are limited to 4000 characters". */
const MAX_BODY = 4_000
const pullRequests = z.looseObject({ value: z.array(azurePullRequest) })
const labelList = z.looseObject({ value: z.array(z.looseObject({ name: z.string(), active: z.boolean().default(true) })) })

/** https://learn.microsoft.com/en-us/rest/api/azure/devops/git/pull-requests?view=azure-devops-rest-7.1. */
export class AzurePullRequests implements ForgePullRequests {
  readonly #client: ForgeClient
  readonly #host: string
  readonly #webUrl: (ref: { owner: string; name: string }) => string

  constructor(client: ForgeClient, options: { host: string; webUrl: (ref: { owner: string; name: string }) => string }) {
    this.#client = client
    this.#host = options.host
    this.#webUrl = options.webUrl
  }

  async create(input: NewPullRequest): Promise<ForgePullRequest | 'exists' | 'later'> {
    const { title, body, sourceBranch, targetBranch, labels = [] } = input
    const asked = {
      title,
      description: body.slice(0, MAX_BODY),
      sourceRefName: `refs/heads/${sourceBranch}`,
      targetRefName: `refs/heads/${targetBranch}`,
      labels: labels.map((name) => ({ name })),
    }
    const call = { method: 'POST', path: `${repositoryPath(input, this.#host)}/pullrequests`, body: asked } as const
    const answer = await this.#client.call(call)
    if (answer.status === 409 && /TF401179|GitPullRequestExistsException/.test(JSON.stringify(answer.body))) return 'exists'
    const made = this.#read(input, this.#client.read(answer, azurePullRequest, call))
    return made.labels.length === labels.length ? made : { ...made, labels: await this.#labels({ ...input, number: made.number }) }
  }

  async update(ref: PullRequestRef, input: Pick<NewPullRequest, 'title' | 'body' | 'labels'>): Promise<ForgePullRequest> {
    const wanted = input.labels ?? []
    const held = await this.#labels(ref)
    for (const name of wanted.filter((each) => !held.includes(each)))
      await this.#client.get({ method: 'POST', path: `${this.#path(ref)}/labels`, body: { name } }, z.unknown())
    for (const name of held.filter((each) => !wanted.includes(each)))
      await this.#client.find({ method: 'DELETE', path: `${this.#path(ref)}/labels/${encodeURIComponent(name)}` }, z.unknown())
    const body = { title: input.title, description: input.body.slice(0, MAX_BODY) }
    const found = await this.#client.get({ method: 'PATCH', path: this.#path(ref), body }, azurePullRequest)
    return { ...this.#read(ref, found), labels: await this.#labels(ref) }
  }

  async find(ref: PullRequestRef): Promise<ForgePullRequest | undefined> {
    const found = await this.#client.find({ path: this.#path(ref) }, azurePullRequest)
    return found && this.#read(ref, found)
  }

  async list(query: PullRequestQuery): Promise<Page<ForgePullRequest> | undefined> {
    const { state, sourceBranch, targetBranch } = query
    const asked = {
      'searchCriteria.status': state === undefined ? 'all' : STATES[state],
      'searchCriteria.sourceRefName': sourceBranch === undefined ? undefined : `refs/heads/${sourceBranch}`,
      'searchCriteria.targetRefName': targetBranch === undefined ? undefined : `refs/heads/${targetBranch}`,
    }
    const path = `${repositoryPath(query, this.#host)}/pullrequests`
    const fetchPage = async (page: number, size: number): Promise<ForgePullRequest[] | undefined> => {
      const found = await this.#client.find({ path, query: { ...asked, $top: size, $skip: (page - 1) * size } }, pullRequests)
      return found?.value.map((item) => this.#read(query, item))
    }
    return await filteredPage(fetchPage, () => true, query)
  }

  /** Completing goes on after the answer, so most often it is `later`; the next look tells. */
  async merge(ref: PullRequestRef, how: { headSha: string; method: 'merge' | 'squash'; message: string | undefined }): Promise<MergeOutcome> {
    const body = {
      status: 'completed',
      lastMergeSourceCommit: { commitId: how.headSha },
      completionOptions: {
        mergeStrategy: how.method === 'squash' ? 'squash' : 'noFastForward',
        deleteSourceBranch: false,
        ...(how.message === undefined ? {} : { mergeCommitMessage: how.message }),
      },
    }
    const answer = await this.#client.call({ method: 'PATCH', path: this.#path(ref), body })
    const message = messageOf(answer.body)
    if (answer.status === 409) return { kind: /GitPullRequestStaleException|TF401192/.test(JSON.stringify(answer.body)) ? 'stale' : 'later', message }
    if (answer.status === 403 || answer.status === 400) return { kind: 'refused', message }
    const found = this.#client.read(answer, azurePullRequest, { path: this.#path(ref) })
    if (found.status === 'completed') return { kind: 'merged' }
    if (found.mergeStatus === 'conflicts') return { kind: 'conflict', message: found.mergeFailureMessage ?? 'it conflicts' }
    if (found.mergeStatus === 'rejectedByPolicy') return { kind: 'refused', message: found.mergeFailureMessage ?? 'a branch policy rejects it' }
    return { kind: 'later', message: found.mergeStatus ?? 'queued' }
  }

  async close(ref: PullRequestRef): Promise<void> {
    const call = { method: 'PATCH', path: this.#path(ref), body: { status: 'abandoned' } } as const
    const answer = await this.#client.call(call)
    // Merged meanwhile: the next look tells.
    if (answer.status !== 409) this.#client.read(answer, azurePullRequest, call)
  }

  async #labels(ref: PullRequestRef): Promise<string[]> {
    const { value } = await this.#client.get({ path: `${this.#path(ref)}/labels` }, labelList)
    return value.filter((label) => label.active).map((label) => label.name)
  }

  #read(ref: { owner: string; name: string }, found: z.infer<typeof azurePullRequest>): ForgePullRequest {
    return toPullRequest(found, this.#webUrl(ref))
  }

  #path(ref: PullRequestRef): string {
    return `${repositoryPath(ref, this.#host)}/pullrequests/${ref.number}`
  }
}
