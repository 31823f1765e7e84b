import type { GitHosts } from '#delivery/git-host'
import { isFault } from '#kernel/common/fault'
import { createCampaigns, type PlacedRepository } from '#platform/campaign'
import type { Catalog } from '#platform/catalog'
import type { Scaffolder } from '#platform/scaffolder'
import type { Foundation } from './foundation.ts'
import { nameOfPerson } from './person-name.ts'

/** Campaigns over the children of golden paths, on every Git host. */
export function campaigns(
  base: Foundation,
  deps: { catalog: Pick<Catalog, 'reader' | 'directory'>; scaffolder: Pick<Scaffolder, 'library' | 'renderAt'>; gitHosts: GitHosts },
): ReturnType<typeof createCampaigns> {
  const { catalog, scaffolder, gitHosts } = deps
  return createCampaigns({
    db: base.db,
    catalog: catalog.reader,
    renderAt: scaffolder.renderAt,
    nameOf: nameOfPerson(catalog.directory),
    placeOf: async (repository) => await placeOf(gitHosts, repository),
    newest: async (template) => {
      const loaded = await scaffolder.library.load(template)
      return { ref: loaded.template.ref, commit: loaded.commit, version: loaded.version, owner: loaded.template.owner }
    },
  })
}

async function placeOf(gitHosts: GitHosts, repository: string): Promise<PlacedRepository | undefined> {
  try {
    const { host, repository: at } = await gitHosts.forRepository(repository)
    return { host: host.host, ...at }
  } catch (error) {
    if (isFault(error)) return undefined
    throw error
  }
}
