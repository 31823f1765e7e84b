import type { RepositoryRef } from './git-host.ts'

/** Open: may be merged. Merged: the target branch has its commits. Closed: given up, nothing of it was merged. */
export type PullRequestState = 'open' | 'merged' | 'closed'

/** Commits of one branch that ask to be put on another, as the host tells it. */
export interface PullRequest {
  /** `acme/orders`, as the host spells it. */
  repository: string
  /** From 1 up, never used twice in a repository. */
  number: number
  title: string
  /** Markdown; may be empty. */
  body: string
  /** E.g. `fairway/update-node-service`. */
  sourceBranch: string
  /** E.g. `main`. */
  targetBranch: string
  state: PullRequestState
  /** The source branch's commit; of one that is over, the last one that it had. */
  headSha: string
  /** The commit of the target branch that brought it in: a merge commit, a squashed one, or what was pushed. Null until it is merged. */
  mergeSha: string | null
  /** Who opened it: an entity ref, or the host's own login where it knows no better. */
  author: string
  labels: readonly string[]
  createdAt: Date
  updatedAt: Date
  /** Where people look at it. */
  url: string
  /** Whether it could be merged without a conflict now; null when the host has not found out yet, or when it is over. */
  isMergeable: boolean | null
}

/** Which pull request, e.g. `{ owner: 'acme', name: 'orders', number: 12 }`. */
export interface PullRequestRef extends RepositoryRef {
  number: number
}

/** A pull request to be opened. */
export interface NewPullRequest extends RepositoryRef {
  title: string
  body: string
  sourceBranch: string
  targetBranch: string
  /** Entity ref of who asks for it. */
  author: string
  labels?: readonly string[]
}

/** Which pull requests, newest (highest number) first. */
export interface PullRequestQuery extends RepositoryRef {
  /** Default: all. */
  state?: PullRequestState
  sourceBranch?: string
  targetBranch?: string
  /** 1 to 100, default 50. */
  limit?: number
  /** `nextCursor` of the page before. */
  cursor?: string
}

/** How, and by whom, a pull request is merged. */
export interface MergeRequest extends PullRequestRef {
  /** Merge only when the source branch is at this commit: what a person has looked at. */
  expectedHead?: string
  /** `merge` keeps its commits behind a merge commit, `squash` makes one commit of them. Default `merge`. */
  method?: 'merge' | 'squash'
  /** Entity ref of who merges. */
  actor: string
  /** Message of the new commit; the host has a default that names the pull request. */
  message?: string
}

/** One file that a pull request alters. */
export interface FileDiff {
  path: string
  /** Of a renamed file. */
  previousPath?: string
  status: 'added' | 'altered' | 'removed' | 'renamed'
  /** The hunks, unified, from the first `@@` on; empty for a mere rename or a new mode; null for a binary file or one larger than the host shows. */
  patch: string | null
}

/** What a pull request would alter, against where its branch left the target. */
export interface PullRequestDiff {
  /** By path. */
  files: readonly FileDiff[]
  /** There are more files than the host tells. */
  isTruncated: boolean
}

/**
 * Pull requests of a Git host. Promises, each with a test in `pull-request-contract.ts`:
 * - There is at most one open pull request for a source and a target branch. `open` called again, or many times at once, answers that one, with its
 *   title, body and labels as they were given last; a closed or merged one is left as it is and a new one is opened.
 * - `headSha` follows the source branch. A pull request whose commits reach the target by another way than `merge` counts as merged.
 * - `merge` is a three-way merge: it loses no line of either side, and a conflict alters nothing. Called again, or many times at once, it merges once
 *   and answers the merged one. It never overwrites a push that came between.
 * - `close` is idempotent; of a merged one it is refused. Branches are left as they are by both.
 * - What is not there is said so: a repository by `delivery.git_host.not_found`, a number by `delivery.pull_request.not_found` (`find`: undefined).
 */
export interface PullRequests {
  /**
   * @throws `delivery.git_host.not_found`, `delivery.git_host.ref_not_found` (of a branch), `delivery.pull_request.nothing_to_merge` (the target has all of
   * the source's commits, or both are one branch), `delivery.pull_request.unrelated` (the branches share no commit).
   */
  open(input: NewPullRequest): Promise<PullRequest>
  /** With `isMergeable` as fresh as the host has it. @throws `delivery.git_host.not_found`. */
  find(ref: PullRequestRef): Promise<PullRequest | undefined>
  /** @throws `delivery.git_host.not_found`. */
  list(query: PullRequestQuery): Promise<{ items: PullRequest[]; nextCursor: string | null }>
  /**
   * @throws `delivery.git_host.not_found`, `delivery.pull_request.not_found`, `.closed`, `.conflict` (a problem per file, `field` is its path, where the host
   * names them), `.stale_head` (then read it again), `.refused` (a rule of a foreign host: reviews, checks), `delivery.git_host.busy`.
   */
  merge(request: MergeRequest): Promise<PullRequest>
  /** @throws `delivery.git_host.not_found`, `delivery.pull_request.not_found`, `.merged`. */
  close(request: PullRequestRef & { actor: string }): Promise<PullRequest>
  /** @throws `delivery.git_host.not_found`, `delivery.pull_request.not_found`. */
  diff(ref: PullRequestRef): Promise<PullRequestDiff>
}
