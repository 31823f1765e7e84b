import type { Clock } from '#kernel/common/clock'
import type { GitFolders } from '../git-command.ts'
import { gitHostFaults } from '../git-host-faults.ts'
import type { CommitRequest } from '../git-host.ts'
import { resolveCommit } from '../git-reader.ts'
import { dropScratch, prepareCommit } from '../git-writer.ts'
import type { Mirror } from './mirror.ts'

/** Writers on the other side that get in our way before we give up. */
const ATTEMPTS = 12

/**
 * Makes a commit in the mirror and pushes it with an exact lease. What the mirror knows is tried first; before it says no, or that there is nothing to
 * do, the remote is asked. Only within `mirror.exclusive`.
 */
export async function commitToRemote(deps: { folders: GitFolders; clock: Clock; mirror: Mirror }, request: CommitRequest): Promise<{ sha: string }> {
  const { folders, clock, mirror } = deps
  const ref = `refs/heads/${request.branch}`
  const repository = `${request.owner}/${request.name}`
  let isFresh = !mirror.isThere
  if (isFresh) await mirror.fetchNow()
  const refresh = async (): Promise<void> => {
    await mirror.fetchNow()
    isFresh = true
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const parent = await resolveCommit(folders, mirror.gitDir, ref)
    const expected = request.expectedParent
    if (expected !== undefined && (expected ?? undefined) !== parent) {
      if (isFresh) throw gitHostFaults.stale_parent({ repository, branch: request.branch, expected: expected ?? 'nothing', found: parent ?? 'nothing' })
      await refresh()
      continue
    }
    const commit = await prepareCommit(folders, mirror.gitDir, request, parent, clock.now())
    try {
      if (commit.isUnchanged && parent !== undefined) {
        if (isFresh) return { sha: parent }
        await refresh()
        continue
      }
      if ((await mirror.push(ref, parent, commit.sha)) === 'done') return { sha: commit.sha }
    } finally {
      await dropScratch(folders, mirror.gitDir, commit)
    }
    await clock.sleep(20 * attempt)
    await refresh()
  }
  throw gitHostFaults.busy({ repository, branch: request.branch })
}
