import type { Database } from '#kernel/node/database'
import { deploymentFaults } from './deployment-faults.ts'
import { findDeployment } from './deployment-store.ts'
import type { DeployInput } from './deploy-input.ts'
import type { DeployableRelease, ReleaseSource } from './ports.ts'

/** Releases are looked through in pages of so many. */
const PAGE = 100

/**
 * The release that a request means: the one named, the one that runs in `from`, the one before (rollback), or the newest that is not in quarantine.
 * @throws faults of `platform.deployment`, and the release source's own for an id that there is not.
 */
export async function chooseRelease(deps: { db: Database; releases: ReleaseSource }, input: DeployInput): Promise<DeployableRelease> {
  const release = await find(deps, input)
  if (release.component !== input.component)
    throw deploymentFaults.foreign_release({ release: release.id, component: input.component, owner: release.component })
  if (release.quarantine) throw deploymentFaults.quarantined({ component: release.component, version: release.version, reason: release.quarantine.reason })
  return release
}

async function find({ db, releases }: { db: Database; releases: ReleaseSource }, input: DeployInput): Promise<DeployableRelease> {
  const { component } = input
  if (input.release !== undefined) return await releases.get(input.release)
  if (input.rollback === true) {
    const current = await findDeployment(db, component, input.environment)
    if (!current?.previousRelease) throw deploymentFaults.nothing_to_roll_back({ component, environment: input.environment })
    return await releases.get(current.previousRelease)
  }
  if (input.from !== undefined) {
    const source = await findDeployment(db, component, input.from)
    if (!source) throw deploymentFaults.nothing_to_promote({ component, from: input.from })
    return await releases.get(source.release)
  }
  const wanted = input.version?.replace(/^v/, '')
  const found = await firstOf(releases, component, (release) => (wanted === undefined ? release.quarantine === null : release.version === wanted))
  if (!found) throw deploymentFaults.no_release({ component, what: wanted === undefined ? 'no release that can be deployed' : `no release v${wanted}` })
  return found
}

async function firstOf(releases: ReleaseSource, component: string, isWanted: (release: DeployableRelease) => boolean): Promise<DeployableRelease | undefined> {
  let cursor: string | undefined
  do {
    const page = await releases.list({ component, limit: PAGE, cursor })
    const found = page.items.find(isWanted)
    if (found) return found
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return undefined
}
