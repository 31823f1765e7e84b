import type { Queryable } from '#kernel/node/database'
import { listRunIds, loadRuns } from './run-store.ts'
import type { Run } from './run.ts'

/** A commit has hardly more runs than this; older ones were followed by newer ones of their workflow. */
const MOST = 100

/** The newest run of each workflow and event at a commit, the newest first. */
export async function newestRunsOf(db: Queryable, repository: string, commit: string): Promise<Run[]> {
  const runs = await loadRuns(db, await listRunIds(db, { repository, commit, limit: MOST }))
  const seen = new Set<string>()
  return runs.filter((run) => {
    const key = `${run.workflow} ${run.event}`
    const isNewest = !seen.has(key)
    seen.add(key)
    return isNewest
  })
}
