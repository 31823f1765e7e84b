import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { Clock } from '#kernel/common/clock'
import { canonicalJson } from '#kernel/common/json'
import { Secret } from '#kernel/common/secret'
import { createEgress, type Egress, type EgressOptions } from '#kernel/node/egress'
import { AzureReposApi } from '../azure-repos/azure-repos-api.ts'
import type { GitHost, RepositoryRef } from '../git-host.ts'
import { GiteaApi } from '../gitea/gitea-api.ts'
import { GithubApi } from '../github/github-api.ts'
import { GitlabApi } from '../gitlab/gitlab-api.ts'
import { foreignHostFaults } from './foreign-host-faults.ts'
import type { ForgeApi, ForgeOrganisation, ForgePush } from './forge-api.ts'
import type { ForgeOptions } from './forge-options.ts'
import type { GitHostDocument } from './git-host-document.ts'
import { readUrl, refCandidates, type HostAddress, type UrlPlace } from './read-url.ts'
import { RemoteGitHost } from './remote-git-host.ts'

/** A Git host that the platform knows: the built-in one (`name` and `entity` are empty), or one that a GitHost document declares. */
export interface ConfiguredGitHost extends HostAddress {
  host: GitHost
  /** Name of the document. */
  entity: string
  title: string
  organisations: readonly string[]
  trustsPeople: boolean
  /** Who and what is in an organisation; undefined for the built-in host, whose people the organisation repository declares. */
  organisation?: ForgeOrganisation
  /** Only of a foreign host. */
  remote?: RemoteGitHost
}

/** Tells of refs that a webhook says have moved, after the mirror has been told. `host` and `repository` are as `forRepository` has them. */
export type PushListener = (push: ForgePush & { host: ConfiguredGitHost }) => void | Promise<void>

/** What the registry works with. */
export interface GitHostsDeps {
  builtIn: GitHost
  /** Address of the platform: addresses below it are the built-in host's. */
  publicUrl: () => string
  /** The documents that hold now; asked at each call, so keep it cheap. */
  documents: () => Promise<readonly GitHostDocument[]>
  secrets: { find(path: string): Promise<Secret | undefined>; write(path: string, value: Secret, actor: string): Promise<void> }
  clock: Clock
  /** Folder of the mirrors, e.g. `<data>/mirrors`. */
  root: string
  /** Tests pass their own; `createEgress` unless told. */
  openEgress?: (options: EgressOptions) => Egress
}

const ADAPTERS: Record<GitHostDocument['type'], (options: ForgeOptions) => ForgeApi> = {
  github: (options) => new GithubApi(options),
  gitlab: (options) => new GitlabApi(options),
  azure: (options) => new AzureReposApi(options),
  gitea: (options) => new GiteaApi(options),
}

/** Splits of a ref and a path that a host is asked about. */
const MAX_CANDIDATES = 8

interface Opened {
  key: string
  configured: ConfiguredGitHost & { remote: RemoteGitHost }
  egress: Egress
  document: GitHostDocument
}

/** The built-in Git host and those of others, by name and by address. A document that changes counts from the next call on. */
export class GitHosts implements AsyncDisposable {
  readonly #deps: GitHostsDeps
  readonly #opened = new Map<string, Opened>()
  readonly #listeners = new Set<PushListener>()

  constructor(deps: GitHostsDeps) {
    this.#deps = deps
  }

  /** All hosts, the built-in one first, the others by name. */
  async list(): Promise<ConfiguredGitHost[]> {
    return [this.builtIn, ...(await this.#foreign()).map(({ configured }) => configured)]
  }

  get builtIn(): ConfiguredGitHost {
    const { builtIn, publicUrl } = this.#deps
    return {
      name: '',
      entity: '',
      title: 'Fairway',
      type: 'fairway',
      url: publicUrl().replace(/\/+$/, ''),
      host: builtIn,
      organisations: [],
      trustsPeople: true,
    }
  }

  /** What an address leads to; calls nobody. See `readUrl` for the shapes. Undefined when it is of no host that is known, or no repository's. */
  async forUrl(url: string): Promise<UrlPlace<ConfiguredGitHost> | undefined> {
    return readUrl(url, await this.list())
  }

  /**
   * As `forUrl`, with the ref and the path told apart by asking the host which of them it has.
   * @throws `delivery.git_host.not_found`, faults of `delivery.foreign_host`. A ref that the host has in no split stays as the address has it.
   */
  async locate(url: string): Promise<UrlPlace<ConfiguredGitHost> | undefined> {
    const place = await this.forUrl(url)
    if (!place) return undefined
    for (const split of refCandidates(place).slice(0, MAX_CANDIDATES))
      if ((await place.host.host.resolveRef({ ...place.repository, ref: split.ref })) !== undefined) return { ...place, ...split }
    return place
  }

  /** `acme/orders` is the built-in host's, `github.com/acme/orders` another's. @throws `delivery.foreign_host.unknown_host`. */
  async forRepository(repository: string): Promise<{ host: ConfiguredGitHost; repository: RepositoryRef }> {
    const parts = repository.split('/')
    const name = parts.at(-1) ?? ''
    const lower = repository.toLowerCase()
    const foreign = (await this.#foreign()).map(({ configured }) => configured).filter((host) => lower.startsWith(`${host.name}/`))
    const host = foreign.sort((a, b) => b.name.length - a.name.length)[0]
    if (host) return { host, repository: { owner: repository.slice(host.name.length + 1, -name.length - 1), name } }
    // Owners of the built-in host have no dots; a host's name nearly always has.
    if (parts.length !== 2) throw foreignHostFaults.unknown_host({ host: parts[0] ?? '' })
    return { host: this.builtIn, repository: { owner: parts[0] ?? '', name } }
  }

  /** By the name of its document, e.g. `github`, or its own, e.g. `github.com`. @throws `delivery.foreign_host.unknown_host`. */
  async get(nameOrEntity: string): Promise<ConfiguredGitHost & { remote: RemoteGitHost }> {
    return (await this.#open(nameOrEntity)).configured
  }

  /**
   * Takes a webhook: checks that it is signed with the host's secret, and tells the mirror and all listeners. Told twice it does no harm.
   * @throws `delivery.foreign_host.unknown_host`, `.bad_signature` (also when the host has no webhook secret), `.bad_webhook`.
   */
  async receiveWebhook(nameOrEntity: string, headers: Headers, body: Uint8Array): Promise<ForgePush[]> {
    const { configured, document } = await this.#open(nameOrEntity)
    const secret = document.webhookSecret === undefined ? undefined : await this.#deps.secrets.find(document.webhookSecret)
    if (!secret) throw foreignHostFaults.bad_signature({ host: configured.name })
    const pushes = configured.remote.api.parsePush(headers, body, secret)
    for (const push of pushes) {
      configured.remote.markStale(push)
      for (const listener of this.#listeners) await listener({ ...push, host: configured })
    }
    return pushes
  }

  /**
   * Keeps a new token for a host; it counts from the next call on. Of the one that is there already it is a success.
   * @throws `delivery.foreign_host.unknown_host`, `.unsupported` (its document names no credential).
   */
  async writeToken(nameOrEntity: string, token: Secret, actor: string): Promise<void> {
    const { configured, document } = await this.#open(nameOrEntity)
    if (document.credential === undefined) throw foreignHostFaults.unsupported({ host: configured.name, what: 'take a token: its GitHost names no credential' })
    await this.#deps.secrets.write(document.credential, token, actor)
  }

  /**
   * Makes the host send its webhooks to us, signed with the secret that the document names, which is made when there is none yet. Idempotent.
   * @throws `delivery.foreign_host.unknown_host`, `.unsupported` (its document names no webhookSecret), `.forbidden`.
   */
  async ensureWebhook(nameOrEntity: string, target: { owner: string; name?: string }, actor: string): Promise<void> {
    const { configured, document } = await this.#open(nameOrEntity)
    const { webhookSecret } = document
    if (webhookSecret === undefined) throw foreignHostFaults.unsupported({ host: configured.name, what: 'send webhooks: its GitHost names no webhookSecret' })
    const { secrets } = this.#deps
    if (!(await secrets.find(webhookSecret))) await secrets.write(webhookSecret, new Secret(randomBytes(32).toString('base64url')), actor)
    const secret = await secrets.find(webhookSecret)
    if (!secret) throw foreignHostFaults.unsupported({ host: configured.name, what: `send webhooks: the secret "${webhookSecret}" was removed meanwhile` })
    const url = `${this.builtIn.url}/api/v1/webhooks/git/${encodeURIComponent(configured.name)}`
    await configured.remote.api.ensureWebhook({ ...target, url, secret })
  }

  /** @returns how to stop that. */
  onPush(listener: PushListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { egress } of this.#opened.values()) await egress[Symbol.asyncDispose]()
    this.#opened.clear()
  }

  async #open(nameOrEntity: string): Promise<Opened> {
    const wanted = nameOrEntity.toLowerCase()
    const found = (await this.#foreign()).find(({ configured }) => configured.name === wanted || configured.entity.toLowerCase() === wanted)
    if (!found) throw foreignHostFaults.unknown_host({ host: nameOrEntity })
    return found
  }

  async #foreign(): Promise<Opened[]> {
    const documents = await this.#deps.documents()
    const byName = new Map(documents.map((document) => [document.name, document]))
    for (const [name, opened] of this.#opened) {
      const document = byName.get(name)
      if (document && opened.key === canonicalJson(document)) continue
      this.#opened.delete(name)
      // Calls that are under way end with a fault; the next ones go by the new document.
      void opened.egress[Symbol.asyncDispose]()
    }
    return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((document) => this.#opened.get(document.name) ?? this.#openDocument(document))
  }

  #openDocument(document: GitHostDocument): Opened {
    const { clock, secrets, root, openEgress = createEgress } = this.#deps
    const { name, type, url, apiUrl, organisations, credential, entity, title, trustsPeople } = document
    // What the platform team declares may be in the private network, and on this machine when it says so; never a metadata address.
    const allowLoopback = /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname)
    const egress = openEgress({ allowPrivate: true, allowLoopback })
    const token = async (): Promise<Secret | undefined> => (credential === undefined ? undefined : await secrets.find(credential))
    const shared = { host: name, credential: credential ?? 'none', clock, organisations }
    const api = ADAPTERS[type]({ ...shared, url, egress, token, ...(apiUrl === undefined ? {} : { apiUrl }) })
    const folder = path.join(root, name.replaceAll(/[^a-z0-9.-]/g, '_'))
    const remote = new RemoteGitHost({ ...shared, api, root: folder, allowLoopback })
    const address = { name, type, url, ...(apiUrl === undefined ? {} : { apiUrl }) }
    const opened: Opened = {
      key: canonicalJson(document),
      configured: { ...address, host: remote, remote, entity, title, organisations, trustsPeople, organisation: api.organisation },
      egress,
      document,
    }
    this.#opened.set(name, opened)
    return opened
  }
}
