import { z } from 'zod'
import { Secret } from '#kernel/common/secret'
import type { NewRepository, RepositoryRef } from '../git-host.ts'
import { ZERO_SHA } from '../git-names.ts'
import type { ForgeApi, ForgePush, ForgeRepository, WebhookTarget } from '../remote/forge-api.ts'
import { ForgeClient, type ForgeAnswer, type ForgeCall } from '../remote/forge-client.ts'
import { foreignHostFaults } from '../remote/foreign-host-faults.ts'
import type { ForgeOptions } from '../remote/forge-options.ts'
import { readWebhook } from '../remote/read-webhook.ts'
import { isSignedBy } from '../remote/webhook-signature.ts'
import { GiteaOrganisation } from './gitea-organisation.ts'
import { repositoryPath } from './gitea-paths.ts'
import { GiteaPullRequests } from './gitea-pull-requests.ts'
import { giteaRepository, toRepository } from './gitea-schemas.ts'

const hook = z.looseObject({ id: z.number(), config: z.looseObject({ url: z.string().optional() }) })
const repository = z.looseObject({ name: z.string(), owner: z.looseObject({ login: z.string() }) })
const pushEvent = z.looseObject({ ref: z.string(), before: z.string(), after: z.string(), repository, pusher: z.looseObject({ login: z.string() }).nullish() })
const deleteEvent = z.looseObject({ ref: z.string(), ref_type: z.enum(['branch', 'tag']), repository, sender: z.looseObject({ login: z.string() }).nullish() })

/** Gitea from 1.20 and Forgejo, by `/api/v1` (https://docs.gitea.com/api/1.26/), with an access token. */
export class GiteaApi implements ForgeApi {
  readonly type = 'gitea'
  readonly pullRequests: GiteaPullRequests
  readonly organisation: GiteaOrganisation
  readonly #client: ForgeClient
  readonly #options: ForgeOptions

  constructor(options: ForgeOptions) {
    this.#options = options
    this.#client = new ForgeClient({
      ...options,
      apiUrl: (options.apiUrl ?? `${options.url}/api/v1`).replace(/\/+$/, ''),
      authorize: async (): Promise<Record<string, string>> => {
        const held = await options.token()
        return held ? { authorization: `token ${held.reveal()}` } : {}
      },
    })
    this.pullRequests = new GiteaPullRequests(this.#client)
    this.organisation = new GiteaOrganisation(this.#client, options.host)
  }

  gitUrl({ owner, name }: RepositoryRef): string {
    return `${this.#options.url}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}.git`
  }

  async gitAuthorization(): Promise<Secret | undefined> {
    const held = await this.#options.token()
    return held && new Secret(`Basic ${Buffer.from(`fairway:${held.reveal()}`).toString('base64')}`)
  }

  async createRepository({ owner, name, description = '', defaultBranch = 'main' }: NewRepository): Promise<ForgeRepository | 'exists'> {
    const body = { name, description, default_branch: defaultBranch, private: true, auto_init: false }
    const call = { method: 'POST', path: `/orgs/${encodeURIComponent(owner)}/repos`, body } as const
    const answer = await this.#client.call(call)
    const made = answer.status === 404 ? await this.#client.call({ ...call, path: '/user/repos' }) : answer
    if (made.status === 409) return 'exists'
    return toRepository(this.#client.read(made, giteaRepository, call))
  }

  async findRepository(ref: RepositoryRef): Promise<ForgeRepository | undefined> {
    const found = await this.#client.find({ path: repositoryPath(ref) }, giteaRepository)
    return found && toRepository(found)
  }

  async deleteRepository(ref: RepositoryRef): Promise<void> {
    await this.#client.find({ method: 'DELETE', path: repositoryPath(ref) }, z.unknown())
  }

  async ensureWebhook({ owner, name, url, secret }: WebhookTarget): Promise<void> {
    const path = name === undefined ? `/orgs/${encodeURIComponent(owner)}/hooks` : `${repositoryPath({ owner, name })}/hooks`
    const hooks = await this.#client.all({ path, query: { limit: 50 } }, hook)
    if (hooks === undefined) throw foreignHostFaults.forbidden({ host: this.#options.host, what: `webhooks of "${owner}" need an administrator's token` })
    const config = { url, content_type: 'json', secret: secret.reveal() }
    const body = { type: 'gitea', active: true, branch_filter: '*', events: ['push', 'delete', 'pull_request'], config }
    await this.#client.get({ method: 'POST', path, body }, hook)
    // Gitea 1.26 keeps the old secret when a webhook is altered: it gets a new one, and the old ones go.
    for (const held of hooks.filter((each) => each.config.url === url)) await this.#client.find({ method: 'DELETE', path: `${path}/${held.id}` }, z.unknown())
  }

  parsePush(headers: Headers, body: Uint8Array, secret: Secret): ForgePush[] {
    const { host } = this.#options
    if (!isSignedBy(secret, body, headers.get('x-gitea-signature') ?? headers.get('x-forgejo-signature'))) throw foreignHostFaults.bad_signature({ host })
    const event = headers.get('x-gitea-event') ?? headers.get('x-forgejo-event')
    if (event === 'delete') {
      // The one event of a deleted ref; it does not tell where it was.
      const told = readWebhook(host, body, deleteEvent)
      const ref = `refs/${told.ref_type === 'branch' ? 'heads' : 'tags'}/${told.ref}`
      return [{ owner: told.repository.owner.login, name: told.repository.name, ref, before: '', after: ZERO_SHA, pusher: told.sender?.login ?? '' }]
    }
    if (event !== 'push') return []
    const told = readWebhook(host, body, pushEvent)
    const { ref, before, after } = told
    return [{ owner: told.repository.owner.login, name: told.repository.name, ref, before, after, pusher: told.pusher?.login ?? '' }]
  }

  async call(request: ForgeCall): Promise<ForgeAnswer> {
    return await this.#client.call(request)
  }

  async whoAmI(): Promise<{ login: string; scopes: string[] | null }> {
    const { login } = await this.#client.get({ path: '/user' }, z.looseObject({ login: z.string() }))
    return { login, scopes: null }
  }
}
