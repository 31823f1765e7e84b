import type { Secret } from '#kernel/common/secret'
import type { NewRepository, RepositoryRef } from '../git-host.ts'
import type { NewPullRequest, PullRequestQuery, PullRequestRef, PullRequestState } from '../pull-request.ts'
import type { ForgeAnswer, ForgeCall } from './forge-client.ts'

/** The products that we speak to. `gitea` is also Forgejo. */
export type ForgeType = 'github' | 'gitlab' | 'azure' | 'gitea'

/** A page of a list; `nextCursor` is opaque, and null on the last. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** A repository as a forge tells it. */
export interface ForgeRepository extends RepositoryRef {
  /** The forge's own id, e.g. `1296269`. */
  id: string
  description: string
  /** `main` for an empty repository that has none yet. */
  defaultBranch: string
  /** Login or name; empty where the forge does not tell. */
  createdBy: string
  /** 1970-01-01 where the forge does not tell. */
  createdAt: Date
  /** Where people look at it. */
  webUrl: string
  isArchived: boolean
}

/** A pull request as a forge tells it. */
export interface ForgePullRequest {
  number: number
  title: string
  body: string
  sourceBranch: string
  targetBranch: string
  state: PullRequestState
  headSha: string
  mergeSha: string | null
  author: string
  labels: string[]
  createdAt: Date
  updatedAt: Date
  url: string
  isMergeable: boolean | null
  /** The target's commit that it is compared with, where the forge tells. */
  baseSha: string | null
  /** Refs that a Git client can fetch its head by, best first. */
  headRefs: string[]
}

/** How a merge ended. `later`: the forge has not made up its mind; `refused`: a rule of the forge, or a conflict that it does not tell apart. */
export type MergeOutcome = { kind: 'merged' } | { kind: 'later' | 'stale' | 'conflict' | 'refused'; message: string }

/** Pull requests by the forge's API. What is absent is `undefined`; rights and limits are faults of `delivery.foreign_host`. */
export interface ForgePullRequests {
  /** Of branches that are there. `exists` when one is open for the two already; `later` when the forge has not noticed a branch yet. */
  create(input: NewPullRequest): Promise<ForgePullRequest | 'exists' | 'later'>
  /** Title, body and labels as given. */
  update(ref: PullRequestRef, input: Pick<NewPullRequest, 'title' | 'body' | 'labels'>): Promise<ForgePullRequest>
  find(ref: PullRequestRef): Promise<ForgePullRequest | undefined>
  /** Newest first; undefined when there is no such repository. */
  list(query: PullRequestQuery): Promise<Page<ForgePullRequest> | undefined>
  merge(ref: PullRequestRef, how: { headSha: string; method: 'merge' | 'squash'; message: string | undefined }): Promise<MergeOutcome>
  close(ref: PullRequestRef): Promise<void>
}

/** A team of an organisation, e.g. `{ name: 'payments', parent: 'commerce', members: ['ana'] }`. */
export interface ForgeTeam {
  /** Stable, e.g. a slug; for GitLab the subgroup's path below the group. */
  name: string
  title: string
  description: string
  /** Name of the team around it. */
  parent: string | null
  /** Logins, sorted; direct members only where the forge tells them apart. */
  members: string[]
}

/** Somebody in an organisation. */
export interface ForgeMember {
  login: string
  name: string
  /** Null where the person or the forge does not show it. */
  email: string | null
}

/** Reads who and what is in an organisation: `acme` on GitHub and Gitea, a group `acme/shop` on GitLab, an organisation or a project `acme/shop` on Azure. */
export interface ForgeOrganisation {
  /** All, by name; archived ones are told as such. */
  listRepositories(organisation: string): Promise<ForgeRepository[]>
  listTeams(organisation: string): Promise<ForgeTeam[]>
  listMembers(organisation: string): Promise<ForgeMember[]>
}

/** Ref updates that a webhook tells of. */
export interface ForgePush extends RepositoryRef {
  /** `refs/heads/main` */
  ref: string
  /** Zeros for a new ref. */
  before: string
  /** Zeros for a deleted one. */
  after: string
  /** The forge's login. */
  pusher: string
}

/** A webhook to be there. */
export interface WebhookTarget {
  /** Organisation or group; with `name` the one repository. */
  owner: string
  name?: string
  /** Where it is sent. */
  url: string
  secret: Secret
}

/**
 * What a forge can do that Git can't: one adapter a product, by its published REST API.
 * - Every call may throw `delivery.foreign_host.unauthorised`, `.forbidden`, `.rate_limited`, `.unavailable`, `.unexpected`.
 * - Reads are tried again after short failures and short limits; writes only when the forge says that it did nothing.
 */
export interface ForgeApi {
  readonly type: ForgeType
  /** Where Git is spoken, without a credential, e.g. `https://github.com/acme/orders.git`. */
  gitUrl(repository: RepositoryRef): string
  /** Value of the `Authorization` header for Git; undefined to come as nobody. */
  gitAuthorization(): Promise<Secret | undefined>
  /** `exists` when the name is taken. */
  createRepository(input: NewRepository): Promise<ForgeRepository | 'exists'>
  findRepository(repository: RepositoryRef): Promise<ForgeRepository | undefined>
  /** Of an absent one it is a success. */
  deleteRepository(repository: RepositoryRef): Promise<void>
  readonly pullRequests: ForgePullRequests
  readonly organisation: ForgeOrganisation
  /** Idempotent: one webhook for `url`, its secret as given. */
  ensureWebhook(target: WebhookTarget): Promise<void>
  /** Ref updates of a webhook, none for another event. @throws `delivery.foreign_host.bad_signature`, `.bad_webhook`. */
  parsePush(headers: Headers, body: Uint8Array, secret: Secret): ForgePush[]
  /** One request to the forge's own API with its credential, for what no port has; the caller judges the status. */
  call(request: ForgeCall): Promise<ForgeAnswer>
  /** Who the token is and what it may do, for `fairway doctor`. `scopes` is null where the forge does not tell. */
  whoAmI(): Promise<{ login: string; scopes: string[] | null }>
}
