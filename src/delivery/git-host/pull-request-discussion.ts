import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import { newId, type Id } from '#kernel/common/id'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { LocalPullRequests } from './local-pull-requests.ts'
import { pullRequestEvent } from './pull-request-event.ts'
import { pullRequestFaults } from './pull-request-faults.ts'
import type { PullRequestRef } from './pull-request.ts'

/** What somebody thinks of a pull request's commit. */
type ReviewVerdict = 'approved' | 'changes_requested'

/** What somebody said about a pull request; with a verdict it is a review. */
export interface PullRequestComment {
  id: Id<'comment'>
  /** Entity ref. */
  author: string
  /** Markdown; of a review it may be empty. */
  body: string
  verdict: ReviewVerdict | null
  /** The commit that was looked at. */
  headSha: string
  createdAt: Date
}

/** A comment to be made. */
export interface NewComment extends PullRequestRef {
  author: string
  body: string
  verdict?: ReviewVerdict
}

/** A conversation of more than this is for a meeting. */
const MAX_SHOWN = 500

/** Comments and reviews of the built-in host's pull requests. */
export class PullRequestDiscussion {
  readonly #deps: { db: Database; journal: Journal; clock: Clock; pullRequests: Pick<LocalPullRequests, 'getRowOf'> }

  constructor(deps: { db: Database; journal: Journal; clock: Clock; pullRequests: Pick<LocalPullRequests, 'getRowOf'> }) {
    this.#deps = deps
  }

  /** The oldest first. @throws `delivery.git_host.not_found`, `delivery.pull_request.not_found`. */
  async list(ref: PullRequestRef): Promise<PullRequestComment[]> {
    const { repositoryId, number } = await this.#deps.pullRequests.getRowOf(ref)
    const { rows } = await sql<PullRequestComment>`select id, author, body, verdict, head_sha as "headSha", created_at as "createdAt"
      from git_pull_request_comment where repository_id = ${repositoryId} and number = ${number} order by created_at, id limit ${MAX_SHOWN}`.execute(
      this.#deps.db,
    )
    return rows
  }

  /** @throws as `list`, and `delivery.pull_request.own_review` for a verdict on what its author opened. */
  async add(input: NewComment): Promise<PullRequestComment> {
    const { db, journal, clock, pullRequests } = this.#deps
    const row = await pullRequests.getRowOf(input)
    const verdict = input.verdict ?? null
    if (verdict !== null && row.author === input.author)
      throw pullRequestFaults.own_review({ repository: `${input.owner}/${input.name}`, number: input.number })
    const { author, body } = input
    const comment: PullRequestComment = { id: newId('comment'), author, body, verdict, headSha: row.headSha, createdAt: clock.now() }
    await db.transaction().execute(async (tx) => {
      await sql`insert into git_pull_request_comment (id, repository_id, number, author, body, verdict, head_sha, created_at)
        values (${comment.id}, ${row.repositoryId}, ${row.number}, ${author}, ${body}, ${verdict}, ${row.headSha}, ${comment.createdAt})`.execute(tx)
      const data = { id: comment.id, ...(verdict === null ? {} : { verdict, head: row.headSha }) }
      await journal.append(tx, pullRequestEvent(verdict === null ? 'commented' : 'reviewed', input, row.number, author, data))
    })
    return comment
  }
}
