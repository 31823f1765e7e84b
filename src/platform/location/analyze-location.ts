import { isFault } from '#kernel/common/fault'
import type { Entity } from '#platform/catalog'
import type { Egress } from '#kernel/node/egress'
import { FolderReader } from './folder-reader.ts'
import { fileUrl } from './host-address.ts'
import { locationFaults } from './location-faults.ts'
import { parseTarget } from './location-target.ts'
import { previewEntities } from './preview-entities.ts'
import { RepositoryReader } from './repository-reader.ts'
import type { SourceHost } from './source-host.ts'
import { SourceReader } from './source-reader.ts'

/** What an import page asks: which descriptors a repository has, or which one would do. */
export interface Analysis {
  existingEntityFiles: { location: { type: 'url'; target: string }; isRegistered: boolean; entity: Entity }[]
  generateEntities: { entity: Entity; fields: never[] }[]
}

/** Prefix of the annotation that names a repository, by type of host, as Backstage has them. */
const SLUGS = { github: 'github.com', gitlab: 'gitlab.com', azure: 'dev.azure.com', gitea: 'gitea.com', 'built-in': undefined } as const

/**
 * Looks into a repository, as Backstage's import page has it: the entities of its descriptors, or a draft when it has none.
 * @param isRegistered whether a file is in the catalog already.
 * @throws `platform.location.bad_target`, `.unreadable`, `.refused`.
 */
export async function analyzeLocation(
  deps: { hosts: readonly SourceHost[]; egress: Pick<Egress, 'fetch'>; isRegistered: (target: string) => Promise<boolean> },
  input: { target: string; fileName: string },
): Promise<Analysis> {
  const target = parseTarget(input.target, deps.hosts)
  if ('problem' in target) throw locationFaults.bad_target({ target: input.target, what: target.problem })
  const at = target.kind === 'git' ? target : target.kind === 'url' && target.address.type === 'unsettled' ? target.address : undefined
  const host = deps.hosts.find((candidate) => candidate.name === at?.host)
  if (!at || !host) throw locationFaults.bad_target({ target: input.target, what: 'it is no repository of a Git host that is known' })
  const repositories = new RepositoryReader(deps.hosts)
  const reader = new SourceReader({ repositories, folders: new FolderReader([]), egress: deps.egress, hosts: deps.hosts })
  const home = { type: 'repository' as const, host: host.name, repository: at.repository, ref: null }
  try {
    const places = await reader.list({ ...home, path: `**/${input.fileName}` })
    const found = await reader.read(places.slice(0, 200).map((place) => ({ place, version: null })))
    const branch = await repositories.refOf({ ...home, path: '' })
    const existing: Analysis['existingEntityFiles'] = []
    for (const [index, file] of found.entries()) {
      const place = places[index]
      if (file.is !== 'text' || place?.type !== 'repository') continue
      const location = fileUrl(host, { repository: at.repository, ref: branch, path: place.path })
      const isRegistered = await deps.isRegistered(location)
      for (const entity of previewEntities(place.path, file.text, { location: `url:${location}`, origin: `url:${location}` }))
        existing.push({ location: { type: 'url', target: location }, isRegistered, entity })
    }
    if (existing.length > 0) return { existingEntityFiles: existing, generateEntities: [] }
  } catch (error) {
    // Of a repository that can't be listed a draft is still of use.
    if (!isFault(error, 'platform.location.refused')) throw error
  }
  const slug = SLUGS[host.type]
  const name = at.repository.split('/').at(-1) ?? at.repository
  const entity: Entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, ...(slug === undefined ? {} : { annotations: { [`${slug}/project-slug`]: at.repository } }) },
    spec: { type: 'other', lifecycle: 'unknown' },
  }
  return { existingEntityFiles: [], generateEntities: [{ entity, fields: [] }] }
}
