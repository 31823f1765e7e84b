import type { PullRequestCheck, PullRequestComment, PullRequestState } from '../../api/repository-queries.ts'
import { runLook, type Look } from '../../ui/looks.ts'

const looks: Record<PullRequestState, Look> = {
  open: { tone: 'purple', shape: 'person', word: 'Open' },
  merged: { tone: 'green', shape: 'check', word: 'Merged' },
  closed: { tone: 'grey', shape: 'dash', word: 'Closed' },
}

/** How the state of a pull request is shown. */
export function pullRequestLook(state: PullRequestState): Look {
  return looks[state]
}

/** How a check is shown. */
export function checkLook(check: PullRequestCheck): Look {
  return runLook(check.state, check.conclusion)
}

/** All checks in one look; null when there is none. */
export function checksLook(checks: readonly PullRequestCheck[]): Look | null {
  if (checks.length === 0) return null
  const looked = checks.map(checkLook)
  return looked.find((look) => look.tone === 'red') ?? looked.find((look) => look.tone !== 'green') ?? looked[0] ?? null
}

/** What people think of the commit that is there now: the last word of each. */
export function verdictsOf(
  comments: readonly PullRequestComment[],
  headSha: string,
): { author: string; verdict: 'approved' | 'changes_requested'; isOfHead: boolean }[] {
  const last = new Map<string, { author: string; verdict: 'approved' | 'changes_requested'; isOfHead: boolean }>()
  for (const { author, verdict, headSha: seen } of comments) if (verdict !== null) last.set(author, { author, verdict, isOfHead: seen === headSha })
  return [...last.values()]
}
