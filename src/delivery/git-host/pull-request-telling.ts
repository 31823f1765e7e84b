import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import type { LocalGitHost } from './local-git-host.ts'
import { mergeBase } from './pull-request-git.ts'
import { readRef } from './git-refs.ts'

/** What happened to an open pull request, in the words of GitHub's event. */
export interface PullRequestActivity {
  /** `acme/orders` */
  repository: string
  number: number
  title: string
  activity: 'opened' | 'synchronize' | 'reopened'
  head: { ref: string; sha: string }
  /** The target branch, and the commit where the source left it. */
  base: { ref: string; sha: string }
  /** Entity ref. */
  actor: string
}

/** Who wants to know. May be called again for the same activity and head after a crash or a failure. */
export type PullRequestSubscriber = (activity: PullRequestActivity) => Promise<unknown>

/** What the telling of pull requests works with. */
export interface PullRequestTellingDeps {
  host: Pick<LocalGitHost, 'folders' | 'gitDirOf'>
  db: Database
  clock: Clock
  log: Logger
}

interface Untold {
  repositoryId: string
  owner: string
  name: string
  number: number
  title: string
  sourceBranch: string
  targetBranch: string
  headSha: string
  actor: string
  activity: PullRequestActivity['activity']
  attempts: number
}

/** After so many tries (about half an hour) nobody is told of it any more. */
const MAX_ATTEMPTS = 12

/** Tells the subscriber of every pull request that was opened or moved since it was told last. Moves in quick succession are told as one. */
export async function tellDue(deps: PullRequestTellingDeps, subscriber: PullRequestSubscriber, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const next = await firstDue(deps)
    if (!next) return
    try {
      const activity = await activityOf(deps, next)
      if (activity) await subscriber(activity)
      await settle(deps.db, next, null)
    } catch (error) {
      deps.log.warn('a pull request could not be told of and is tried again', { repository: `${next.owner}/${next.name}`, count: next.number, error })
      const waitMs = Math.min(1_000 * 2 ** next.attempts, 300_000)
      await settle(deps.db, next, next.attempts + 1 >= MAX_ATTEMPTS ? null : new Date(deps.clock.now().getTime() + waitMs))
    }
  }
}

async function firstDue(deps: PullRequestTellingDeps): Promise<Untold | undefined> {
  const { rows } = await sql<Untold>`select p.repository_id as "repositoryId", r.owner, r.name, p.number, p.title, p.source_branch as "sourceBranch",
      p.target_branch as "targetBranch", p.head_sha as "headSha", p.moved_by as actor, p.untold as activity, p.told_attempts as attempts
    from git_pull_request p join git_repository r on r.id = p.repository_id
    where p.untold is not null and p.tell_at <= ${deps.clock.now()} order by p.tell_at limit 1`.execute(deps.db)
  return rows[0]
}

async function activityOf(deps: PullRequestTellingDeps, pull: Untold): Promise<PullRequestActivity | undefined> {
  const gitDir = deps.host.gitDirOf(pull)
  const target = await readRef(gitDir, `refs/heads/${pull.targetBranch}`)
  const base = target === undefined ? undefined : await mergeBase(deps.host.folders, gitDir, target, pull.headSha)
  if (base === undefined) return undefined
  const { number, title, activity, actor } = pull
  return {
    repository: `${pull.owner}/${pull.name}`,
    number,
    title,
    activity,
    head: { ref: `refs/heads/${pull.sourceBranch}`, sha: pull.headSha },
    base: { ref: `refs/heads/${pull.targetBranch}`, sha: base },
    actor,
  }
}

/** With a time it is due again then. A head that moved meanwhile stays news. */
async function settle(db: Database, told: Untold, dueAt: Date | null): Promise<void> {
  await sql`update git_pull_request set told_attempts = told_attempts + 1, tell_at = coalesce(${dueAt}::timestamptz, tell_at),
      untold = case when ${dueAt}::timestamptz is null then null else untold end
    where repository_id = ${told.repositoryId} and number = ${told.number} and head_sha = ${told.headSha} and untold = ${told.activity}`.execute(db)
  // Opened and moved before it was told: its next head is a move.
  if (dueAt === null && told.activity !== 'synchronize')
    await sql`update git_pull_request set untold = 'synchronize'
      where repository_id = ${told.repositoryId} and number = ${told.number} and head_sha <> ${told.headSha} and untold = ${told.activity}`.execute(db)
}
