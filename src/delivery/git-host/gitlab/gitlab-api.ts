import { z } from 'zod'
import { Secret } from '#kernel/common/secret'
import type { NewRepository, RepositoryRef } from '../git-host.ts'
import type { ForgeApi, ForgePush, ForgeRepository, WebhookTarget } from '../remote/forge-api.ts'
import { ForgeClient, messageOf, type ForgeAnswer, type ForgeCall } from '../remote/forge-client.ts'
import { foreignHostFaults } from '../remote/foreign-host-faults.ts'
import type { ForgeOptions } from '../remote/forge-options.ts'
import { readWebhook } from '../remote/read-webhook.ts'
import { isSame } from '../remote/webhook-signature.ts'
import { GitlabGroup } from './gitlab-group.ts'
import { GitlabMergeRequests } from './gitlab-merge-requests.ts'
import { groupPath, projectPath } from './gitlab-paths.ts'
import { gitlabProject, isGone, toRepository } from './gitlab-schemas.ts'

const hook = z.looseObject({ id: z.number(), url: z.string() })
const pushEvent = z.looseObject({
  object_kind: z.string(),
  ref: z.string().optional(),
  before: z.string().optional(),
  after: z.string().optional(),
  user_username: z.string().nullish(),
  project: z.looseObject({ path_with_namespace: z.string() }).optional(),
})

/** GitLab.com and self-managed GitLab, REST v4 (https://docs.gitlab.com/api/rest/), with a personal, group or project access token. */
export class GitlabApi implements ForgeApi {
  readonly type = 'gitlab'
  readonly pullRequests: GitlabMergeRequests
  readonly organisation: GitlabGroup
  readonly #client: ForgeClient
  readonly #options: ForgeOptions

  constructor(options: ForgeOptions) {
    this.#options = options
    this.#client = new ForgeClient({
      ...options,
      apiUrl: (options.apiUrl ?? `${options.url}/api/v4`).replace(/\/+$/, ''),
      authorize: async (): Promise<Record<string, string>> => {
        const held = await options.token()
        return held ? { 'private-token': held.reveal() } : {}
      },
    })
    this.pullRequests = new GitlabMergeRequests(this.#client)
    this.organisation = new GitlabGroup(this.#client, options.host)
  }

  gitUrl({ owner, name }: RepositoryRef): string {
    return `${this.#options.url}/${[...owner.split('/'), name].map(encodeURIComponent).join('/')}.git`
  }

  async gitAuthorization(): Promise<Secret | undefined> {
    const held = await this.#options.token()
    return held && new Secret(`Basic ${Buffer.from(`oauth2:${held.reveal()}`).toString('base64')}`)
  }

  async createRepository({ owner, name, description = '' }: NewRepository): Promise<ForgeRepository | 'exists'> {
    const namespace = await this.#client.find({ path: `/namespaces/${encodeURIComponent(owner)}` }, z.looseObject({ id: z.number() }))
    if (!namespace) throw foreignHostFaults.refused({ host: this.#options.host, what: `there is no group "${owner}"` })
    const body = { name, path: name, namespace_id: namespace.id, description, visibility: 'private', initialize_with_readme: false }
    const call = { method: 'POST', path: '/projects', body } as const
    const answer = await this.#client.call(call)
    if (answer.status === 400 && /has already been taken/i.test(messageOf(answer.body))) return 'exists'
    return toRepository(this.#client.read(answer, gitlabProject, call))
  }

  async findRepository(ref: RepositoryRef): Promise<ForgeRepository | undefined> {
    const found = await this.#client.find({ path: projectPath(ref) }, gitlabProject)
    return found === undefined || isGone(found) ? undefined : toRepository(found)
  }

  /** GitLab may keep it for some days, out of sight, for its administrators to bring back. */
  async deleteRepository(ref: RepositoryRef): Promise<void> {
    if (await this.findRepository(ref)) await this.#client.find({ method: 'DELETE', path: projectPath(ref) }, z.unknown())
  }

  async ensureWebhook({ owner, name, url, secret }: WebhookTarget): Promise<void> {
    const path = name === undefined ? `${groupPath(owner)}/hooks` : `${projectPath({ owner, name })}/hooks`
    const hooks = await this.#client.all({ path, query: { per_page: 100 } }, hook)
    if (hooks === undefined)
      throw foreignHostFaults.forbidden({ host: this.#options.host, what: `webhooks of "${owner}" need a maintainer's token (of a group: GitLab Premium)` })
    const held = hooks.find((each) => each.url === url)
    const body = { url, token: secret.reveal(), push_events: true, tag_push_events: true, merge_requests_events: true, enable_ssl_verification: true }
    await this.#client.get(held ? { method: 'PUT', path: `${path}/${held.id}`, body } : { method: 'POST', path, body }, hook)
  }

  parsePush(headers: Headers, body: Uint8Array, secret: Secret): ForgePush[] {
    const { host } = this.#options
    if (!isSame(secret.reveal(), headers.get('x-gitlab-token') ?? '')) throw foreignHostFaults.bad_signature({ host })
    const told = readWebhook(host, body, pushEvent)
    if (told.object_kind !== 'push' && told.object_kind !== 'tag_push') return []
    const { ref, before, after, project } = told
    if (ref === undefined || before === undefined || after === undefined || project === undefined)
      throw foreignHostFaults.bad_webhook({ host, what: 'it is a push without ref, before, after or project' })
    const at = project.path_with_namespace.lastIndexOf('/')
    const [owner, name] = [project.path_with_namespace.slice(0, at), project.path_with_namespace.slice(at + 1)]
    return [{ owner, name, ref, before, after, pusher: told.user_username ?? '' }]
  }

  async call(request: ForgeCall): Promise<ForgeAnswer> {
    return await this.#client.call(request)
  }

  async whoAmI(): Promise<{ login: string; scopes: string[] | null }> {
    const { username } = await this.#client.get({ path: '/user' }, z.looseObject({ username: z.string() }))
    const answer = await this.#client.call({ path: '/personal_access_tokens/self' })
    const token = z.looseObject({ scopes: z.array(z.string()) }).safeParse(answer.body)
    return { login: username, scopes: answer.status === 200 && token.success ? token.data.scopes : null }
  }
}
