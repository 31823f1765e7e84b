/** Whether documentation still tells of the code beside it. */
export interface Staleness {
  state: 'fresh' | 'ageing' | 'stale'
  /** A sentence for people. */
  reason: string
}

const DAY_MS = 86_400_000
const AGEING_DAYS = 90
const STALE_DAYS = 180
const STALE_COMMITS = 20

/**
 * Judges by what has happened to the code since: old pages beside resting code are fresh. Pure.
 * @param facts.commitsSince commits of the repository that are newer than the documentation's last one.
 */
export function stalenessOf(facts: { updatedAt: Date; commitsSince: number; now: Date }): Staleness {
  const days = Math.max(0, Math.floor((facts.now.getTime() - facts.updatedAt.getTime()) / DAY_MS))
  const commits = `${facts.commitsSince} ${facts.commitsSince === 1 ? 'commit' : 'commits'}`
  if (facts.commitsSince === 0) return { state: 'fresh', reason: 'Nothing has been committed since these pages were written.' }
  if (days >= STALE_DAYS && facts.commitsSince >= STALE_COMMITS)
    return { state: 'stale', reason: `Not touched for ${days} days, while the code has had ${commits}.` }
  if (days >= AGEING_DAYS) return { state: 'ageing', reason: `Not touched for ${days} days; the code has had ${commits} since.` }
  return { state: 'fresh', reason: `Written ${days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`}; ${commits} since.` }
}
