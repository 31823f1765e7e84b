import type { Release, ReleaseService } from '#delivery/release'
import type { DeployableRelease, ReleaseSource } from '#platform/deployment'

/** Releases as deployments see them. */
export function deployableReleases(releases: ReleaseService): ReleaseSource {
  return {
    get: async (id) => toDeployable(await releases.get(id)),
    list: async (query) => {
      const page = await releases.list(query)
      return { items: page.items.map(toDeployable), nextCursor: page.nextCursor }
    },
    // In a transaction of its own: it is idempotent, and the change's end runs again when it is cut off in between.
    quarantine: async (_tx, id, reason) => void (await releases.quarantine(id, reason, 'system:fairway')),
  }
}

function toDeployable(release: Release): DeployableRelease {
  return {
    id: release.id,
    component: release.component,
    version: String(release.version),
    digest: release.digest,
    commit: release.commit,
    score: release.scoreText,
    quarantine: release.quarantine ? { reason: release.quarantine.reason } : null,
  }
}
