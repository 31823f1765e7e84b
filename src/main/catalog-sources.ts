import { createEgress } from '#kernel/node/egress'
import type { Journal } from '#kernel/node/journal'
import type { GitHosts, LocalGitHost } from '#delivery/git-host'
import type { Catalog } from '#platform/catalog'
import { createLocations, type Locations } from '#platform/location'
import type { SecretStore } from '#platform/secret'
import type { Foundation } from './foundation.ts'
import { createGitHosts, sourceHosts } from './git-hosts.ts'

/** Repositories whose files may give rights, or be templates. */
export const TRUSTED_REPOSITORIES = { organisation: 'fairway/organisation', goldenPaths: 'fairway/golden-paths' } as const

/** What sources of descriptors need of what is made after them. */
export interface CatalogSourceNeeds {
  journal: Journal
  secrets: Pick<SecretStore, 'find'>
  gitHost: LocalGitHost
  /** Asked when something is read: the catalog gets its placeholder reader from here. */
  catalog: () => Pick<Catalog, 'ingestion' | 'reader' | 'directory'>
  publicUrl: () => string
}

/** Where the catalog's descriptors come from: repositories of ours and of others, the web, folders of this machine. Nothing runs until `locations.start()`. */
export function createCatalogSources(base: Foundation, needs: CatalogSourceNeeds, stack: AsyncDisposableStack): { gitHosts: GitHosts; locations: Locations } {
  const { db, clock, log, settings } = base
  const egress = stack.use(createEgress({ allow: settings.egressAllow, userAgent: `fairway/${base.version}` }))
  const gitHosts = stack.use(
    createGitHosts(base, { builtIn: needs.gitHost, directory: () => needs.catalog().directory, secrets: needs.secrets, publicUrl: needs.publicUrl }),
  )
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
  return { gitHosts, locations }
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
