import { sql } from 'kysely'
import { newId } from '#kernel/common/id'
import type { Queryable, Transaction } from '#kernel/node/database'
import type { MergeAttempt, MovingPullRequest, PullRequestStep } from './pull-request-moves.ts'
import type { NewPullRequest, PullRequestState } from './pull-request.ts'

/** A pull request as the table has it. */
export interface PullRequestRow {
  repositoryId: string
  number: number
  title: string
  body: string
  sourceBranch: string
  targetBranch: string
  state: PullRequestState
  headSha: string
  baseSha: string | null
  mergeSha: string | null
  author: string
  labels: string[]
  createdAt: Date
  updatedAt: Date
  endedBy: string | null
  endedAt: Date | null
}

const COLUMNS = sql`repository_id as "repositoryId", number, title, body, source_branch as "sourceBranch", target_branch as "targetBranch", state,
  head_sha as "headSha", base_sha as "baseSha", merge_sha as "mergeSha", author, labels, created_at as "createdAt", updated_at as "updatedAt",
  ended_by as "endedBy", ended_at as "endedAt"`

/** The pull request with this number. */
export async function findPullRequestRow(db: Queryable, repositoryId: string, number: number): Promise<PullRequestRow | undefined> {
  const { rows } = await sql<PullRequestRow>`select ${COLUMNS} from git_pull_request where repository_id = ${repositoryId} and number = ${number}`.execute(db)
  return rows[0]
}

/** The open one for two branches. */
export async function findOpenRow(db: Queryable, repositoryId: string, sourceBranch: string, targetBranch: string): Promise<PullRequestRow | undefined> {
  const { rows } = await sql<PullRequestRow>`select ${COLUMNS} from git_pull_request
    where repository_id = ${repositoryId} and source_branch = ${sourceBranch} and target_branch = ${targetBranch} and state = 'open'`.execute(db)
  return rows[0]
}

/** Highest number first, those below `before`. */
export async function listPullRequestRows(
  db: Queryable,
  repositoryId: string,
  query: { state?: PullRequestState | undefined; sourceBranch?: string | undefined; targetBranch?: string | undefined; before?: number; limit: number },
): Promise<PullRequestRow[]> {
  const { rows } = await sql<PullRequestRow>`select ${COLUMNS} from git_pull_request where repository_id = ${repositoryId}
    and (${query.state ?? null}::text is null or state = ${query.state ?? null})
    and (${query.sourceBranch ?? null}::text is null or source_branch = ${query.sourceBranch ?? null})
    and (${query.targetBranch ?? null}::text is null or target_branch = ${query.targetBranch ?? null})
    and number < ${query.before ?? 2 ** 31 - 1} order by number desc limit ${query.limit}`.execute(db)
  return rows
}

/** How many there are in each state. */
export async function countPullRequests(db: Queryable, repositoryId: string): Promise<Record<PullRequestState, number>> {
  const { rows } = await sql<{ state: PullRequestState; count: number }>`select state, count(*)::int as count from git_pull_request
    where repository_id = ${repositoryId} group by state`.execute(db)
  return { open: 0, merged: 0, closed: 0, ...Object.fromEntries(rows.map((row) => [row.state, row.count])) }
}

/** Gives it the repository's next number. Only under the repository's lock. */
export async function insertPullRequest(tx: Transaction, repositoryId: string, input: NewPullRequest, headSha: string, at: Date): Promise<number> {
  const { rows } = await sql<{ number: number }>`update git_repository set last_pull_request = last_pull_request + 1 where id = ${repositoryId}
    returning last_pull_request as number`.execute(tx)
  const number = rows[0]?.number ?? 0
  await sql`insert into git_pull_request (repository_id, number, title, body, source_branch, target_branch, state, head_sha, author, labels, moved_by, created_at,
    updated_at, untold, tell_at) values (${repositoryId}, ${number}, ${input.title}, ${input.body}, ${input.sourceBranch}, ${input.targetBranch}, 'open',
    ${headSha}, ${input.author}, ${JSON.stringify(input.labels ?? [])}, ${input.author}, ${at}, ${at}, 'opened', ${at})`.execute(tx)
  return number
}

/** Alters what people read of it. */
export async function updatePullRequestText(
  tx: Transaction,
  row: Pick<PullRequestRow, 'repositoryId' | 'number'>,
  text: { title: string; body: string; labels: readonly string[] },
  at: Date,
): Promise<void> {
  await sql`update git_pull_request set title = ${text.title}, body = ${text.body}, labels = ${JSON.stringify(text.labels)}, updated_at = ${at}
    where repository_id = ${row.repositoryId} and number = ${row.number}`.execute(tx)
}

/** Opens one again that was closed, at the commit where its branch is now. */
export async function reopenRow(tx: Transaction, row: PullRequestRow, headSha: string, actor: string, at: Date): Promise<void> {
  await sql`update git_pull_request set state = 'open', head_sha = ${headSha}, moved_by = ${actor}, ended_by = null, ended_at = null, updated_at = ${at}, untold = 'reopened',
    told_attempts = 0, tell_at = ${at} where repository_id = ${row.repositoryId} and number = ${row.number}`.execute(tx)
}

/** Records a step that `pullRequestSteps` found, or that a person took. */
export async function applyStep(tx: Transaction, repositoryId: string, step: PullRequestStep, at: Date): Promise<void> {
  if (step.kind === 'moved') {
    // One that pipelines have not heard of yet is still news, with its newest head.
    await sql`update git_pull_request set head_sha = ${step.headSha}, moved_by = ${step.actor}, updated_at = ${at}, untold = coalesce(untold, 'synchronize'), told_attempts = 0,
      tell_at = ${at} where repository_id = ${repositoryId} and number = ${step.number}`.execute(tx)
    return
  }
  if (step.kind === 'closed') {
    await sql`update git_pull_request set state = 'closed', ended_by = ${step.actor}, ended_at = ${at}, updated_at = ${at}, untold = null
      where repository_id = ${repositoryId} and number = ${step.number}`.execute(tx)
    return
  }
  await sql`update git_pull_request set state = 'merged', head_sha = ${step.headSha}, base_sha = ${step.baseSha}, merge_sha = ${step.mergeSha},
    ended_by = ${step.actor}, ended_at = ${at}, updated_at = ${at}, untold = null where repository_id = ${repositoryId} and number = ${step.number}`.execute(tx)
  await sql`delete from git_pull_request_merge where repository_id = ${repositoryId} and number = ${step.number}`.execute(tx)
}

/** Says, durably, which commit a merge is about to put on the target. @returns what to forget it by. */
export async function insertAttempt(db: Queryable, row: PullRequestRow, attempt: MergeAttempt): Promise<string> {
  const id = newId('merge')
  await sql`insert into git_pull_request_merge (id, merge_sha, repository_id, number, head_sha, actor)
    values (${id}, ${attempt.mergeSha}, ${row.repositoryId}, ${row.number}, ${attempt.headSha}, ${attempt.actor})`.execute(db)
  return id
}

/** The merge did not happen. */
export async function deleteAttempt(db: Queryable, id: string): Promise<void> {
  await sql`delete from git_pull_request_merge where id = ${id}`.execute(db)
}

/** Those that pushes to these branches may mean something for. */
export async function listMoving(tx: Transaction, repositoryId: string, branches: readonly string[]): Promise<MovingPullRequest[]> {
  const names = [...branches]
  const { rows } = await sql<MovingPullRequest>`select number, state, source_branch as "sourceBranch", target_branch as "targetBranch", head_sha as "headSha",
      coalesce((select json_agg(json_build_object('mergeSha', m.merge_sha, 'headSha', m.head_sha, 'actor', m.actor) order by m.id)
        from git_pull_request_merge m where m.repository_id = p.repository_id and m.number = p.number), '[]') as attempts
    from git_pull_request p where repository_id = ${repositoryId} and (source_branch = any(${names}) or target_branch = any(${names}))
      and (state = 'open' or (state = 'closed' and exists (select 1 from git_pull_request_merge m where m.repository_id = p.repository_id and m.number = p.number)))
    order by number`.execute(tx)
  return rows
}
