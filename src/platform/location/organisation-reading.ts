import type { FieldProblem } from '#kernel/common/fault'
import { isFault } from '#kernel/common/fault'
import type { SourceTrust } from '#platform/catalog'
import { repositoryUrl } from './host-address.ts'
import { locationFaults } from './location-faults.ts'
import type { LocationReadingDeps, ReadingCause } from './location-reading.ts'
import type { LocationTarget } from './location-target.ts'
import type { IngestionReport, Location } from './location.ts'
import { organisationEntities } from './organisation-entities.ts'
import type { HostOrganisation, SourceHost } from './source-host.ts'

/** More repositories than this are not taken from one organisation. */
const MAX_REPOSITORIES = 10_000

/**
 * Looks which repositories an organisation has (each becomes a location of its own, and goes when it goes) and who is in it.
 * People and teams are shown and give no rights, unless the operator's GitHost says otherwise.
 * @throws a fault in words for the author when the host can't be asked.
 */
export async function readOrganisation(
  deps: Pick<LocationReadingDeps, 'store' | 'catalog' | 'db' | 'clock'>,
  reading: { location: Location; target: LocationTarget; hosts: readonly SourceHost[]; cause: ReadingCause; trust: SourceTrust },
): Promise<{ report: IngestionReport; problems: FieldProblem[] }> {
  const { location, target, cause } = reading
  const name = target.kind === 'organisation' ? target.organisation : target.kind === 'git' ? target.repository : ''
  const host = reading.hosts.find((candidate) => target.kind !== 'file' && target.kind !== 'url' && candidate.name === target.host)
  if (!host?.organisation)
    throw locationFaults.refused({
      target: location.target,
      what: `"${host?.name ?? ''}" is not declared as a GitHost in the organisation repository, so that its organisations can't be listed`,
    })
  await syncRepositories(deps, { ...reading, host, organisation: host.organisation, name })
  return await takePeople(deps, { location, host, organisation: host.organisation, name, cause })
}

async function syncRepositories(
  deps: Pick<LocationReadingDeps, 'store' | 'db' | 'clock'>,
  input: { location: Location; host: SourceHost; organisation: HostOrganisation; name: string; cause: ReadingCause },
): Promise<void> {
  const { store, db, clock } = deps
  const found = new Set((await input.organisation.listRepositories(input.name)).slice(0, MAX_REPOSITORIES))
  const known = await store.list({ limit: MAX_REPOSITORIES * 2, parentId: input.location.id })
  const names = new Set(known.map((child) => child.repository))
  for (const repository of found) {
    if (names.has(repository)) continue
    await store.insert(db, {
      kind: 'git',
      target: repositoryUrl(input.host, repository),
      parentId: input.location.id,
      host: input.host.name,
      repository,
      allow: input.location.allow,
      addedBy: input.location.addedBy,
      nextReadAt: clock.now(),
    })
  }
  for (const child of known) {
    if (child.repository !== null && found.has(child.repository)) continue
    await db.transaction().execute(async (tx) => await store.markRemoved(tx, child.id, input.cause.actor, clock.now()))
  }
}

async function takePeople(
  deps: Pick<LocationReadingDeps, 'catalog'>,
  input: { location: Location; host: SourceHost; organisation: HostOrganisation; name: string; cause: ReadingCause },
): Promise<{ report: IngestionReport; problems: FieldProblem[] }> {
  const report: IngestionReport = { added: [], altered: [], removed: [], problems: [], emitted: [] }
  try {
    const [teams, members] = [await input.organisation.listTeams(input.name), await input.organisation.listMembers(input.name)]
    const entities = organisationEntities(input.host.name.split('/')[0] ?? input.host.name, teams, members)
    const taken = await deps.catalog.take({
      source: `org:${input.host.name}/${input.name}`,
      files:
        entities.length === 0
          ? []
          : [
              {
                path: `${input.name}.yaml`,
                text: entities.map((entity) => `${JSON.stringify(entity)}\n`).join('---\n'),
                location: `url:${input.location.target}`,
                viewUrl: input.location.target,
              },
            ],
      isComplete: true,
      commit: null,
      actor: input.cause.actor,
      trust: input.host.isTrusted === true ? { level: 'organisation' } : { level: 'catalog', allow: ['User', 'Group'] },
    })
    return { report: taken, problems: [] }
  } catch (error) {
    if (!isFault(error) || !error.code.startsWith('delivery.')) throw error
    return { report, problems: [{ field: 'target', message: `teams and members can not be read: ${error.message}` }] }
  }
}
