import type { JsonObject } from '#kernel/common/json'

/** A file that a template reads or makes. Links are listed, never followed. */
export interface TemplateFile {
  path: string
  content: Uint8Array
  isExecutable: boolean
}

/** Where a repository is. `host` is empty for the built-in Git host, else the host's name, e.g. `github.com`. */
export interface RepositoryPlace {
  host: string
  /** Organisation, group path, workspace or project, as the host has it. */
  owner: string
  name: string
  /** The asking person's own token, when the template hands one on; the host's configured credential unless given. */
  token?: SecretJson
}

/** As JSON: a text with secrets in it by name, e.g. `{ $secret: [{ name: 'TOKEN' }] }`. Only who carries the effect out puts them in. */
export type SecretJson = { $secret: (string | { name: string })[] }

/** Who a commit is by; the person who asks for what is left away. */
export interface CommitAuthor {
  name?: string
  email?: string
}

/** A new repository; with files its first commit. Outputs: `commitHash`. */
export interface RepositoryEffect extends RepositoryPlace {
  kind: 'repository'
  description: string
  defaultBranch: string
  /** Empty: the repository is made without a commit. */
  files: readonly TemplateFile[]
  visibility: 'private' | 'internal' | 'public'
  message?: string
  author?: CommitAuthor
  /** The host's own settings as the template gives them, e.g. `{ topics: ['java'], collaborators: [] }`. The built-in host has none. */
  settings: JsonObject
}

/** A commit on a branch of a repository that is there (or made by an effect before). Outputs: `commitHash`. */
interface CommitEffect extends RepositoryPlace {
  kind: 'commit'
  branch: string
  /** Where the branch starts when it is not there; the default branch unless told. */
  startBranch?: string
  message: string
  author?: CommitAuthor
  files: readonly TemplateFile[]
  /** Paths that the commit removes. */
  removed: readonly string[]
}

/** A commit on a branch of its own and a request to merge it. Outputs: `number`, `url`, `commitHash`, `targetBranch`. */
interface PullRequestEffect extends RepositoryPlace {
  kind: 'pull-request'
  branch: string
  /** The default branch unless told. */
  targetBranch?: string
  title: string
  body: string
  message: string
  isDraft: boolean
  /** Adds to a pull request of this branch that is open; without it, an open one is a fault. */
  isUpdate: boolean
  labels: readonly string[]
  reviewers: readonly string[]
  teamReviewers: readonly string[]
  assignees: readonly string[]
  author?: CommitAuthor
  files: readonly TemplateFile[]
  removed: readonly string[]
  settings: JsonObject
}

/** Takes a descriptor into the catalog: of a repository of ours at once, of an address as a location. Outputs: `entityRef` when it is not known here. */
export interface RegisterEffect {
  kind: 'register'
  /** `owner/name` of a repository on the built-in host; empty when `url` says where. */
  repository: string
  branch: string
  path: string
  ref: string | undefined
  /** Address of a descriptor elsewhere, to be added as a location. */
  url?: string
  isOptional?: boolean
}

/** Starts a workflow of a repository. Outputs: none. */
interface DispatchEffect extends RepositoryPlace {
  kind: 'dispatch'
  /** File name or id, e.g. `build.yaml`. */
  workflow: string
  /** Branch or tag. */
  ref: string
  /** Texts and secrets. */
  inputs: JsonObject
}

/** One request to a host's own REST API. */
export interface HostRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the API's root, e.g. `/repos/acme/orders/hooks`. `{name}` stands for output `name` of an earlier request of the same effect. */
  path: string
  /**
   * May hold `SecretJson`; `{ $output: name }` becomes an output of an earlier request, and `{ $sealed: { key, text } }` is sealed for a public key
   * (base64, as GitHub takes secrets).
   */
  body?: JsonObject
  /** Output name to where in the answer: `{ issueUrl: 'html_url' }`; `?id` tells whether there is an `id`. */
  outputs?: Readonly<Record<string, string>>
  /** As `outputs`, for what nobody may read: kept sealed under this name, which later effects of the run may use as a secret. */
  secretOutputs?: Readonly<Record<string, string>>
  /** Left out when this output of an earlier request is there. */
  unless?: string
  /** Statuses that say that it is there already, which is as good. */
  doneStatuses?: readonly number[]
}

/** Something that only this kind of host has: a webhook, a label, pages. Carried out in order. Outputs: as the requests name them. */
interface HostCallEffect extends RepositoryPlace {
  kind: 'host-call'
  provider: HostType
  /** In words for the plan, e.g. `Add a webhook to acme/orders`. */
  title: string
  requests: readonly HostRequest[]
}

/** A pause for people: nothing after it starts before they agree. Outputs: `approvedBy`, `reason`. */
interface ApprovalEffect {
  kind: 'approval'
  /** Refs of groups or users, any of whom may agree. */
  groups: readonly string[]
  /** How many people must agree; 1 at least. */
  required: number
  message: string
}

/** A pause of so long. Outputs: none. */
interface WaitEffect {
  kind: 'wait'
  durationMs: number
}

/** Tells people something. Outputs: none. */
interface NotifyEffect {
  kind: 'notify'
  /** Refs of users and groups; empty is everybody. */
  recipients: readonly string[]
  title: string
  info: string
  link?: string
  severity: 'low' | 'normal' | 'high' | 'critical'
}

/** What a step wants done outside. */
export type EffectWish =
  | RepositoryEffect
  | CommitEffect
  | PullRequestEffect
  | RegisterEffect
  | DispatchEffect
  | HostCallEffect
  | ApprovalEffect
  | WaitEffect
  | NotifyEffect

/**
 * A wish with its names. Effects are carried out one after another, in this order.
 * `id` is stable from run to run: the step's key, then `publish#2` for a second effect of one step.
 * `step` is the step's key: its id, or `id[key]` for one turn of `each`.
 */
export type Effect = EffectWish & { id: string; step: string }

/** Kinds of Git hosts that templates know. */
export type HostType = 'fairway' | 'github' | 'gitlab' | 'azure' | 'gitea' | 'bitbucketCloud' | 'bitbucketServer' | 'gerrit'
