import { createEgress, type Egress } from '#kernel/node/egress'
import { systemCaller } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { GitHosts, LocalGitHost } from '#delivery/git-host'
import type { Catalog, RepositoryFeed } from '#platform/catalog'
import { createLocations, type Locations } from '#platform/location'
import type { SecretStore } from '#platform/secret'
import type { Foundation } from './foundation.ts'
import { createGitHosts, createPublicHosts, sourceHosts } from './git-hosts.ts'

/** Repositories whose files may give rights, or be templates. */
export const TRUSTED_REPOSITORIES = { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' } as const

/** What sources of descriptors need of what is made after them. */
export interface CatalogSourceNeeds {
  journal: Journal
  secrets: Pick<SecretStore, 'find' | 'write'>
  gitHost: LocalGitHost
  /** Asked when something is read: the catalog gets its placeholder reader from here. */
  catalog: () => Pick<Catalog, 'ingestion' | 'reader' | 'directory'>
  publicUrl: () => string
}

/** Where descriptors come from, and the Git hosts among them. */
export interface CatalogSources {
  /** The way out for what adopts other catalogs. */
  egress: Egress
  gitHosts: GitHosts
  /** Well-known hosts that nobody declared. */
  publicHosts: GitHosts
  locations: Locations
  /** Reads a repository of the built-in host now, for who can't wait for its push to be told. */
  repositories: Pick<RepositoryFeed, 'ingestRepository'>
  /** Registers an address for a template's step `catalog:register`, and reads it. @returns refs of the entities found there. */
  addLocation(request: { url: string; actor: string }): Promise<{ entityRefs: readonly string[] }>
}

/** Where the catalog's descriptors come from: repositories of ours and of others, the web, folders of this machine. Nothing runs until `locations.start()`. */
export function createCatalogSources(base: Foundation, needs: CatalogSourceNeeds, stack: AsyncDisposableStack): CatalogSources {
  const { db, clock, log, settings } = base
  const egress = stack.use(createEgress({ allow: settings.egressAllow, userAgent: `fairway/${base.version}` }))
  const gitHosts = stack.use(
    createGitHosts(base, { builtIn: needs.gitHost, directory: () => needs.catalog().directory, secrets: needs.secrets, publicUrl: needs.publicUrl }),
  )
  const publicHosts = stack.use(createPublicHosts(base, { builtIn: needs.gitHost, publicUrl: needs.publicUrl }))
  const locations = createLocations({
    db,
    clock,
    log,
    egress,
    journal: needs.journal,
    folders: settings.catalogFolders,
    hosts: async () => await sourceHosts(gitHosts, needs.gitHost),
    listBuiltIn: async () => await listRepositories(needs.gitHost),
    trusted: TRUSTED_REPOSITORIES,
    ingestion: () => needs.catalog().ingestion,
    reader: () => needs.catalog().reader,
  })
  const repositories: CatalogSources['repositories'] = {
    ingestRepository: async (repository, _branch, actor) => await locations.service.readRepository(repository, { actor: actor ?? 'system:fairway' }),
  }
  const addLocation: CatalogSources['addLocation'] = async ({ url, actor }) => {
    const location = await locations.service.ensure(url, { ...systemCaller, principal: actor, isAdministrator: false })
    const origin = await locations.originOf(location)
    const found = await needs
      .catalog()
      .reader.query({ predicate: { 'metadata.annotations.backstage.io/managed-by-origin-location': origin }, tie: 'ref', limit: 50 })
    const refs = found.items.map((item) => item.ref)
    // What it is about comes first; the Location that stands for it is of no interest.
    return { entityRefs: [...refs.filter((ref) => ref.startsWith('component:')), ...refs.filter((ref) => !/^(?:component|location):/.test(ref))] }
  }
  return { egress, gitHosts, publicHosts, locations, repositories, addLocation }
}

/** Names of all repositories of the built-in host. The organisation first: its groups and environments are what the others refer to. */
async function listRepositories(host: LocalGitHost): Promise<string[]> {
  const names: string[] = []
  let cursor: string | undefined
  do {
    const page = await host.listRepositories({ limit: 200, ...(cursor === undefined ? {} : { cursor }) })
    names.push(...page.items.map(({ owner, name }) => `${owner}/${name}`))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  const first: readonly string[] = [TRUSTED_REPOSITORIES.organisation, TRUSTED_REPOSITORIES.goldenPaths]
  const rank = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length)
  return names.sort((a, b) => rank(a) - rank(b))
}
