import { ZERO_SHA } from './git-names.ts'

/** A merge that somebody began: `mergeSha` is the commit that the target is about to get. */
export interface MergeAttempt {
  mergeSha: string
  headSha: string
  actor: string
}

/** What must be known of a pull request to tell what pushes mean for it. */
export interface MovingPullRequest {
  number: number
  state: 'open' | 'closed'
  sourceBranch: string
  targetBranch: string
  headSha: string
  attempts: readonly MergeAttempt[]
}

/** A ref update, as it was recorded. */
export interface Move {
  ref: string
  before: string
  after: string
  pusher: string
}

/** What becomes of a pull request. */
export type PullRequestStep =
  | { kind: 'moved'; number: number; headSha: string; actor: string }
  | { kind: 'merged'; number: number; headSha: string; mergeSha: string; baseSha: string; actor: string }
  | { kind: 'closed'; number: number; actor: string }

/**
 * What recorded pushes mean for a pull request, in order: its head moves; it is merged when the target has the commit of a merge that was begun, or its
 * head by any other way; it is closed when one of its branches is gone. `contains` says whether a commit is in the history of another.
 */
export async function pullRequestSteps(
  pull: MovingPullRequest,
  moves: readonly Move[],
  contains: (commit: string, history: string) => Promise<boolean>,
): Promise<PullRequestStep[]> {
  const { number } = pull
  const ofSource = moves.filter((move) => move.ref === `refs/heads/${pull.sourceBranch}`)
  const ofTarget = moves.filter((move) => move.ref === `refs/heads/${pull.targetBranch}`)
  const lastHead = ofSource.findLast((move) => move.after !== ZERO_SHA)
  const steps: PullRequestStep[] = []
  const isMoved = pull.state === 'open' && lastHead !== undefined && lastHead.after !== pull.headSha
  if (isMoved) steps.push({ kind: 'moved', number, headSha: lastHead.after, actor: lastHead.pusher })
  const headSha = isMoved ? lastHead.after : pull.headSha

  for (const move of ofTarget) {
    if (move.after === ZERO_SHA) continue
    for (const attempt of pull.attempts)
      if (await contains(attempt.mergeSha, move.after)) return [...steps, { kind: 'merged', number, baseSha: move.before, ...attempt }]
    if (pull.state !== 'open' || move.before === ZERO_SHA) continue
    // A head that the target had before means nothing: its branch was set back.
    if ((await contains(headSha, move.after)) && !(await contains(headSha, move.before)))
      return [...steps, { kind: 'merged', number, headSha, mergeSha: move.after, baseSha: move.before, actor: move.pusher }]
  }
  const gone = [ofSource.at(-1), ofTarget.at(-1)].find((move) => move?.after === ZERO_SHA)
  return gone && pull.state === 'open' ? [...steps, { kind: 'closed', number, actor: gone.pusher }] : steps
}
