import type { Json, JsonObject } from '#kernel/common/json'
import type { RunRecord } from './run.ts'

/** What `github` holds for all of a run; job and step add their own members. */
export function githubContext(run: RunRecord, publicUrl: string): Record<string, Json> {
  const { name, type } = refParts(run.ref)
  const pull = run.payload['pull_request'] as { head?: { ref?: string }; base?: { ref?: string } } | undefined
  const actor = run.actor.replace(/^.*\//, '')
  return {
    actor,
    triggering_actor: actor,
    repository: run.repository,
    repository_owner: run.repository.split('/')[0] ?? '',
    repositoryUrl: `${publicUrl}/git/${run.repository}.git`,
    server_url: publicUrl,
    api_url: `${publicUrl}/api/v1`,
    graphql_url: '',
    event_name: run.event,
    event: run.payload,
    ref: run.ref,
    ref_name: name,
    ref_type: type,
    ref_protected: run.isDefaultBranch,
    head_ref: pull?.head?.ref ?? '',
    base_ref: pull?.base?.ref ?? '',
    sha: run.commit,
    workflow: run.workflowName,
    workflow_ref: `${run.repository}/${run.workflow}@${run.ref}`,
    workflow_sha: run.commit,
    run_id: run.id,
    run_number: String(run.number),
    run_attempt: String(run.attempt),
    retention_days: '90',
    // There is no token of GitHub here; actions that are built in need none.
    token: '',
  }
}

/** `refs/heads/main` as branch `main`, `refs/tags/v1` as tag `v1`; a pull request keeps `1/merge`. */
export function refParts(ref: string): { name: string; type: 'branch' | 'tag' } {
  return { name: ref.replace(/^refs\/(heads|tags|pull)\//, ''), type: ref.startsWith('refs/tags/') ? 'tag' : 'branch' }
}

/** `github.event` of a push, as far as a Git host without GitHub's accounts can know it. */
export function pushPayload(push: {
  repository: string
  ref: string
  before: string
  after: string
  pusher: string
  defaultBranch: string
  message: string
}): JsonObject {
  return {
    ref: push.ref,
    before: push.before,
    after: push.after,
    created: /^0+$/.test(push.before),
    deleted: false,
    forced: false,
    repository: repositoryPayload(push.repository, push.defaultBranch),
    pusher: { name: push.pusher.replace(/^.*\//, '') },
    sender: { login: push.pusher.replace(/^.*\//, '') },
    head_commit: { id: push.after, message: push.message },
    commits: [{ id: push.after, message: push.message }],
  }
}

/** The `repository` of an event's payload, as GitHub has it. */
export function repositoryPayload(repository: string, defaultBranch: string): JsonObject {
  const [owner = '', name = ''] = repository.split('/')
  return { full_name: repository, name, owner: { login: owner, name: owner }, default_branch: defaultBranch }
}
