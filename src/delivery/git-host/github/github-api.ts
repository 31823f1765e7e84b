import { z } from 'zod'
import { Secret } from '#kernel/common/secret'
import type { NewRepository, RepositoryRef } from '../git-host.ts'
import type { ForgeApi, ForgePush, ForgeRepository, WebhookTarget } from '../remote/forge-api.ts'
import { ForgeClient, messageOf, type ForgeAnswer, type ForgeCall } from '../remote/forge-client.ts'
import { foreignHostFaults } from '../remote/foreign-host-faults.ts'
import type { ForgeOptions } from '../remote/forge-options.ts'
import { readWebhook } from '../remote/read-webhook.ts'
import { isSignedBy } from '../remote/webhook-signature.ts'
import { GithubOrganisation } from './github-organisation.ts'
import { repositoryPath } from './github-paths.ts'
import { GithubPullRequests } from './github-pull-requests.ts'
import { githubRepository, toRepository } from './github-schemas.ts'

const hook = z.looseObject({ id: z.number(), config: z.looseObject({ url: z.string().optional() }) })
const pushEvent = z.looseObject({
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  repository: z.looseObject({ name: z.string(), owner: z.looseObject({ login: z.string().optional(), name: z.string().nullish() }) }),
  sender: z.looseObject({ login: z.string() }).optional(),
})

/** GitHub.com and GitHub Enterprise Server, REST version 2022-11-28 (https://docs.github.com/en/rest), with a personal or an installation's token. */
export class GithubApi implements ForgeApi {
  readonly type = 'github'
  readonly pullRequests: GithubPullRequests
  readonly organisation: GithubOrganisation
  readonly #client: ForgeClient
  readonly #options: ForgeOptions

  constructor(options: ForgeOptions) {
    const { url, token, host } = options
    // GitHub Enterprise Server has its API below /api/v3, and GraphQL beside it.
    const apiUrl = (options.apiUrl ?? (url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`)).replace(/\/+$/, '')
    this.#options = options
    this.#client = new ForgeClient({
      ...options,
      apiUrl,
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
      authorize: async (): Promise<Record<string, string>> => {
        const held = await token()
        return held ? { authorization: `Bearer ${held.reveal()}` } : {}
      },
    })
    this.pullRequests = new GithubPullRequests(this.#client)
    this.organisation = new GithubOrganisation(this.#client, { host, graphqlUrl: `${apiUrl.replace(/\/v3$/, '')}/graphql` })
  }

  gitUrl({ owner, name }: RepositoryRef): string {
    return `${this.#options.url}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}.git`
  }

  async gitAuthorization(): Promise<Secret | undefined> {
    const held = await this.#options.token()
    return held && new Secret(`Basic ${Buffer.from(`x-access-token:${held.reveal()}`).toString('base64')}`)
  }

  async createRepository({ owner, name, description = '' }: NewRepository): Promise<ForgeRepository | 'exists'> {
    const body = { name, description, private: true }
    const call = { method: 'POST', path: `/orgs/${encodeURIComponent(owner)}/repos`, body } as const
    const answer = await this.#client.call(call)
    const made = answer.status === 404 ? await this.#client.call({ ...call, path: '/user/repos' }) : answer
    if (made.status === 422 && /already exists/i.test(messageOf(made.body))) return 'exists'
    return toRepository(this.#client.read(made, githubRepository, call))
  }

  async findRepository(ref: RepositoryRef): Promise<ForgeRepository | undefined> {
    const found = await this.#client.find({ path: repositoryPath(ref) }, githubRepository)
    return found && toRepository(found)
  }

  async deleteRepository(ref: RepositoryRef): Promise<void> {
    await this.#client.find({ method: 'DELETE', path: repositoryPath(ref) }, z.unknown())
  }

  async ensureWebhook({ owner, name, url, secret }: WebhookTarget): Promise<void> {
    const path = name === undefined ? `/orgs/${encodeURIComponent(owner)}/hooks` : `${repositoryPath({ owner, name })}/hooks`
    const hooks = await this.#client.all({ path, query: { per_page: 100 } }, hook)
    if (hooks === undefined) throw foreignHostFaults.forbidden({ host: this.#options.host, what: 'webhooks need the scope admin:repo_hook or admin:org_hook' })
    const held = hooks.find((each) => each.config.url === url)
    const body = {
      name: 'web',
      active: true,
      events: ['push', 'pull_request'],
      config: { url, content_type: 'json', secret: secret.reveal(), insecure_ssl: '0' },
    }
    await this.#client.get(held ? { method: 'PATCH', path: `${path}/${held.id}`, body } : { method: 'POST', path, body }, hook)
  }

  parsePush(headers: Headers, body: Uint8Array, secret: Secret): ForgePush[] {
    const { host } = this.#options
    if (!isSignedBy(secret, body, headers.get('x-hub-signature-256'))) throw foreignHostFaults.bad_signature({ host })
    if (headers.get('x-github-event') !== 'push') return []
    const { ref, before, after, repository, sender } = readWebhook(host, body, pushEvent)
    return [{ owner: repository.owner.login ?? repository.owner.name ?? '', name: repository.name, ref, before, after, pusher: sender?.login ?? '' }]
  }

  async call(request: ForgeCall): Promise<ForgeAnswer> {
    return await this.#client.call(request)
  }

  async whoAmI(): Promise<{ login: string; scopes: string[] | null }> {
    const call = { path: '/user' }
    const answer = await this.#client.call(call)
    const { login } = this.#client.read(answer, z.looseObject({ login: z.string() }), call)
    // Fine-grained and installation tokens have no such header.
    return {
      login,
      scopes:
        answer.headers
          .get('x-oauth-scopes')
          ?.split(',')
          .map((scope) => scope.trim())
          .filter((scope) => scope !== '') ?? null,
    }
  }
}
