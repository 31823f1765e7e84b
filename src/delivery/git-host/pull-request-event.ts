import type { EventDraft } from '#kernel/common/event'
import type { RepositoryRef } from './git-host.ts'

/** The event `delivery.pull_request.<verb>`, about `pull-request/OWNER/NAME/NUMBER`. */
export function pullRequestEvent(
  verb: 'opened' | 'moved' | 'updated' | 'merged' | 'closed' | 'reopened' | 'commented' | 'reviewed',
  repository: RepositoryRef,
  number: number,
  actor: string,
  data: Readonly<Record<string, string>>,
): EventDraft {
  const name = `${repository.owner}/${repository.name}`
  return { type: `delivery.pull_request.${verb}`, subject: `pull-request/${name}/${number}`, actor, data: { repository: name, number, ...data } }
}

/** The branches as events tell them. */
export function branchesOf(pull: { sourceBranch: string; targetBranch: string }): { source: string; target: string } {
  return { source: pull.sourceBranch, target: pull.targetBranch }
}
