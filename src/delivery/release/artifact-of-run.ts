import { isFault } from '#kernel/common/fault'
import type { ArtifactService } from '#delivery/artifact'
import { splitRepository, type GitHost } from '#delivery/git-host'
import type { ArtifactOfRun } from './release.ts'

/** The port `ArtifactOfRun` on the artifact service and a Git host: the artifact that the run published, with message and `score.yaml` of its commit. */
export function artifactOfRunFrom(deps: { artifacts: ArtifactService; gitHost: GitHost; scoreFile?: string }): ArtifactOfRun {
  const path = deps.scoreFile ?? 'score.yaml'
  return async (runId, component) => {
    const artifact = await deps.artifacts.findOfRun(runId, component)
    if (!artifact) return undefined
    const at = { ...splitRepository(artifact.repository), ref: artifact.commit }
    const [commit] = await deps.gitHost.log({ ...at, limit: 1 })
    const score = await deps.gitHost.readFile({ ...at, path }).catch((error: unknown) => {
      // Without one there is nothing that says how to run it: told as an empty file, with its place.
      if (isFault(error, 'delivery.git_host.path_not_found')) return new Uint8Array()
      throw error
    })
    return {
      repository: artifact.repository,
      commit: artifact.commit,
      commitMessage: commit?.message ?? '',
      digest: artifact.digest,
      kind: artifact.kind,
      scoreText: Buffer.from(score).toString('utf8'),
    }
  }
}
