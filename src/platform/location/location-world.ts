import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import { createEgress } from '#kernel/node/egress'
import { systemCaller, type Caller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createCatalog, MemoryCatalogSource, type Catalog } from '#platform/catalog'
import { createLocations, type Locations } from './locations.ts'
import type { HostMember, HostTeam, RepositoryFiles, SourceHost } from './source-host.ts'

/** Repositories in memory, as a Git host of somebody else would have them. For tests. */
export class MemoryRepositories implements RepositoryFiles {
  readonly #commits = new Map<string, Map<string, string>[]>()
  isAway = false
  /** How often all files of a commit were listed, and how many contents were read. */
  readonly counts = { trees: 0, reads: 0 }

  /** Writes files (null deletes) as one commit. */
  commit(repository: string, files: Record<string, string | null>): void {
    const commits = this.#commits.get(repository) ?? []
    const next = new Map(commits.at(-1))
    for (const [path, text] of Object.entries(files)) {
      if (text === null) next.delete(path)
      else next.set(path, text)
    }
    this.#commits.set(repository, [...commits, next])
  }

  remove(repository: string): void {
    this.#commits.delete(repository)
  }

  get names(): string[] {
    return [...this.#commits.keys()]
  }

  async find(repository: string): Promise<{ defaultBranch: string } | undefined> {
    this.#assertThere()
    return this.#commits.has(repository) ? { defaultBranch: 'main' } : undefined
  }

  async resolve(repository: string, ref: string): Promise<string | undefined> {
    this.#assertThere()
    const count = this.#commits.get(repository)?.length ?? 0
    return ref === 'main' && count > 0 ? shaOf(String(count)) : undefined
  }

  async tree(repository: string, commit: string): Promise<Map<string, string>> {
    this.counts.trees++
    return new Map([...this.#at(repository, commit)].map(([path, text]) => [path, shaOf(text)]))
  }

  async read(repository: string, commit: string, paths: readonly string[]): Promise<Map<string, Uint8Array>> {
    this.counts.reads += paths.length
    const files = this.#at(repository, commit)
    return new Map(paths.flatMap((path) => (files.has(path) ? [[path, Buffer.from(files.get(path) ?? '')] as const] : [])))
  }

  async diff(repository: string, before: string, after: string): Promise<Map<string, string | null>> {
    const [was, is] = [this.#at(repository, before), this.#at(repository, after)]
    const paths = [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path))
    return new Map(paths.map((path) => [path, is.has(path) ? shaOf(is.get(path) ?? '') : null]))
  }

  #at(repository: string, commit: string): Map<string, string> {
    return this.#commits.get(repository)?.find((_, index) => shaOf(String(index + 1)) === commit) ?? new Map<string, string>()
  }

  #assertThere(): void {
    if (this.isAway) throw locationAway()
  }
}

function locationAway(): Error {
  return Object.assign(new Error('the host is away'), {
    name: 'Fault',
    code: 'delivery.foreign_host.unavailable',
    status: 502,
    title: 'Away',
    retry: 'backoff',
    errors: [],
  })
}

function shaOf(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}

/** Files on the web with entity tags; null answers 404, a number that status. */
export class WebServer implements AsyncDisposable {
  readonly files = new Map<string, string | number>()
  readonly requests: IncomingMessage[] = []
  readonly #server = createServer((request, response) => {
    this.requests.push(request)
    const found = this.files.get(request.url ?? '')
    const etag = `"${shaOf(String(found))}"`
    if (typeof found !== 'string') response.writeHead(found ?? 404).end()
    else if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
    else response.writeHead(200, { etag }).end(found)
  })
  url = ''

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Catalog and locations on a database, with a Git host of somebody else, an organisation in it, a built-in host, and the web. For tests. */
export interface LocationWorld extends AsyncDisposable {
  catalog: Catalog
  locations: Locations
  journal: MemoryJournal
  web: WebServer
  github: MemoryRepositories
  builtIn: MemoryRepositories
  organisation: { teams: HostTeam[]; members: HostMember[] }
}

export const administrator: Caller = { ...systemCaller, principal: 'user:default/admin', kind: 'person' }
export const ana: Caller = { ...administrator, principal: 'user:default/ana', isAdministrator: false }
export const PUBLIC_URL = 'http://fairway.test'

/** Puts the world together. Several on one database are several processes. */
export async function createWorld(
  db: Database,
  options: { folders?: readonly string[]; web?: WebServer; github?: MemoryRepositories } = {},
): Promise<LocationWorld> {
  const web = options.web ?? (await new WebServer().start())
  const egress = createEgress({ allow: [new URL(web.url).host] })
  const github = options.github ?? new MemoryRepositories()
  const builtIn = new MemoryRepositories()
  const organisation: LocationWorld['organisation'] = { teams: [], members: [] }
  const journal = new MemoryJournal()
  const hosts: SourceHost[] = [
    { name: '', type: 'built-in', url: PUBLIC_URL, repositories: builtIn },
    {
      name: 'github.com',
      type: 'github',
      url: 'https://github.com',
      repositories: github,
      organisation: {
        listRepositories: async () => github.names,
        listTeams: async () => organisation.teams,
        listMembers: async () => organisation.members,
      },
      readWebhook: async (headers, body) => {
        if (headers.get('x-test-signature') !== 'good') throw Object.assign(locationAway(), { status: 401, code: 'delivery.foreign_host.bad_signature' })
        const { repository } = JSON.parse(Buffer.from(body).toString('utf8')) as { repository: string }
        return [{ repository, ref: 'refs/heads/main' }]
      },
    },
  ]
  const trusted = { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' }
  const locations = createLocations({
    db,
    journal,
    clock: systemClock,
    log: silentLogger,
    egress,
    folders: options.folders ?? [],
    hosts: async () => hosts,
    listBuiltIn: async () => builtIn.names,
    trusted,
    ingestion: () => catalog.ingestion,
    reader: () => catalog.reader,
  })
  const catalog: Catalog = createCatalog({
    db,
    journal,
    log: silentLogger,
    source: new MemoryCatalogSource(),
    trusted,
    publicUrl: () => PUBLIC_URL,
    placeholders: locations.placeholders,
  })
  return {
    catalog,
    locations,
    journal,
    web,
    github,
    builtIn,
    organisation,
    [Symbol.asyncDispose]: async () => {
      await egress[Symbol.asyncDispose]()
      if (!options.web) await web[Symbol.asyncDispose]()
    },
  }
}

/** A Component's descriptor. */
export function component(name: string, more = ''): string {
  return `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {type: service, lifecycle: production, owner: payments${more}}\n`
}

/** A Location's descriptor. */
export function listOf(name: string, targets: readonly string[], more = ''): string {
  return `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: ${name}}\nspec: {targets: ${JSON.stringify(targets)}${more}}\n`
}
