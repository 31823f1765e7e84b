import { z } from 'zod'
import { Secret } from '#kernel/common/secret'
import type { NewRepository, RepositoryRef } from '../git-host.ts'
import type { ForgeApi, ForgePush, ForgeRepository, WebhookTarget } from '../remote/forge-api.ts'
import { ForgeClient, type ForgeAnswer, type ForgeCall } from '../remote/forge-client.ts'
import { foreignHostFaults } from '../remote/foreign-host-faults.ts'
import type { ForgeOptions } from '../remote/forge-options.ts'
import { readWebhook } from '../remote/read-webhook.ts'
import { isSame } from '../remote/webhook-signature.ts'
import { AzureOrganisation } from './azure-organisation.ts'
import { repositoryPath, splitOwner } from './azure-paths.ts'
import { AzurePullRequests } from './azure-pull-requests.ts'
import { azureRepository, toRepository } from './azure-schemas.ts'

/** Sent by basic authentication: Azure DevOps signs nothing. */
const WEBHOOK_USER = 'fairway'
const API_VERSION = '7.1'
const subscription = z.looseObject({ id: z.string(), consumerInputs: z.looseObject({ url: z.string().optional() }).nullish() })
const pushEvent = z.looseObject({
  eventType: z.string(),
  resource: z.looseObject({
    refUpdates: z.array(z.looseObject({ name: z.string(), oldObjectId: z.string(), newObjectId: z.string() })).default([]),
    repository: z.looseObject({ name: z.string(), remoteUrl: z.string(), project: z.looseObject({ name: z.string() }) }).optional(),
    pushedBy: z.looseObject({ uniqueName: z.string().nullish() }).nullish(),
  }),
})

/**
 * Azure Repos, in the cloud and on a server of one's own: REST 7.1 (https://learn.microsoft.com/en-us/rest/api/azure/devops/), with a personal access token.
 * Owners are `organisation/project`.
 */
export class AzureReposApi implements ForgeApi {
  readonly type = 'azure'
  readonly pullRequests: AzurePullRequests
  readonly organisation: AzureOrganisation
  readonly #client: ForgeClient
  readonly #options: ForgeOptions

  constructor(options: ForgeOptions) {
    this.#options = options
    const { url, host } = options
    this.#client = new ForgeClient({
      ...options,
      apiUrl: (options.apiUrl ?? url).replace(/\/+$/, ''),
      headers: { accept: `application/json;api-version=${API_VERSION}` },
      authorize: async (): Promise<Record<string, string>> => {
        const held = await this.gitAuthorization()
        return held ? { authorization: held.reveal() } : {}
      },
    })
    this.pullRequests = new AzurePullRequests(this.#client, { host, webUrl: (ref) => this.gitUrl(ref) })
    this.organisation = new AzureOrganisation(this.#client, { host, url })
  }

  gitUrl({ owner, name }: RepositoryRef): string {
    const { organisation, project } = splitOwner(owner, this.#options.host)
    return `${this.#options.url}/${[organisation, project, '_git', name].map(encodeURIComponent).join('/')}`
  }

  async gitAuthorization(): Promise<Secret | undefined> {
    const held = await this.#options.token()
    return held && new Secret(`Basic ${Buffer.from(`:${held.reveal()}`).toString('base64')}`)
  }

  async createRepository({ owner, name }: NewRepository): Promise<ForgeRepository | 'exists'> {
    const path = repositoryPath({ owner, name }, this.#options.host).replace(/\/[^/]*$/, '')
    const call = { method: 'POST', path, body: { name } } as const
    const answer = await this.#client.call(call)
    if (answer.status === 409) return 'exists'
    return this.#toRepository(owner, this.#client.read(answer, azureRepository, call))
  }

  async findRepository(ref: RepositoryRef): Promise<ForgeRepository | undefined> {
    const found = await this.#client.find({ path: repositoryPath(ref, this.#options.host) }, azureRepository)
    return found && this.#toRepository(ref.owner, found)
  }

  /** It goes to the project's recycle bin, and its name is free. */
  async deleteRepository(ref: RepositoryRef): Promise<void> {
    const found = await this.findRepository(ref)
    if (found) await this.#client.find({ method: 'DELETE', path: repositoryPath({ owner: ref.owner, name: found.id }, this.#options.host) }, z.unknown())
  }

  async ensureWebhook({ owner, name, url, secret }: WebhookTarget): Promise<void> {
    const [organisation = '', project] = owner.split('/')
    const base = `/${encodeURIComponent(organisation)}/_apis`
    const projectId =
      project === undefined ? '' : (await this.#client.get({ path: `${base}/projects/${encodeURIComponent(project)}` }, z.looseObject({ id: z.string() }))).id
    const repository = name === undefined ? '' : ((await this.findRepository({ owner, name }))?.id ?? '')
    if (name !== undefined && repository === '')
      throw foreignHostFaults.refused({ host: this.#options.host, what: `there is no repository "${owner}/${name}"` })
    const { value } = await this.#client.get(
      { path: `${base}/hooks/subscriptions`, query: { publisherId: 'tfs', eventType: 'git.push' } },
      z.looseObject({
        value: z.array(
          subscription.extend({ publisherInputs: z.looseObject({ projectId: z.string().optional(), repository: z.string().optional() }).nullish() }),
        ),
      }),
    )
    const held = value.find(
      (each) =>
        each.consumerInputs?.url === url && (each.publisherInputs?.projectId ?? '') === projectId && (each.publisherInputs?.repository ?? '') === repository,
    )
    const body = {
      publisherId: 'tfs',
      eventType: 'git.push',
      resourceVersion: '1.0',
      consumerId: 'webHooks',
      consumerActionId: 'httpRequest',
      publisherInputs: { projectId, repository, branch: '', pushedBy: '' },
      consumerInputs: { url, basicAuthUsername: WEBHOOK_USER, basicAuthPassword: secret.reveal() },
    }
    await this.#client.get(
      held ? { method: 'PUT', path: `${base}/hooks/subscriptions/${held.id}`, body } : { method: 'POST', path: `${base}/hooks/subscriptions`, body },
      subscription,
    )
  }

  parsePush(headers: Headers, body: Uint8Array, secret: Secret): ForgePush[] {
    const { host, url } = this.#options
    const expected = `Basic ${Buffer.from(`${WEBHOOK_USER}:${secret.reveal()}`).toString('base64')}`
    if (!isSame(expected, headers.get('authorization') ?? '')) throw foreignHostFaults.bad_signature({ host })
    const { eventType, resource } = readWebhook(host, body, pushEvent)
    if (eventType !== 'git.push') return []
    const { repository, pushedBy, refUpdates } = resource
    const organisation = repository && organisationOf(repository.remoteUrl, url)
    if (!repository || organisation === undefined) throw foreignHostFaults.bad_webhook({ host, what: 'it does not tell the repository' })
    const pusher = pushedBy?.uniqueName ?? ''
    const owner = `${organisation}/${repository.project.name}`
    return refUpdates.map((update) => ({ owner, name: repository.name, ref: update.name, before: update.oldObjectId, after: update.newObjectId, pusher }))
  }

  async call(request: ForgeCall): Promise<ForgeAnswer> {
    return await this.#client.call(request)
  }

  async whoAmI(): Promise<{ login: string; scopes: string[] | null }> {
    const [organisation] = this.#options.organisations[0]?.split('/') ?? []
    if (organisation === undefined)
      throw foreignHostFaults.unsupported({ host: this.#options.host, what: 'say who the token is; name an organisation in its GitHost document' })
    const call = { path: `/${encodeURIComponent(organisation)}/_apis/connectionData`, headers: { accept: 'application/json;api-version=7.1-preview.1' } }
    const found = await this.#client.get(call, z.looseObject({ authenticatedUser: z.looseObject({ providerDisplayName: z.string().nullish() }) }))
    return { login: found.authenticatedUser.providerDisplayName ?? '', scopes: null }
  }

  #toRepository(owner: string, found: z.infer<typeof azureRepository>): ForgeRepository {
    return toRepository(splitOwner(owner, this.#options.host).organisation, found, this.#options.url)
  }
}

/** The first segment below the host's address, or the first label of an older one (`acme.visualstudio.com`). */
function organisationOf(remoteUrl: string, url: string): string | undefined {
  const remote = URL.parse(remoteUrl)
  if (!remote) return undefined
  const old = /^([^.]+)\.visualstudio\.com$/.exec(remote.hostname)?.[1]
  if (old !== undefined) return old
  const folder = new URL(url).pathname.replace(/\/$/, '')
  const first = remote.pathname
    .slice(folder.length)
    .split('/')
    .find((part) => part !== '')
  return first === undefined ? undefined : decodeURIComponent(first)
}
