import path from 'node:path'
import type { GitHosts } from '#delivery/git-host'
import { isFault } from '#kernel/common/fault'
import { createCampaigns, type PlacedRepository } from '#platform/campaign'
import type { Catalog } from '#platform/catalog'
import type { Scaffolder } from '#platform/scaffolder'
import type { Foundation } from './foundation.ts'
import { nameOfPerson } from './person-name.ts'

const MAX_REVISIONS = 5_000

/** Campaigns over the children of golden paths, on every Git host. */
export function campaigns(
  base: Foundation,
  deps: { catalog: Pick<Catalog, 'reader' | 'directory'>; scaffolder: Pick<Scaffolder, 'library' | 'renderAt'>; gitHosts: GitHosts },
): ReturnType<typeof createCampaigns> {
  const { catalog, scaffolder, gitHosts } = deps
  const revisions = new Map<string, Promise<string>>()
  /** History never changes, so each commit is asked for once. */
  const revisionAt = async (template: string, commit: string): Promise<string> => {
    const key = `${template}@${commit}`
    const known = revisions.get(key) ?? lastAlteration(deps, template, commit)
    revisions.set(key, known)
    if (revisions.size > MAX_REVISIONS) revisions.delete(revisions.keys().next().value ?? '')
    return await known
  }
  return createCampaigns({
    db: base.db,
    catalog: catalog.reader,
    renderAt: scaffolder.renderAt,
    nameOf: nameOfPerson(catalog.directory),
    placeOf: async (repository) => await placeOf(gitHosts, repository),
    newest: async (template) => {
      const { template: found, commit, version } = await scaffolder.library.load(template)
      return { ref: found.ref, commit: await revisionAt(found.ref, commit), version }
    },
    revisionAt,
  })
}

/** The commit that altered the template's folder last, as seen from a commit of its repository; that commit itself where history tells nothing. */
async function lastAlteration({ scaffolder }: Parameters<typeof campaigns>[1], template: string, commit: string): Promise<string> {
  const place = await scaffolder.library.findPlace(template)
  if (place?.kind !== 'git') return commit
  const folder = path.posix.dirname(place.path)
  const [last] = await place.host.log({ ...place.at, ref: commit, limit: 1, ...(folder === '.' ? {} : { path: folder }) }).catch(() => [])
  return last?.sha ?? commit
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
